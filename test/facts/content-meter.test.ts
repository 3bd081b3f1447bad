import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import test from 'node:test'
import fc from 'fast-check'
import type { Content } from '../../src/core/index.ts'
import { createContentMeter, testStrings } from '../../src/facts/index.ts'

function measure(content: Buffer | string, size = 65_536): Content {
  const bytes = Buffer.from(content)
  const meter = createContentMeter()
  for (let at = 0; at < bytes.length; at += size) meter.write(bytes.subarray(at, at + size))
  return meter.end()
}

test('digest and size are those of all bytes', () => {
  const bytes = Buffer.alloc(200_000, 'abc')

  const content = measure(bytes, 1000)

  assert.equal(content.sha256, createHash('sha256').update(bytes).digest('hex'))
  assert.equal(content.size, 200_000)
})

test('no bytes have a digest and no known type', () => {
  assert.deepEqual(measure(''), {
    sha256: createHash('sha256').digest('hex'),
    size: 0,
    type: 'application/octet-stream',
    types: [],
    groups: [],
    charset: '',
    testString: '',
    links: [],
  })
})

test('the pieces in which the bytes come make no difference', () => {
  const starts = fc.constantFrom('', '%PDF-1.4', 'PK\x03\x04', testStrings.eicar, '<html>', 'MZ', 'From: x\r\n')
  fc.assert(
    fc.property(starts, fc.uint8Array({ maxLength: 3000 }), fc.integer({ min: 1, max: 500 }), (start, bytes, size) => {
      const content = Buffer.concat([Buffer.from(start, 'latin1'), bytes])

      assert.deepEqual(measure(content, size), measure(content))
    }),
    { numRuns: 200 },
  )
})

for (const [name, text] of Object.entries(testStrings)) {
  test(`the ${name} string is known at the beginning, behind blanks and a byte order mark, whatever follows`, () => {
    for (const content of [text, `${text}\r\n`, `${text}abc`, ` \t\r\n${text}`, `\ufeff${text}`, `\ufeff\n${text}`])
      assert.equal(measure(content).testString, name, JSON.stringify(content))
  })

  test(`the ${name} string is known when it comes byte by byte`, () => {
    assert.equal(measure(text, 1).testString, name)
  })

  test(`the ${name} string anywhere else, cut or changed, is no test file`, () => {
    for (const content of [`a${text}`, text.slice(0, -1), text.toLowerCase(), `see: ${text}`])
      assert.equal(measure(content).testString, '', JSON.stringify(content))
  })
}

test('our own test string is printable and none that a virus scanner knows', () => {
  assert.match(testStrings.peekaboo, /^[\x21-\x7e]{50,80}$/)
  assert.match(testStrings.peekaboo, /^PEEKABOO-MILTER-HARMLESS-TEST-/)
  assert.equal(testStrings.eicar.length, 68)
})
