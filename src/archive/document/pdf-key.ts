/** From a password to the key of a PDF file, by the standard security handler (ISO 32000-1, 7.6.3; ISO 32000-2, 7.6.4). */
import { createCipheriv, createDecipheriv, createHash, hash } from 'node:crypto'
import { rc4 } from './rc4.ts'

/** What the dictionary of the encryption says, and the file's own identity. */
export interface PdfEncryption {
  readonly version: number
  readonly revision: number
  readonly keyBytes: number
  readonly permissions: number
  readonly owner: Buffer
  readonly user: Buffer
  readonly userKey: Buffer
  readonly ownerKey: Buffer
  readonly id: Buffer
  readonly isMetadataEncrypted: boolean
}

/** Fills a short password (7.6.3.3, algorithm 2). */
const FILL = Buffer.from('28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a', 'hex')
const ROUNDS = 64

/** The key of the file where the password is that of a user or of the owner; undefined where it is neither. */
export function pdfKey(encryption: PdfEncryption, password: string): Buffer | undefined {
  if (encryption.revision >= 5) return newKey(encryption, Buffer.from(password, 'utf8').subarray(0, 127))
  const bytes = Buffer.from(password, 'latin1')
  return oldKey(encryption, bytes) ?? oldKey(encryption, userOf(encryption, bytes))
}

function oldKey(encryption: PdfEncryption, password: Buffer): Buffer | undefined {
  const { owner, permissions, id, revision, keyBytes, isMetadataEncrypted, user } = encryption
  const flags = Buffer.alloc(4)
  flags.writeInt32LE(permissions | 0)
  const parts = [filled(password), owner.subarray(0, 32), flags, id]
  if (revision >= 4 && !isMetadataEncrypted) parts.push(Buffer.alloc(4, 0xff))
  const key = stretched(Buffer.concat(parts), revision, keyBytes)
  const proof = revision < 3 ? rc4(key, FILL) : scrambled(key, hash('md5', Buffer.concat([FILL, id]), 'buffer'))
  return user.subarray(0, proof.length).equals(proof) && proof.length > 0 ? key : undefined
}

/** The user's password, as the owner's unlocks it (algorithm 7). */
function userOf({ owner, revision, keyBytes }: PdfEncryption, password: Buffer): Buffer {
  const key = stretched(filled(password), revision, keyBytes)
  let bytes = owner.subarray(0, 32)
  for (let i = revision < 3 ? 0 : 19; i >= 0; i--) bytes = rc4(turned(key, i), bytes)
  return bytes
}

function stretched(bytes: Buffer, revision: number, keyBytes: number): Buffer {
  let digest = hash('md5', bytes, 'buffer')
  for (let i = 0; revision >= 3 && i < 50; i++) digest = hash('md5', digest.subarray(0, keyBytes), 'buffer')
  return digest.subarray(0, keyBytes)
}

function scrambled(key: Buffer, proof: Buffer): Buffer {
  let bytes = proof
  for (let i = 0; i < 20; i++) bytes = rc4(turned(key, i), bytes)
  return bytes
}

function turned(key: Buffer, by: number): Buffer {
  return Buffer.from(key.map((byte) => byte ^ by))
}

function filled(password: Buffer): Buffer {
  return Buffer.concat([password, FILL]).subarray(0, 32)
}

/** Algorithm 2.A: each of the two passwords has its own salts and its own wrapping of the key. */
function newKey({ user, owner, userKey, ownerKey, revision }: PdfEncryption, password: Buffer): Buffer | undefined {
  if (user.length < 48 || userKey.length < 32) return undefined
  const digest = revision === 5 ? plainHash : hardened
  const none = Buffer.alloc(0)
  const known = user.subarray(0, 48)
  if (digest(password, user.subarray(32, 40), none).equals(user.subarray(0, 32)))
    return unwrapped(digest(password, user.subarray(40, 48), none), userKey)
  if (owner.length < 48 || ownerKey.length < 32) return undefined
  if (!digest(password, owner.subarray(32, 40), known).equals(owner.subarray(0, 32))) return undefined
  return unwrapped(digest(password, owner.subarray(40, 48), known), ownerKey)
}

function unwrapped(key: Buffer, wrapped: Buffer): Buffer {
  const cipher = createDecipheriv('aes-256-cbc', key, Buffer.alloc(16))
  cipher.setAutoPadding(false)
  return Buffer.concat([cipher.update(wrapped.subarray(0, 32)), cipher.final()])
}

function plainHash(password: Buffer, salt: Buffer, more: Buffer): Buffer {
  return hash('sha256', Buffer.concat([password, salt, more]), 'buffer')
}

/** Algorithm 2.B: at least 64 rounds, and on until the last byte of a round is small. */
function hardened(password: Buffer, salt: Buffer, more: Buffer): Buffer {
  let key = plainHash(password, salt, more)
  for (let round = 0, last = 0; round < ROUNDS || last > round - 32; round++) {
    const once = Buffer.concat([password, key, more])
    const cipher = createCipheriv('aes-128-cbc', key.subarray(0, 16), key.subarray(16, 32))
    cipher.setAutoPadding(false)
    const mixed = cipher.update(Buffer.concat(Array<Buffer>(64).fill(once)))
    const sum = mixed.subarray(0, 16).reduce((total, byte) => total + byte, 0)
    key = createHash(['sha256', 'sha384', 'sha512'][sum % 3] ?? 'sha256')
      .update(mixed)
      .digest()
    last = mixed[mixed.length - 1] ?? 0
  }
  return key.subarray(0, 32)
}
