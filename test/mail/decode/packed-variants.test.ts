import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { decodings, sniffEncodings } from '../../../src/mail/decode/decodings.ts'
import { assertOutcome, python } from './outcomes.ts'

const content = Buffer.from(Array.from({ length: 700 }, (_, i) => (i * 113 + (i >> 2)) & 255))
const UU = 'import binascii\nlines = [binascii.b2a_uu(data[i:i + 45]) for i in range(0, len(data), 45)]\n'
const uuLines = python(`${UU}sys.stdout.buffer.write(b"".join(lines))`, content).toString('latin1')
const uuencoded = `begin 644 tool.exe\n${uuLines}\`\nend\n`

for (const token of ['x-uuencode', 'uuencode', 'X-UUENCODE', 'x-uue', 'uue', 'x-uu']) {
  test(`${token} is undone, and its own name is given`, () => {
    const [first] = decodings(Buffer.from(`Here it is:\n${uuencoded}`), token)

    assert.deepEqual(first, { name: 'uuencode', bytes: content, fileName: 'tool.exe' })
  })
}

test('uuencode without its first line is undone', () => {
  assertOutcome(uuLines, 'x-uuencode', content.toString('latin1'))
})

test('base64 instead of uuencode is undone under the same token', () => {
  assertOutcome(`begin-base64 644 a\n${content.toString('base64')}\n====\n`, 'x-uuencode', content.toString('latin1'))
})

test('a token of uuencode on what is none leaves the bytes alone', () => {
  assert.deepEqual(decodings(Buffer.from('plain text'), 'x-uuencode').at(0)?.bytes, Buffer.from('plain text'))
})

test('yEnc is undone with and without its first line', () => {
  const shifted = Buffer.from([1, 2, 3, 42].map((byte) => byte + 42)).toString('latin1')

  assertOutcome(`=ybegin line=128 size=4 name=a\r\n${shifted}\r\n=yend size=4\r\n`, 'x-yenc', '\x01\x02\x03\x2a')
  assertOutcome(shifted, 'yenc', '\x01\x02\x03\x2a')
})

test('gzip in base64 is unpacked', () => {
  const packed = gzipSync(content).toString('base64')

  for (const token of ['gzip64', 'x-gzip64']) assert.deepEqual(decodings(Buffer.from(packed), token)[0]?.bytes, content)
  assertOutcome(`${packed}\r\n-- \r\nA word after it.`, 'x-gzip64', content.toString('latin1'))
})

test('gzip that unpacks far ends at a limit', () => {
  const packed = gzipSync(Buffer.alloc(300 * 2 ** 20)).toString('base64')

  assert.ok((decodings(Buffer.from(packed), 'gzip64')[0]?.bytes.length ?? 0) <= 64 * 2 ** 20)
})

test('a token that nobody knows leaves the bytes alone', () => {
  for (const token of ['7bit', '8bit', 'binary', '', 'x-unknown'])
    assert.deepEqual(decodings(content, token), [{ name: token, bytes: content }])
})

const inLines = (text: string) => text.replace(/.{76}/g, '$&\r\n')
const looks: readonly (readonly [what: string, raw: string, encodings: readonly string[]])[] = [
  ['base64', inLines(content.toString('base64')), ['base64']],
  ['base64 with words around it', `Hello,\r\n${inLines(content.toString('base64'))}\r\nBye`, ['base64']],
  ['the url alphabet of base64', inLines(content.toString('base64url')), ['base64']],
  ['quoted-printable', 'f=C3=BCr die =C3=9Cbung=\r\n am =C3=A4', ['quoted-printable']],
  ['uuencode', uuencoded, ['x-uuencode']],
  ['begin-base64', `begin-base64 644 x\n${inLines(content.toString('base64'))}\n====\n`, ['base64', 'begin-base64']],
  ['yEnc', 'Hi\r\n=ybegin line=128 size=4 name=x\r\nabc', ['x-yenc']],
  ['BinHex', '(This file must be converted with BinHex 4.0)\r\n:abc', ['mac-binhex40']],
  ['prose', 'Dear all,\r\nwe meet at 10 = ten.\r\nRegards\r\n'.repeat(9), []],
  ['words, one in a line', 'apple\r\nbanana\r\ncherry\r\n'.repeat(50), []],
  ['digests', `${'d41d8cd98f00b204e9800998ecf8427e\r\n'.repeat(9)}`, []],
  ['a short token', 'QUJDREVGR0hJSktMTU5P', []],
  ['bytes without a pattern', content.toString('latin1'), []],
]
for (const [what, raw, expected] of looks) {
  test(`${what} looks like ${expected.join(' and ') || 'no encoding'}`, () => {
    assert.deepEqual(sniffEncodings(Buffer.from(raw, 'latin1')), expected)
  })
}
