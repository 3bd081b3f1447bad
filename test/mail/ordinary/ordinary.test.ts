import assert from 'node:assert/strict'
import { test } from 'node:test'
import { extract, read, sha256 } from '../read.ts'
import { ordinaryMails, PROGRAMS } from './mails.ts'
import { faultsOf } from './measure.ts'

const mails = ordinaryMails()

test('the mails are many, of many programs, each with a name of its own', () => {
  assert.ok(mails.length >= 500)
  assert.ok(PROGRAMS.length >= 10)
  assert.equal(new Set(mails.map(({ name }) => name)).size, mails.length)
})

test('an ordinary mail has exactly its attachments, and nothing in it is suspicious or left unread', async () => {
  const faults: string[] = []
  for (const mail of mails) for (const fault of await faultsOf(mail)) faults.push(`${mail.name}: ${fault}`)

  assert.deepEqual(faults, [])
})

test('of an ordinary mail each attachment is extracted by its path', async () => {
  for (const mail of mails.filter((_, i) => i % 9 === 0)) {
    const { attachments } = await read(mail.message)
    for (const { path, sha256: digest } of attachments)
      assert.equal(sha256(await extract(mail.message, path)), digest, `${mail.name} at ${path}`)
  }
})
