/**
 * Whether bytes are the OpenPGP packet that their first one says (RFC 9580 section 5). One in a hundred files of any bytes begins as one,
 * so of what nothing declares to be OpenPGP each field is looked at whose values are few.
 */
import { utf8Of } from '../name/charset.ts'
import type { Hint } from './embedded.ts'

export const PUBLIC_KEY = 1
export const SIGNATURE = 2
export const PASSWORD_KEY = 3
export const ONE_PASS = 4
export const COMPRESSED = 8
export const MARKER = 10
export const LITERAL = 11

/** Algorithms that encrypt a session key (section 9.1); those whose data begin with a number of a length in bits. */
const KEY_ALGORITHMS: ReadonlySet<number> = new Set([1, 2, 16, 18, 20, 25, 26])
const WITH_NUMBER: ReadonlySet<number> = new Set([1, 2, 16, 18, 20])
const MOST_BITS = 16_384
/** By the kind of what makes a key of a password (section 3.7.1): its bytes. */
const PASSWORD_BYTES: Readonly<Record<number, number>> = { 0: 2, 1: 10, 3: 11, 4: 20 }
const HASHES: ReadonlySet<number> = new Set([1, 2, 3, 8, 9, 10, 11, 12, 14])
const CIPHERS = 13
const FORMATS = 'btulm1'

/** Whether the part says of itself that it is OpenPGP. */
export function isDeclaredPgp({ type, name }: Hint): boolean {
  return /pgp/.test(type) || /\.(?:pgp|gpg|asc|sig)$/i.test(name)
}

/** Whether a packet's first bytes are those of its kind: versions and algorithms that exist. */
export function isPlausible(tag: number, body: Buffer, isDeclared: boolean): boolean {
  const first = body[0] ?? -1
  switch (tag) {
    case PUBLIC_KEY:
      return isPublicKey(body)
    case PASSWORD_KEY:
      return isPasswordKey(body)
    case ONE_PASS:
      return (first === 3 && body.length === 13) || (first === 6 && body.length >= 38)
    case SIGNATURE:
      return first >= 3 && first <= 6 && body.length >= 4
    case COMPRESSED:
      return isCompressed(body)
    case MARKER:
      return body.toString('latin1') === 'PGP'
    case LITERAL:
      return isLiteral(body, isDeclared)
    case 18:
      return isDeclared && (first === 1 || first === 2)
    default:
      // Data without a key before them are read only where somebody says what they are.
      return isDeclared && (tag === 9 || first === 1)
  }
}

/** Version, for whom, algorithm, and a session key under it, which no algorithm makes shorter. */
function isPublicKey(body: Buffer): boolean {
  if (body[0] !== 3 && body[0] !== 6) return false
  const version = body[2]
  const isNamed = (body[1] === 21 && version === 4) || (body[1] === 33 && version === 6)
  if (body[0] === 6 && !isNamed && body[1] !== 0) return false
  const at = body[0] === 3 ? 9 : 2 + (body[1] ?? 0)
  const algorithm = body[at] ?? -1
  if (!KEY_ALGORITHMS.has(algorithm) || body.length < at + 3) return false
  if (!WITH_NUMBER.has(algorithm)) return body.length >= at + 33
  const bits = body.readUInt16BE(at + 1)
  return bits > 0 && bits <= MOST_BITS && body.length >= at + 3 + Math.ceil(bits / 8)
}

/** Version 4: cipher, how the password makes a key, perhaps a session key under it. The later ones tell the lengths of their fields. */
function isPasswordKey(body: Buffer): boolean {
  const [version = 0, second = 0, third = 0] = body
  if (version === 6) return body.length >= 16 && second >= 4 && second < body.length && isCipher(third)
  if ((version !== 4 && version !== 5) || !isCipher(second)) return false
  // Version 5 has the kind of authentication before.
  const at = version === 4 ? 2 : 3
  const kind = body[at] ?? -1
  const size = PASSWORD_BYTES[kind] ?? Number.POSITIVE_INFINITY
  const rest = body.length - at - size
  const isHash = kind === 4 || HASHES.has(body[at + 1] ?? -1)
  return isHash && (version === 4 ? [0, 17, 25, 33].includes(rest) : third >= 1 && third <= 3 && rest >= 28)
}

function isCipher(id: number): boolean {
  return id >= 1 && id <= CIPHERS
}

/** Whether what stands behind the algorithm (none, ZIP, ZLIB, BZip2) begins as its data do. */
function isCompressed(body: Buffer): boolean {
  switch (body[0]) {
    case 0:
    case 1:
      return body.length > 1
    case 2:
      return body.length > 2 && ((body[1] ?? 0) & 0x0f) === 8
    case 3:
      return body.toString('latin1', 1, 4) === 'BZh'
    default:
      return false
  }
}

/** Format, name, date. */
function isLiteral(body: Buffer, isDeclared: boolean): boolean {
  const nameEnd = 2 + (body[1] ?? 0)
  if (body.length < nameEnd + 4 || !FORMATS.includes(String.fromCharCode(body[0] ?? 0))) return false
  const name = body.subarray(2, nameEnd)
  return isDeclared || (utf8Of(name) !== undefined && name.every((byte) => byte >= 0x20 && byte !== 0x7f))
}
