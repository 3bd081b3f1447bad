/** Lines that Postfix breaks when it delivers. */
import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { testStrings } from '../../src/facts/index.ts'
import { createFolder, longLine } from '../../src/mail/strict/fold.ts'
import { extract, file, lines, mixed, read, sha256 } from './read.ts'

const text = lines('Content-Type: text/plain', '', 'hi')
const eicar = file('e.com', testStrings.eicar)

async function found(message: string): Promise<void> {
  const reading = await read(message)

  const sample = reading.attachments.find(({ testString }) => testString === 'eicar')
  assert.equal(sample?.name, 'e.com')
  // Blanks before what is broken off may be seen through, too.
  assert.match(sample?.readings.join() ?? '', /^(folded|tolerant)$/)
  assert.ok(reading.anomalies.some(({ name, severity }) => name === 'line-too-long' && severity === 'note'))
  assert.equal(sha256(await extract(message, sample?.path ?? '')), sample?.sha256)
}

test('a delimiter that is one only when its line is broken is read as one', async () => {
  const delimiter = '--B'.padEnd(998)

  await found(lines('Content-Type: multipart/mixed; boundary=B', '', '--B', text, `${delimiter}z`, eicar, '--B--', ''))
})

test('a file that only mailparser sees when a line is broken is found', async () => {
  const type = "Content-Type: multipart/mixed; boundary*=us-ascii''EVIL; boundary=GOOD"
  const evil = ['--EVIL', text, `${'--EVIL'.padEnd(998)}z`, eicar, '--EVIL--', '']

  await found(lines(type, '', '--GOOD', text, '--GOOD--', ...evil))
})

test('quoted-printable whose soft line break comes with delivery is decoded as it will be', async () => {
  const header = lines('Content-Type: x/y; name=e.com', 'Content-Transfer-Encoding: quoted-printable', '', '')

  const message = mixed(text, `${header}${'='.padStart(998)}${testStrings.eicar}`)

  const reading = await read(message)
  assert.ok(reading.attachments.some(({ readings, path }) => readings[0] === 'folded' && path === 'folded:2'))
})

test('a message of lines of 998 bytes is read once, whatever ends them', async () => {
  for (const lineEnd of ['\r\n', '\n']) {
    const body = Array.from({ length: 5 }, () => 'x-'.repeat(499)).join(lineEnd)

    const reading = await read(mixed(lines('Content-Type: x/y; name=n', '', body)).replaceAll('\r\n', lineEnd))

    assert.ok(reading.anomalies.every(({ name }) => name === 'bare-lf'))
    assert.equal(reading.attachments.length, 1)
  }
})

/** The line as smtp_text_out writes it. */
function broken(line: string): string {
  const letters = line.trimEnd()
  if (letters.length <= 998) return line
  return `${letters.slice(0, 998)}\r\n${broken(` ${letters.slice(998)}${line.slice(letters.length)}`)}`
}

/** Lines around the limit, cut anywhere. */
const chunks = fc
  .array(
    fc.tuple(fc.oneof(fc.nat(20), fc.integer({ min: 990, max: 1005 }), fc.nat(4000)), fc.constantFrom('\n', '\r\n')),
    {
      maxLength: 8,
    },
  )
  .map((all) => Buffer.from(all.map(([length, lineEnd]) => 'x'.repeat(length) + lineEnd).join('')))
  .chain((bytes) => fc.tuple(fc.constant(bytes), fc.array(fc.nat(bytes.length), { maxLength: 6 })))
  .map(([bytes, cuts]) => {
    const at = [0, ...cuts.sort((a, b) => a - b), bytes.length]
    return at.slice(1).map((to, i) => bytes.subarray(at[i], to))
  })

test('a line is broken after 998 bytes, in whatever chunks it comes, and found to be long exactly then', () => {
  fc.assert(
    fc.property(chunks, (pieces) => {
      const folder = createFolder()
      const got = Buffer.concat([...pieces.map((piece) => folder.write(piece)), folder.end()]).toString()

      const whole = Buffer.concat(pieces).toString()
      const all = whole.split(/(?<=\n)/)
      const expected = all.map(broken)
      assert.ok(got === expected.join(''))
      const first = all.findIndex((line) => line.trimEnd().length > 998)
      assert.equal(longLine(pieces), first < 0 ? -1 : all.slice(0, first).join('').length)
    }),
    { numRuns: 500 },
  )
})
