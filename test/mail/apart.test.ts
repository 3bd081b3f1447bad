/** Messages which the two readings take apart differently. */
import assert from 'node:assert/strict'
import test from 'node:test'
import { testStrings } from '../../src/facts/index.ts'
import { extract, file, lines, mixed, read, sha256 } from './read.ts'

const text = lines('Content-Type: text/plain', '', 'hi')
const nested = lines('Content-Type: message/rfc822', '', mixed(text, file('e.com', testStrings.eicar)))

/** mailparser takes the extended boundary, the strict reading the plain one. */
function twoBoundaries(seenByMailparser: readonly string[]): string {
  const type = "Content-Type: multipart/mixed; boundary*=us-ascii''EVIL; boundary=GOOD"
  const good = [text, lines('Content-Type: application/octet-stream', '', 'harmless')].map(
    (part) => `--GOOD\r\n${part}`,
  )
  const evil = seenByMailparser.map((part) => `--EVIL\r\n${part}`)
  return lines('Subject: x', type, '', ...good, '--GOOD--', ...evil, '--EVIL--', '')
}

test('a message that mailparser alone sees is opened, whatever the strict reading has at the same number', async () => {
  const message = twoBoundaries([text, nested])

  const found = (await read(message)).attachments.find(({ testString }) => testString === 'eicar')

  assert.equal(found?.depth, 1)
  assert.equal(sha256(await extract(message, found?.path ?? '')), found?.sha256)
})

test('a message that mailparser alone sees nested too deeply makes the message unscannable', async () => {
  let deep = nested
  for (let depth = 0; depth < 22; depth++) deep = lines('Content-Type: message/rfc822', '', deep)

  const reading = await read(twoBoundaries([text, text, deep]))

  assert.equal(reading.unscannable, 'message-depth')
})

test('where mailparser gives up on parts that the strict reading does not see, the message is unscannable', async () => {
  const empty = Array.from({ length: 150 }, () => '')

  const reading = await read(twoBoundaries([...empty, file('e.com', testStrings.eicar)]), { parts: 20 })

  assert.equal(reading.unscannable, 'parser-error')
})

test('where mailparser gives up on nesting that the strict reading does not see, the message is unscannable', async () => {
  let deep = nested
  for (let i = 0; i < 6000; i++) deep = lines(`Content-Type: multipart/mixed; boundary=n${i}`, '', `--n${i}`, deep)

  assert.equal((await read(twoBoundaries([deep]))).unscannable, 'parser-error')
})

test('a long message in base64 that mailparser alone takes for one is read by it whole', async () => {
  const inner = lines(`X-Filler: ${'x'.repeat(9000)}`, file('e.com', testStrings.eicar))
  const hidden = file('x.eml', inner).replace('Content-Disposition:', 'Content-Disposition\r\n :')

  const { attachments } = await read(mixed(text, hidden))

  assert.ok(attachments.some(({ testString }) => testString === 'eicar'))
})

test('a text that begins like a message is read as one by both', async () => {
  const reading = await read(
    mixed(lines('Content-Type: text/plain', '', mixed(text, file('e.com', testStrings.eicar)))),
  )

  assert.deepEqual(
    reading.attachments.map(({ testString, readings }) => [testString, readings]),
    [['eicar', ['strict', 'mailparser']]],
  )
  assert.deepEqual(reading.anomalies, [])
})
