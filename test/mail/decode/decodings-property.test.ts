import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodings, sniffEncodings } from '../../../src/mail/decode/decodings.ts'

const TOKENS = ['base64', 'quoted-printable', 'x-uuencode', 'x-yenc', 'mac-binhex40', 'gzip64', '7bit']
const SIZE = 2 ** 18

/** Text of what decoders look for, so that random texts reach their branches. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom('QUJD', 'QQ==', '=', '=\r\n', '=4', '=41', '-', '_', ' ', '\r', '\n', '\r\n', '==\n', '-- \nme'),
      fc.constantFrom(
        'begin 644 a\n',
        'end\n',
        '#0V%T\n',
        '=ybegin line=1 name=a\n',
        '=yend\n',
        '(This file must be converted\n',
        ':',
      ),
      fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    ),
    { maxLength: 60 },
  )
  .map((units) => Buffer.from(units.join(''), 'latin1'))

test('whatever is decoded, there are one to twelve distinct outcomes', () => {
  fc.assert(
    fc.property(text, fc.constantFrom(...TOKENS), (raw, token) => {
      const all = decodings(raw, token)

      assert.ok(all.length >= 1 && all.length <= 12)
      assert.equal(new Set(all.map(({ bytes }) => bytes.toString('latin1'))).size, all.length)
      sniffEncodings(raw)
    }),
    { numRuns: 2000 },
  )
})

test('content that was encoded is the first outcome', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 500 }), fc.integer({ min: 1, max: 99 }), (bytes, width) => {
      const content = Buffer.from(bytes)
      const wrap = (letters: string, end: string) => letters.replace(new RegExp(`.{${width}}`, 'g'), `$&${end}`)
      const codes = content.toString('hex').toUpperCase().replace(/../g, '=$&')

      assert.deepEqual(decodings(Buffer.from(wrap(content.toString('base64'), '\r\n')), 'base64')[0]?.bytes, content)
      assert.deepEqual(decodings(Buffer.from(wrap(codes, '=\r\n')), 'quoted-printable')[0]?.bytes, content)
    }),
    { numRuns: 300 },
  )
})

const hostile = [
  '=',
  '= ',
  '=\r',
  '=\t=',
  'A\n',
  'A',
  '-\n',
  'AB==',
  '\r',
  '\n',
  ' ',
  'M\n',
  '=ybegin \n',
  'begin 1 a\nM\n',
  '!N!r',
  'ab cd ',
  '\0',
]

for (const unit of hostile) {
  test(`much of ${JSON.stringify(unit)} is decoded in time that grows with its size`, () => {
    const raw = Buffer.from(`(This file must be converted\n:${unit.repeat(SIZE / unit.length)}x`, 'latin1')
    const took = (bytes: Buffer): number => {
      const start = process.cpuUsage()
      for (const token of TOKENS) decodings(bytes, token)
      sniffEncodings(bytes)
      return process.cpuUsage(start).user / 1000
    }
    took(raw.subarray(0, SIZE / 8))
    const [part, whole] = [took(raw.subarray(0, SIZE / 4)), took(raw)]

    // Four times the bytes; time that grows with their square would be sixteen times.
    assert.ok(whole < Math.max(100, 9 * part), `${whole} ms, a quarter of it ${part} ms`)
  })
}
