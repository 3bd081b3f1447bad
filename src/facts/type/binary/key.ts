/** Keys, certificates, signed and encrypted messages: ASN.1 in DER or BER, and OpenPGP in its binary form. */
import { be16, be32, type Excerpt } from '../excerpt.ts'
import { contentOf, type Element, elementAt, elementsIn } from './der.ts'
import { bytesOf, type Detector, NOTHING } from './detector.ts'

/** Looks at keys. */
export const KEY_DETECTORS: readonly Detector[] = [
  [bytesOf('0'), der],
  [Array.from({ length: 0x80 }, (_, byte) => 0x80 + byte), pgp],
]

const SEQUENCE = 0x30
const INTEGER = 0x02
const OBJECT = 0x06
const SET = 0x31
const CONTEXT_0 = 0xa0

const PKCS7 = '2a864886f70d0107'
/** Content types of CMS (RFC 5652, RFC 3274) that hold what a mail program opens. */
const ENVELOPES = [`${PKCS7}03`, `${PKCS7}04`, `${PKCS7}06`, '2a864886f70d0109100109', '2a864886f70d0109100117']
const SIGNED = `${PKCS7}02`
/** The list of digests that signs drivers (szOID_CTL). */
const TRUST_LIST = '2b0601040182370a01'

function der({ head, size }: Excerpt): readonly string[] {
  const outer = elementAt(head, 0)
  if (outer === undefined || outer.tag !== SEQUENCE || (!outer.isOpen && outer.to > size + 2)) return NOTHING
  const [first, second, third] = elementsIn(head, outer, 3)
  if (first?.tag === OBJECT) return message(head, first)
  if (outer.isOpen && first === undefined) return NOTHING
  if (first?.tag === INTEGER) return numbered(head, first, second ?? elementAt(head, first.to))
  const inner = first ?? elementAt(head, outer.from)
  return inner?.tag === SEQUENCE && isWhole(outer, size) ? signedStructure(head, inner, second, third) : NOTHING
}

function isWhole(outer: Element, size: number): boolean {
  return outer.to <= size && outer.to >= size - 2
}

/** ContentInfo of CMS: an object identifier, then the content. */
function message(head: Buffer, first: Element): readonly string[] {
  const kind = contentOf(head, first).toString('hex')
  if (ENVELOPES.includes(kind)) return ['application/pkcs7-mime']
  if (kind !== SIGNED) return NOTHING
  const wrapper = elementAt(head, first.to)
  const signed = wrapper === undefined ? undefined : elementAt(head, wrapper.from)
  if (signed === undefined || signed.tag !== SEQUENCE) return ['application/pkcs7-signature']
  const version = elementAt(head, signed.from)
  const digests = version === undefined ? undefined : elementAt(head, version.to)
  const inner = digests === undefined || digests.isOpen ? undefined : elementAt(head, digests.to)
  const kindOfInner = inner === undefined ? undefined : elementAt(head, inner.from)
  if (inner === undefined || kindOfInner === undefined) return ['application/pkcs7-signature']
  if (contentOf(head, kindOfInner).toString('hex') === TRUST_LIST) return ['application/vnd.ms-pki.seccat']
  const isEmptySet = digests?.tag === SET && digests.to === digests.from
  if (isEmptySet) return ['application/x-pkcs7-certificates']
  const hasContent = inner.isOpen ? head[kindOfInner.to] === CONTEXT_0 : inner.to > kindOfInner.to
  return [hasContent ? 'application/pkcs7-mime' : 'application/pkcs7-signature']
}

/** What begins with a version: PKCS #12 holds CMS, PKCS #8 an algorithm, a key of PKCS #1 its numbers. */
function numbered(head: Buffer, first: Element, second: Element | undefined): readonly string[] {
  const version = contentOf(head, first)
  if (version.length !== 1 || second === undefined) return NOTHING
  const inner = second.tag === SEQUENCE ? elementAt(head, second.from) : undefined
  const kind = inner?.tag === OBJECT ? contentOf(head, inner).toString('hex') : ''
  if (version[0] === 3 && (kind === `${PKCS7}01` || kind === SIGNED)) return ['application/pkcs12']
  const isKey =
    version[0] !== undefined &&
    version[0] <= 1 &&
    (kind !== '' || (second.tag === INTEGER && second.to - second.from > 30))
  return isKey ? ['application/pkcs8'] : NOTHING
}

/** What is signed as a whole: contents, an algorithm, bits. Its contents tell certificates from requests and lists of revoked ones. */
function signedStructure(
  head: Buffer,
  inner: Element,
  second: Element | undefined,
  third: Element | undefined,
): readonly string[] {
  if (second?.tag !== SEQUENCE || (third !== undefined && third.tag !== 0x03)) {
    const [algorithm] = elementsIn(head, inner, 1)
    const isEncryptedKey = algorithm?.tag === OBJECT && second?.tag === 0x04
    const isPublicKey = algorithm?.tag === OBJECT && second?.tag === 0x03
    return isEncryptedKey || isPublicKey ? ['application/pkcs8'] : NOTHING
  }
  const [one, two, three, four] = elementsIn(head, inner, 4)
  if (one?.tag === CONTEXT_0 && two?.tag === INTEGER && three?.tag === SEQUENCE) return ['application/pkix-cert']
  if (one?.tag === SEQUENCE && two?.tag === SEQUENCE && isTime(three)) return ['application/pkix-crl']
  if (one?.tag === INTEGER && two?.tag === SEQUENCE && three?.tag === SEQUENCE && four?.tag === SEQUENCE)
    return [contentOf(head, three)[0] === SEQUENCE ? 'application/pkcs10' : 'application/pkix-cert']
  if (one?.tag === INTEGER && two?.tag === SEQUENCE && three?.tag === SEQUENCE) return ['application/pkcs10']
  const isList = one?.tag === INTEGER && two?.tag === SEQUENCE && isTime(four)
  return isList ? ['application/pkix-crl'] : NOTHING
}

function isTime(element: Element | undefined): boolean {
  return element?.tag === 0x17 || element?.tag === 0x18
}

/** Versions and algorithms of a packet's first bytes (RFC 9580, sections 5.1 to 5.13). */
function pgp({ head, size }: Excerpt): readonly string[] {
  const first = head[0] ?? 0
  if (head.length < 20) return NOTHING
  const isNew = (first & 0x40) !== 0
  const tag = isNew ? first & 0x3f : (first >> 2) & 0x0f
  const { from, length } = isNew ? newLength(head) : oldLength(head, first & 3)
  if (from === 0 || length < 3 || from + length > size) return NOTHING
  const version = head[from] ?? 0
  const algorithm = head[from + (tag === 1 ? 9 : 5)] ?? 0
  const isPublic = [1, 2, 3, 16, 17, 18, 19, 20, 22, 25, 26, 27, 28].includes(algorithm)
  if (tag === 1)
    return (version === 3 && isPublic && length > 12) || version === 6 ? ['application/pgp-encrypted'] : NOTHING
  if (tag === 3)
    return version >= 4 && version <= 6 && length < 100 && (head[from + 1] ?? 0) <= 13 && isSessionKey(head, from)
      ? ['application/pgp-encrypted']
      : NOTHING
  if (tag === 2)
    return version >= 3 && version <= 6 && isSignature(head, from, version) ? ['application/pgp-signature'] : NOTHING
  return (tag === 6 || tag === 5) && version === 4 && isPublic && length > 40 ? ['application/pgp-keys'] : NOTHING
}

function newLength(head: Buffer): { readonly from: number; readonly length: number } {
  const first = head[1] ?? 0
  if (first < 192) return { from: 2, length: first }
  if (first < 224) return { from: 3, length: ((first - 192) << 8) + (head[2] ?? 0) + 192 }
  return first === 255 ? { from: 6, length: be32(head, 2) } : { from: 0, length: 0 }
}

function oldLength(head: Buffer, kind: number): { readonly from: number; readonly length: number } {
  if (kind === 0) return { from: 2, length: head[1] ?? 0 }
  if (kind === 1) return { from: 3, length: be16(head, 1) }
  return kind === 2 ? { from: 5, length: be32(head, 1) } : { from: 0, length: 0 }
}

/** A key made from a passphrase: a cipher and a way of making it that exist. */
function isSessionKey(head: Buffer, from: number): boolean {
  const cipher = head[from + 1] ?? 0
  return cipher >= 1 && cipher <= 13 && [0, 1, 3, 4].includes(head[from + 2] ?? 9) && (head[from + 3] ?? 0) <= 14
}

function isSignature(head: Buffer, from: number, version: number): boolean {
  if (version === 3) return head[from + 1] === 5
  const kind = head[from + 1] ?? 0xff
  const isKind = [0x00, 0x01, 0x02, 0x10, 0x11, 0x12, 0x13, 0x18, 0x19, 0x1f, 0x20, 0x28, 0x30, 0x40, 0x50].includes(
    kind,
  )
  const digest = head[from + 3] ?? 0
  return isKind && (head[from + 2] ?? 0) <= 28 && digest >= 1 && digest <= 14
}
