import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deflateRawSync } from 'node:zlib'
import { bytesOf, filesIn, inFolder, onlyFile, run } from './tools.ts'

const message = Buffer.from('Content-Type: text/plain\r\nContent-Disposition: attachment\r\n\r\nhello\r\n')

/** What GnuPG makes of the content without a key. */
function store(args: readonly string[], content: Buffer): Buffer {
  return inFolder((home) =>
    run('gpg', ['--homedir', home, '--batch', '--no-tty', '-q', ...args, '--store', '-o', '-'], content),
  )
}

const named = ['--set-filename', 'run me.exe']

for (const [what, args] of Object.entries({
  'not compressed': ['-z', '0'],
  'in ZIP': ['--compress-algo', 'zip', '-z', '6'],
  'in ZLIB': ['--compress-algo', 'zlib', '-z', '6'],
})) {
  for (const size of [0, 1, 191, 192, 8383, 8384, 300_000]) {
    test(`${size} bytes of literal data, ${what}, are a file in armour and without`, () => {
      const file = { kind: 'pgp', name: 'run me.exe', bytes: bytesOf(size) }
      const armoured = store(['-a', ...named, ...args], bytesOf(size))

      assert.deepEqual(onlyFile(store([...named, ...args], bytesOf(size)), 'application/octet-stream'), file)
      assert.deepEqual(onlyFile(Buffer.concat([Buffer.from('Hello\n'), armoured, Buffer.from('Bye\n')])), file)
      assert.deepEqual(onlyFile(armoured.toString().replaceAll('\n', '\r\n')), file)
    })
  }
}

test('a MIME entity within is a message', () => {
  assert.deepEqual(onlyFile(store(['-a'], message)), { kind: 'pgp', name: '', bytes: message, isMessage: true })
})

test('data without a name has that of the file without .gpg', () => {
  assert.equal(onlyFile(store([], bytesOf(9)), 'application/octet-stream', 'tool.exe.gpg').name, 'tool.exe')
})

/** Made once by gpg 2.2.40 of "small content\r\n": signed with RSA and compressed not at all, as GnuPG does with -z 0. */
const SIGNED =
  'owEB5QEa/pANAwAKASTCyPr9K0QlAaweYglzbWFsbC50eHRrBIkAc21hbGwgY29udGVudA0KiQGzBAABCgAdFiEEHR7TBhgaSY3v87U5JMLI+v0rRCUF' +
  'AmsEiQAACgkQJMLI+v0rRCVUDAwAoXcUn3pM4PFFZG4nCjmzXob1AjUiwNxlbY2whbUBtnbD44Cz3APymvhDlkNTP0thZ6iUm3hWGLwI1ChHQTueaLBw' +
  'EgsSFbu88s6ZLDVJHdDGy3cYDv/A5IRMDZ0Ae6csp+kAHN25biJVk28OhrjnBKDeuDelBjX5TBCUbAQ67K2RXmZpsKGDL2PSnhUkf4qnf4nRfhhe2A8o' +
  'OTO1NeZ2ZPjN5Pv3T1SpAttWkMhgjLRPD14ZbnOB/DlP4pBsSaad1/jYDNRWBWyhTlE9ecP0zv+8FtwxjN3daiTDKI0QNpp2kyeAi2bIpe/hhoeL6T+e' +
  '6xUSsn0SmRjkRU3MquOk/kTVcfa2D+dN0xQCGo0dOrAaSvAOdh/fMYBP4p4kebf2JhhNpFdTwNmgus4Bw4QiLu8JIb7dBFB/2pArjywDFECcvYoj8h7r' +
  'ajY9oSTtYRAANX+50cv8XEVzkouXKU7nWrxD+xw9X9GOpwPOHr46RsgsGlmtMeCYHp/OKYMKzLhi'
/** The same content encrypted with a password, and compressed by bzip2. */
const ENCRYPTED =
  'jA0ECQMCTEnIhsih/9n/0kkB/3KICie4iSCqVPayMsz7B8BLqfCUI8qIjSO04jl6z2P/8jHspoOKILbnxLUdr/j5sRPACEC+PyVrMIYQT/hpYJ83540s' +
  'yuSg'
const BZIP2 = 'owNCWmg2MUFZJlNZG9F6eAAAD/HQJDIAAUABOg+MQAAgAAQgADFGjIGjTI0GoABoD0hS8/LscGEiIDQI6fa4Qq3K/F3JFOFCQG9F6eA='

test('what is signed by a signature around it is a file', () => {
  const file = onlyFile(Buffer.from(SIGNED, 'base64'), 'application/octet-stream')

  assert.deepEqual(file, { kind: 'pgp', name: 'small.txt', bytes: Buffer.from('small content\r\n') })
})

test('encrypted data is named, once', () => {
  for (const content of [
    Buffer.from(ENCRYPTED, 'base64'),
    `-----BEGIN PGP MESSAGE-----\nVersion: 1\n\n${ENCRYPTED}\n=abcd\n-----END PGP MESSAGE-----\n`,
  ])
    assert.deepEqual(onlyFile(content), { kind: 'pgp', name: '', bytes: Buffer.alloc(0), anomaly: 'encrypted' })
})

test('compression that is not undone is named', () => {
  assert.equal(onlyFile(Buffer.from(BZIP2, 'base64')).anomaly, 'compression-unknown')
})

test('text signed in clear, keys and signatures hold no file', () => {
  const signature = `-----BEGIN PGP SIGNATURE-----\n\n${Buffer.from(SIGNED, 'base64').subarray(60).toString('base64')}\n-----END PGP SIGNATURE-----\n`

  assert.deepEqual(filesIn(`-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nHello\n${signature}`), [])
  assert.deepEqual(filesIn(signature.replaceAll('SIGNATURE', 'PUBLIC KEY BLOCK')), [])
})

/** A packet of the new form with a length of four bytes. */
function packet(tag: number, body: Buffer): Buffer {
  const length = Buffer.alloc(5, 0xff)
  length.writeUInt32BE(body.length, 1)
  return Buffer.concat([Buffer.from([0xc0 | tag]), length, body])
}

const literal = (content: Buffer) => packet(11, Buffer.concat([Buffer.from('b\x01x\0\0\0\0', 'latin1'), content]))
const zipped = (content: Buffer) => packet(8, Buffer.concat([Buffer.from([1]), deflateRawSync(content)]))

test('compressed data that unpacks far ends at a limit, which is named', () => {
  const { bytes, anomaly } = onlyFile(zipped(literal(Buffer.alloc(100 * 2 ** 20))), '')

  assert.equal(anomaly, 'decoded-bytes')
  assert.ok(bytes.length > 2 ** 19 && bytes.length <= 64 * 2 ** 20)
})

test('compressed data that is damaged or cut is kept as far as it goes', () => {
  const whole = zipped(literal(bytesOf(50_000)))
  const damaged = Buffer.from(whole).fill(0xff, whole.length / 2, whole.length / 2 + 200)
  for (const content of [damaged, whole.subarray(0, whole.length / 2)]) {
    const { bytes } = onlyFile(content, '')

    assert.ok(bytes.length > 10_000, `${bytes.length}`)
    assert.deepEqual(bytes.subarray(0, 10_000), bytesOf(50_000).subarray(0, 10_000))
  }
})

test('compressed data within compressed data ends at a depth', () => {
  let nested = literal(Buffer.from('deep'))
  for (let depth = 0; depth < 8; depth++) nested = zipped(nested)

  assert.equal(onlyFile(nested, '').bytes.toString(), 'deep')
  assert.deepEqual(filesIn(zipped(nested), ''), [])
})

test('a length that reaches far beyond the end is cut', () => {
  const [cut] = filesIn(Buffer.concat([Buffer.from('cbffffffffff', 'hex'), Buffer.from('b\0\0\0\0\0left')]), '')

  assert.equal(cut?.bytes.toString(), 'left')
})

test('of 60,000 files that begin as a packet, and are any bytes, at most one is taken for OpenPGP', () => {
  let state = 0x2545f491
  const next = (): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state
  }
  const wrong: string[] = []
  for (let i = 0; i < 60_000; i++) {
    const bytes = Buffer.alloc(256)
    for (let at = 0; at < bytes.length; at += 4) bytes.writeInt32LE(next(), at)
    // The bit that every packet has.
    bytes[0] = (bytes[0] ?? 0) | 0x80
    for (const { kind } of filesIn(bytes, 'application/octet-stream', 'a.bin')) wrong.push(kind)
  }

  assert.ok(wrong.length <= 1, `${wrong}`)
})
