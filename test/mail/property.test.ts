import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { extract, file, lines, mixed, read, sha256 } from './read.ts'

const sizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 40 })
const text = lines(
  'Content-Type: text/plain; charset=utf-8',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  'a=C3=\r\n=A4 \r\n',
)
const nested = lines('Content-Type: message/rfc822', '', mixed(text, file('inner', Buffer.alloc(700, 'x'))))
const message = mixed(
  text,
  file('a.bin', Buffer.alloc(500, 'a')),
  nested,
  lines('Content-Type: x/y; name=raw', '', '--', '--b', '\r\r\n'),
)

test('a message gives the same result in whatever pieces it arrives', async () => {
  const whole = await read(message)

  assert.equal(whole.attachments.length, 4)
  await fc.assert(
    fc.asyncProperty(sizes, async (pieces) => {
      assert.deepEqual(await read(message, {}, pieces), whole)
    }),
    { numRuns: 40 },
  )
})

test('one byte at a time gives the same result', async () => {
  assert.deepEqual(await read(message, {}, [1]), await read(message))
})

/** Text of what matters to decoders and splitters: letters, padding, junk, line ends, dashes. */
function textOf(...units: string[]): fc.Arbitrary<string> {
  return fc.array(fc.constantFrom(...units), { maxLength: 300 }).map((each) => each.join(''))
}

const encodings = {
  base64: textOf(
    'QUJD',
    'QQ==',
    'QUI=',
    'Q',
    '=',
    '\r\n',
    '\n',
    ' ',
    '-',
    '_',
    '!',
    '\xe4',
    'QUJDQUJDQUJDQUJDQUJD\r\n',
    '--',
  ),
  'quoted-printable': textOf(
    'a',
    '=41',
    '=',
    '=4',
    '=\r\n',
    '=\n',
    ' ',
    '\t',
    '\r\n',
    '\n',
    '\r',
    '=e4',
    '=zz',
    '\xe4',
    '--',
  ),
}

for (const [encoding, content] of Object.entries(encodings)) {
  test(`${encoding} of any kind is decoded as mailparser decodes it, in whatever pieces`, async () => {
    await fc.assert(
      fc.asyncProperty(content, sizes, async (body, pieces) => {
        const part = lines('Content-Type: x/y; name=n', `Content-Transfer-Encoding: ${encoding}`, '', body)

        const reading = await read(mixed(part), {}, pieces)
        const [sample, ...others] = reading.attachments

        assert.ok(others.every(({ path }) => /^(padding:1$|tolerant:)/.test(path)))
        assert.deepEqual(await read(mixed(part)), reading)
        for (const { path, sha256: digest } of others) assert.equal(sha256(await extract(mixed(part), path)), digest)
        assert.deepEqual(sample?.readings, ['strict', 'mailparser'])
      }),
      { numRuns: 150 },
    )
  })
}

test('long base64 in lines of any length comes out as it went in', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 0, max: 20_000 }),
      fc.boolean(),
      async (width, size, isCrlf) => {
        const content = Buffer.from(Array.from({ length: size }, (_, i) => (i * 7919) >> 3))
        const body = content.toString('base64').replace(new RegExp(`(.{${width}})`, 'g'), isCrlf ? '$1\r\n' : '$1\n')
        const part = lines('Content-Type: x/y; name=n', 'Content-Transfer-Encoding: base64', '', body)

        const [sample] = (await read(mixed(part), {}, [4096])).attachments

        assert.equal(sample?.sha256, sha256(content))
      },
    ),
    { numRuns: 40 },
  )
})

/** Pieces of messages, so that random ones reach the structure and do not end as one body. */
const fragments = fc.array(
  fc.oneof(
    fc.constantFrom(
      'Content-Type: multipart/mixed; boundary=b\r\n',
      'Content-Type: multipart/digest; boundary="c"\n',
      'Content-Type: message/rfc822\r\n',
      'Content-Type: text/plain; name="=?utf-8?B?w6Q=?=',
      "Content-Disposition: attachment; filename*0*=utf-8''%C3",
      'Content-Transfer-Encoding: base64\r\n',
      'Content-Transfer-Encoding: quoted-printable\r\n',
      '\r\n',
      '\n',
      '\r',
      '--b\r\n',
      '--b--\r\n',
      '--c\n',
      '\r\n--c--',
      'QUJD\r\n',
      '=\r\n',
    ),
    fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  ),
  { maxLength: 60 },
)

test('nothing that a message holds makes the reader throw, and every sample comes out again', async () => {
  await fc.assert(
    fc.asyncProperty(fragments, sizes, async (pieces, chunks) => {
      const broken = pieces.join('')

      const reading = await read(broken, {}, chunks)

      assert.equal(reading.unscannable, '')
      for (const sample of reading.attachments)
        assert.equal(sha256(await extract(broken, sample.path)), sample.sha256, sample.path)
    }),
    { numRuns: 300 },
  )
})

test('random bytes never make the reader throw', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), async (bytes) => {
      assert.equal((await read(Buffer.from(bytes))).unscannable, '')
    }),
    { numRuns: 100 },
  )
})
