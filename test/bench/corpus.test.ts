import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { type CorpusName, generate } from './corpus.ts'

function digestOf(name: CorpusName): string {
  const hash = createHash('sha256')
  for (const mail of generate(name)) hash.update(mail.bytes)
  return hash.digest('hex')
}

test('the day of the benchmark has the sizes and attachments of a pilot’s day', () => {
  const mails = [...generate('day')]

  assert.equal(mails.length, 60)
  assert.equal(
    mails.reduce((sum, mail) => sum + mail.attachments, 0),
    140,
  )
  const megabytes = mails.reduce((sum, mail) => sum + mail.bytes.length, 0) / 1e6
  assert.ok(megabytes > 22.5 && megabytes < 23.5, `${megabytes} MB`)
})

test('the mails of the benchmark are the same each time', () => {
  assert.equal(digestOf('att300'), digestOf('att300'))
  assert.notEqual(digestOf('att300'), digestOf('text4k'))
})

test('every name of an attachment in a mail of the benchmark is there as often as is counted', () => {
  const [mail] = [...generate('att300')]

  const names = mail?.bytes.toString('latin1').match(/^Content-Disposition: attachment; filename=/gm)
  assert.equal(names?.length, 300)
  assert.equal(mail?.attachments, 300)
})
