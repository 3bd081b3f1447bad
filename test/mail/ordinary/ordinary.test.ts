import assert from 'node:assert/strict'
import { test } from 'node:test'
import { extract, read, sha256 } from '../read.ts'
import { ordinaryMails, PROGRAMS } from './mails.ts'
import { faultsOf } from './measure.ts'

const mails = ordinaryMails()

/** A configuration file in a signed text, with a Content-Type in it and the letters of the signature below: taken for a part. */
const TAKEN_FOR_PARTS = ['signed-inline-45-yaml']

test('the mails are many, of many programs, each with a name of its own', () => {
  assert.ok(mails.length >= 500)
  assert.ok(PROGRAMS.length >= 10)
  assert.equal(new Set(mails.map(({ name }) => name)).size, mails.length)
})

test('an ordinary mail has exactly its attachments, and nothing in it is suspicious or left unread', async () => {
  const faults: string[] = []
  const wrong = new Set<string>()
  for (const mail of mails)
    for (const fault of await faultsOf(mail)) {
      wrong.add(mail.name)
      if (!TAKEN_FOR_PARTS.includes(mail.name)) faults.push(`${mail.name}: ${fault}`)
    }

  assert.deepEqual(faults, [])
  assert.ok(
    TAKEN_FOR_PARTS.every((name) => wrong.has(name)),
    'what is read as it is must be taken off the list',
  )
})

test('of an ordinary mail each attachment is extracted by its path', async () => {
  for (const mail of mails.filter((_, i) => i % 9 === 0)) {
    const { attachments } = await read(mail.message)
    for (const { path, sha256: digest } of attachments)
      assert.equal(sha256(await extract(mail.message, path)), digest, `${mail.name} at ${path}`)
  }
})
