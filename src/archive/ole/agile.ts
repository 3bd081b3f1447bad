/** Whether a password is the one of a modern Office document, at the cost of one derivation ([MS-OFFCRYPTO] 2.3.4.11 to 2.3.4.13). */
import { createDecipheriv, getHashes, hash } from 'node:crypto'

const VERIFIER_INPUT = Buffer.from('fea7d2763b4b9e79', 'hex')
const VERIFIER_VALUE = Buffer.from('d7aa0f6d3061344e', 'hex')
const FILL = 0x36
const MAX_INFO = 64 * 1024

/** A test of passwords; undefined where the document is encrypted in another way. */
export function agileVerifier(info: Buffer): ((password: string) => boolean) | undefined {
  const xml = info.toString('utf8', 8, MAX_INFO)
  const key = /<(?:\w{1,20}:)?encryptedKey\b[^>]{0,4000}>/.exec(xml)?.[0]
  const text = (name: string) => new RegExp(`\\b${name}="([^"]{0,1000})"`).exec(key ?? '')?.[1] ?? ''
  const bytes = (name: string) => Buffer.from(text(name), 'base64')
  const algorithm = text('hashAlgorithm').toLowerCase().replace('-', '')
  const isUsual =
    text('cipherAlgorithm') === 'AES' && text('cipherChaining') === 'ChainingModeCBC' && getHashes().includes(algorithm)
  const keyBytes = Number(text('keyBits')) / 8
  if (!isUsual || ![16, 24, 32].includes(keyBytes)) return undefined
  const salt = bytes('saltValue')
  const input = bytes('encryptedVerifierHashInput')
  const value = bytes('encryptedVerifierHashValue')
  const decrypt = (data: Buffer, root: Buffer, purpose: Buffer) => {
    const cipher = createDecipheriv(
      `aes-${keyBytes * 8}-cbc`,
      fitted(hash(algorithm, Buffer.concat([root, purpose]), 'buffer'), keyBytes),
      fitted(salt, 16),
    )
    cipher.setAutoPadding(false)
    return Buffer.concat([cipher.update(data), cipher.final()])
  }
  return (password) => {
    const root = derive(algorithm, salt, password, Number(text('spinCount')))
    const plain = decrypt(input, root, VERIFIER_INPUT).subarray(0, salt.length)
    const expected = hash(algorithm, plain, 'buffer')
    return decrypt(value, root, VERIFIER_VALUE).subarray(0, expected.length).equals(expected)
  }
}

function derive(algorithm: string, salt: Buffer, password: string, rounds: number): Buffer {
  let digest = hash(algorithm, Buffer.concat([salt, Buffer.from(password, 'utf16le')]), 'buffer')
  const block = Buffer.alloc(4 + digest.length)
  for (let i = 0; i < rounds; i++) {
    block.writeUInt32LE(i)
    digest.copy(block, 4)
    digest = hash(algorithm, block, 'buffer')
  }
  return digest
}

function fitted(bytes: Buffer, size: number): Buffer {
  return bytes.length >= size
    ? bytes.subarray(0, size)
    : Buffer.concat([bytes, Buffer.alloc(size - bytes.length, FILL)])
}
