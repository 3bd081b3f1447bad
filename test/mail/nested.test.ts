import assert from 'node:assert/strict'
import test from 'node:test'
import type { Reading } from '../../src/core/index.ts'
import { testStrings } from '../../src/facts/index.ts'
import { extract, file, lines, mixed, read, sha256 } from './read.ts'

const text = lines('Content-Type: text/plain', '', 'the body')
const inner = mixed(text, file('inner.com', testStrings.eicar, 'image/png'))
const encoded = Buffer.from(inner)
  .toString('base64')
  .replace(/(.{76})/g, '$1\r\n')

/** The inner attachment must be found at 2.2 by both readings, whatever the message came in. */
async function foundWithin(message: string): Promise<Reading> {
  const reading = await read(message)

  const sample = reading.attachments.find((each) => each.path === '2.2')
  assert.equal(sample?.testString, 'eicar')
  assert.equal(sample?.depth, 1)
  assert.deepEqual(sample?.readings, ['strict', 'mailparser'])
  assert.equal(sha256(await extract(message, '2.2')), sample?.sha256)
  return reading
}

for (const disposition of ['attachment', 'inline', 'attachment; filename="x.eml"']) {
  test(`EICAR in a message within the message, ${disposition}, is found, and that message is a sample too`, async () => {
    const reading = await foundWithin(
      mixed(text, lines('Content-Type: message/rfc822', `Content-Disposition: ${disposition}`, '', inner)),
    )

    assert.equal(reading.attachments[0]?.sha256, sha256(inner))
    assert.equal(reading.attachments[0]?.type, 'message/rfc822')
    assert.deepEqual(reading.anomalies, [])
  })
}

test('a message within the message is found in base64 although RFC 2046 forbids that', async () => {
  await foundWithin(
    mixed(text, lines('Content-Type: message/rfc822', 'Content-Transfer-Encoding: base64', '', encoded)),
  )
})

test('the children of a digest are messages without saying so', async () => {
  const digest = lines('Content-Type: multipart/digest; boundary=d', '', '--d', '', inner, '--d', '', inner, '--d--')

  const reading = await read(mixed(text, digest))

  assert.deepEqual(
    reading.attachments.map((sample) => [sample.path, sample.testString]),
    [
      ['2.1', ''],
      ['2.1.2', 'eicar'],
      ['2.2', ''],
      ['2.2.2', 'eicar'],
    ],
  )
  assert.ok(reading.attachments.every((sample) => sample.readings.length === 2))
})

for (const name of ['x.eml', 'x.mht', 'X.MHTML']) {
  test(`a file named ${name} is read as a message`, async () => {
    await foundWithin(mixed(text, file(name, inner)))
  })
}

for (const type of ['message/x-foo', 'message/partial; id=x; number=1; total=1', 'message/external-body']) {
  test(`a part of type ${type} is read as a message, even with one field that nobody knows`, async () => {
    const hidden = lines('Content-Disposition: attachment; filename=e.com', '', testStrings.eicar)

    const { attachments } = await read(mixed(text, lines(`Content-Type: ${type}`, '', hidden)))

    const found = attachments.find((sample) => sample.name === 'e.com')
    assert.equal(found?.testString, 'eicar')
    assert.deepEqual(found?.readings, ['strict', 'mailparser'])
  })
}

test('a delivery status is no message', async () => {
  const status = lines('Reporting-MTA: dns; a.example', '', 'Action: failed')

  const { attachments } = await read(mixed(text, lines('Content-Type: message/delivery-status', '', status)))

  assert.equal(attachments.length, 1)
})

test('content that looks like a message is read as one, and the disguise is told', async () => {
  const reading = await foundWithin(mixed(text, file('x.png', inner, 'image/png')))

  assert.deepEqual(
    reading.attachments[0]?.anomalies.map((anomaly) => [anomaly.name, anomaly.severity]),
    [['message-disguised', 'suspicious']],
  )
})

test('a mail that was quoted by hand in a text attachment is no message', async () => {
  const quoted = lines('From: a@b.c', 'To: d@e.f', 'Subject: lunch', '', 'shall we?')

  const reading = await read(mixed(text, file('quoted.txt', quoted, 'text/plain')))

  assert.equal(reading.attachments.length, 1)
  assert.deepEqual(reading.attachments[0]?.anomalies, [])
})

test('messages within messages within messages are read to the innermost', async () => {
  let message = mixed(text, file('deep.com', testStrings.eicar))
  for (let depth = 0; depth < 5; depth++) message = mixed(text, lines('Content-Type: message/rfc822', '', message))

  const reading = await read(message)

  const deepest = reading.attachments.at(-1)
  assert.equal(deepest?.path, '2.2.2.2.2.2')
  assert.equal(deepest?.depth, 5)
  assert.equal(deepest?.testString, 'eicar')
})
