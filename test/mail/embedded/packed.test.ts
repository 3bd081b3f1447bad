import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytesOf, filesIn, onlyFile, runOnFile } from './tools.ts'

const content = bytesOf(3000)
const yenc = runOnFile('uuenview', ['-y'], 'news.bin', content)

test('yEnc is the file that it was made of, whatever stands around it', () => {
  const text = Buffer.concat([Buffer.from('Hello\r\n\r\n'), yenc, Buffer.from('\r\n-- \r\nme\r\n')])

  assert.deepEqual(onlyFile(text), { kind: 'yenc', name: 'news.bin', bytes: content })
  assert.deepEqual(onlyFile(yenc, 'application/octet-stream').bytes, content)
})

test('every byte value comes out of yEnc as it went in', () => {
  const all = Buffer.from(Array.from({ length: 512 }, (_, i) => i & 255))

  assert.deepEqual(onlyFile(runOnFile('uuenview', ['-y'], 'all.bin', all)).bytes, all)
})

test('yEnc without an end is kept as far as it goes', () => {
  const { bytes } = onlyFile(yenc.subarray(0, 1000))

  assert.ok(bytes.length > 800)
  assert.deepEqual(bytes, content.subarray(0, bytes.length))
})

function yencPart(begin: number, bytes: Buffer): Buffer {
  const shifted = Buffer.from(bytes.map((byte) => byte + 42))
  return Buffer.concat([
    Buffer.from(`=ybegin part=1 total=2 line=128 size=8 name=in two.bin\r\n=ypart begin=${begin} end=4\r\n`),
    shifted,
    Buffer.from('\r\n=yend size=4 part=1 pcrc32=00000000\r\n'),
  ])
}

test('parts of one yEnc file are files, and together one more', () => {
  const [first, second] = [Buffer.from('part'), Buffer.from('next')]

  const found = filesIn(Buffer.concat([yencPart(5, second), yencPart(1, first)]))

  assert.deepEqual(
    found.map(({ bytes }) => bytes.toString()),
    ['next', 'part', 'partnext'],
  )
  assert.ok(found.every(({ name }) => name === 'in two.bin'))
})

const binhex = runOnFile('binhex', ['-d'], 'letter.dat', content)

test('BinHex is the file that it was made of, runs and all', () => {
  const text = Buffer.concat([Buffer.from('Hello\n\n'), binhex, Buffer.from('\nBye\n')])

  assert.deepEqual(onlyFile(text), { kind: 'binhex', name: 'letter.dat', bytes: content })
  assert.deepEqual(onlyFile(text.toString('latin1').replaceAll('\n', '\r\n')).bytes, content)
  assert.deepEqual(onlyFile(text.toString('latin1').replaceAll('\n', '\r')).bytes, content)
})

test('a resource fork of BinHex is a file too', () => {
  assert.deepEqual(onlyFile(runOnFile('binhex', ['-r'], 'fork.dat', content)).bytes, content)
})

test('BinHex without its introduction is read where type or name say what it is', () => {
  const bare = binhex.subarray(binhex.indexOf(':'))

  assert.deepEqual(onlyFile(bare, 'application/mac-binhex40').bytes, content)
  assert.deepEqual(onlyFile(bare, 'application/octet-stream', 'letter.HQX').bytes, content)
  assert.deepEqual(filesIn(bare), [])
})

test('cut BinHex is kept as far as it goes', () => {
  const { bytes } = onlyFile(binhex.subarray(0, 1500))

  assert.ok(bytes.length > 700)
  assert.deepEqual(bytes, content.subarray(0, bytes.length))
})

test('a file of one byte repeated comes out of BinHex whole', () => {
  const zeros = Buffer.alloc(3 * 2 ** 20)

  assert.deepEqual(onlyFile(runOnFile('binhex', ['-d'], 'zeros.dat', zeros)).bytes, zeros)
})

test('BinHex that unpacks far ends at a limit, which is named', () => {
  const text = runOnFile('binhex', ['-d'], 'zeros.dat', Buffer.alloc(70 * 2 ** 20))

  const { bytes, anomaly } = onlyFile(text)

  assert.equal(anomaly, 'decoded-bytes')
  assert.ok(bytes.length > 60 * 2 ** 20 && bytes.length <= 64 * 2 ** 20, `${bytes.length} bytes`)
})
