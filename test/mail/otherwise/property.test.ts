import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createContentMeter } from '../../../src/facts/index.ts'
import { type TolerantOptions, TolerantReading } from '../../../src/mail/otherwise/reading.ts'
import { limits, sha256 } from '../read.ts'

const PIECES = [
  '\r\n',
  '\n',
  '\r',
  '\r\n\r\n',
  ' ',
  '\t',
  '--',
  '--b',
  '--b--',
  '--B x',
  'b',
  'Content-Type: multipart/mixed; boundary=b',
  'Content-Type: text/plain; name=t',
  'Content-Type: message/rfc822',
  'Content-Type: multipart/digest; boundary="b"; boundary=c',
  'Content-Transfer-Encoding: base64',
  'Content-Transfer-Encoding: quoted-printable',
  'Content-Transfer-Encoding: x-uuencode',
  'Content-Disposition: attachment',
  'QUJD',
  '=41',
  '=',
  'begin 644 a',
  'From x',
  'Received: y',
  '\0',
  '\xff',
  'Subject: z',
] as const
const messages = fc
  .array(
    fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...PIECES) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 9 }) },
    ),
    { maxLength: 60 },
  )
  .map((pieces) => Buffer.from(pieces.join(''), 'latin1'))

function readAll(message: Buffer, wanted?: string): TolerantReading {
  const options: TolerantOptions = { limits, newMeter: createContentMeter }
  return new TolerantReading(wanted === undefined ? options : { ...options, wanted }, message)
}

test('any message is read to its end, each content once and under a path of its own', () => {
  fc.assert(
    fc.property(messages, (message) => {
      const reading = readAll(message)
      const found = [...reading.findings.all]

      assert.equal(new Set(found.map((each) => each.sha256)).size, found.length)
      assert.equal(new Set(found.map(({ label }) => label.path)).size, found.length)
      assert.ok(reading.isComplete)
    }),
    { numRuns: 400 },
  )
})

test('each content is taken out again by its path', () => {
  fc.assert(
    fc.property(messages, (message) => {
      for (const { sha256: digest, label } of readAll(message).findings.all) {
        const { taken } = readAll(message, label.path).findings
        assert.equal(taken === undefined ? '' : sha256(taken), digest, label.path)
      }
    }),
    { numRuns: 150 },
  )
})
