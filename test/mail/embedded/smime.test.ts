import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { deflateSync } from 'node:zlib'
import { bytesOf, filesIn, onlyFile, run } from './tools.ts'

const folder = mkdtempSync(join(tmpdir(), 'peekaboo-smime-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const NEW_KEY = [
  '-newkey',
  'ec',
  '-pkeyopt',
  'ec_paramgen_curve:P-256',
  '-nodes',
  '-keyout',
  'key.pem',
  '-out',
  'me.pem',
]
run('openssl', ['req', '-x509', ...NEW_KEY, '-subj', '/CN=Test', '-days', '2'], '', folder)

const message = Buffer.from('Content-Type: application/octet-stream; name=x.exe\r\n\r\nthe inner part\r\n')

/** What openssl cms makes of the content. */
function cms(args: readonly string[], content: Buffer, form = 'DER'): Buffer {
  writeFileSync(join(folder, 'in'), content)
  return run('openssl', ['cms', '-binary', '-in', 'in', '-outform', form, ...args], '', folder)
}
const SIGN = ['-sign', '-nodetach', '-signer', 'me.pem', '-inkey', 'key.pem']

const SMIME = 'application/pkcs7-mime'

test('the message within an opaque signature is taken out', () => {
  assert.deepEqual(onlyFile(cms(SIGN, message), SMIME), { kind: 'smime', name: '', bytes: message, isMessage: true })
})

test('it is taken out of lengths that are not said, in many pieces', () => {
  for (const size of [10, 5000, 200_000]) {
    const content = Buffer.concat([message, bytesOf(size)])
    const streamed = cms([...SIGN, '-stream'], content)

    assert.equal(streamed.toString('hex', 0, 2), '3080')
    assert.deepEqual(onlyFile(streamed, 'application/octet-stream').bytes, content)
  }
})

test('a file that is signed keeps its name without .p7m', () => {
  const file = onlyFile(cms(SIGN, bytesOf(500)), SMIME, 'invoice.xml.p7m')

  assert.deepEqual(file, { kind: 'smime', name: 'invoice.xml', bytes: bytesOf(500) })
})

test('PEM armour is taken off', () => {
  for (const content of [cms(SIGN, message, 'PEM'), Buffer.concat([Buffer.from('Hi\n'), cms(SIGN, message, 'PEM')])])
    assert.deepEqual(onlyFile(content).bytes, message)
})

test('a signature around a signature gives the inner one, and that the message', () => {
  const inner = cms([...SIGN, '-stream'], message)
  const outer = onlyFile(cms([...SIGN, '-stream'], inner), SMIME)

  assert.deepEqual(outer.bytes, inner)
  assert.deepEqual(onlyFile(outer.bytes, '').bytes, message)
})

test('digested data is taken out', () => {
  assert.deepEqual(onlyFile(cms(['-digest_create'], message), SMIME).bytes, message)
})

test('encrypted data is named', () => {
  const encrypted = { kind: 'smime', name: '', bytes: Buffer.alloc(0), anomaly: 'encrypted' } as const

  assert.deepEqual(onlyFile(cms(['-encrypt', 'me.pem'], message), SMIME), encrypted)
  assert.deepEqual(onlyFile(cms(['-encrypt', '-stream', 'me.pem'], message), SMIME), encrypted)
  assert.deepEqual(onlyFile(cms(['-encrypt', '-aes-256-gcm', 'me.pem'], message), SMIME), encrypted)
})

test('a signature apart from what is signed, and certificates, hold no file', () => {
  const detached = cms(
    SIGN.filter((each) => each !== '-nodetach'),
    message,
  )
  const certificates = run('openssl', ['crl2pkcs7', '-nocrl', '-certfile', 'me.pem', '-outform', 'DER'], '', folder)

  assert.deepEqual(filesIn(detached, 'application/pkcs7-signature'), [])
  assert.deepEqual(filesIn(certificates, SMIME), [])
})

function der(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content)
  const length = Buffer.alloc(5, 0x84)
  length.writeUInt32BE(body.length, 1)
  return Buffer.concat([Buffer.from([tag]), length, body])
}

/** CompressedData (RFC 3274), which Debian's OpenSSL does not write. */
function compressed(content: Buffer): Buffer {
  const object = (hex: string) => der(6, Buffer.from(hex, 'hex'))
  const inner = der(0x30, object('2a864886f70d010701'), der(0xa0, der(4, deflateSync(content))))
  const algorithm = der(0x30, object('2a864886f70d0109100308'))
  const data = der(0x30, der(2, Buffer.from([0])), algorithm, inner)
  return der(0x30, object('2a864886f70d0109100109'), der(0xa0, data))
}

test('compressed data is unpacked up to a limit', () => {
  assert.deepEqual(onlyFile(compressed(message), SMIME).bytes, message)
  const bomb = onlyFile(compressed(Buffer.alloc(100 * 2 ** 20)), SMIME)

  assert.equal(bomb.anomaly, 'decoded-bytes')
  assert.ok(bomb.bytes.length > 2 ** 20 && bomb.bytes.length <= 64 * 2 ** 20)
})

test('cut anywhere within the content, what was there is kept', () => {
  const content = Buffer.concat([message, bytesOf(20_000)])
  for (const whole of [cms(SIGN, content), cms([...SIGN, '-stream'], content)]) {
    const start = whole.indexOf('Content-Type')
    for (let length = start + 100; length < start + content.length; length += 1999) {
      const { bytes } = onlyFile(whole.subarray(0, length), SMIME)

      assert.ok(bytes.length >= length - start - 40)
      assert.deepEqual(bytes, content.subarray(0, bytes.length))
    }
  }
})
