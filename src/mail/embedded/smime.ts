/** CMS and PKCS #7 (RFC 5652, RFC 2315, RFC 3274): signed and compressed content is taken out, encrypted content is named. */
import { type Element, elementAt, elementsFrom, octets } from './ber.ts'
import type { Embedded, Format, Hint } from './embedded.ts'
import { looksLikeEntity } from './entity.ts'
import { inflate } from './inflate.ts'
import { linesOf } from './line.ts'

const OBJECT_ID = 0x06
const OCTET_STRING = 0x04
const SEQUENCE = 0x10
/** Context tag 0, explicit. */
const CONTENT = 0x80

type Content = 'carrier' | 'encrypted' | 'compressed'

/** Content types by the digits of their object identifier that differ. */
const TYPES: Readonly<Record<string, Content>> = {
  '2a864886f70d010702': 'carrier', // signedData
  '2a864886f70d010705': 'carrier', // digestedData
  '2a864886f70d0109100102': 'carrier', // authenticatedData
  '2a864886f70d010703': 'encrypted', // envelopedData
  '2a864886f70d010704': 'encrypted', // signedAndEnvelopedData
  '2a864886f70d010706': 'encrypted', // encryptedData
  '2a864886f70d0109100117': 'encrypted', // authEnvelopedData
  '2a864886f70d0109100109': 'compressed', // compressedData
}
const PREFIX = Buffer.from('2a864886f70d01', 'hex')
const ARMOUR = /^-----BEGIN (PKCS7|PKCS #7 SIGNED DATA|CMS)-----/

interface ContentInfo {
  readonly type: Content
  readonly content: Element
}

/** Whether the bytes begin as a ContentInfo of a known type. */
export function isCms(start: Buffer): boolean {
  return (
    start[0] === 0x30 && start.subarray(0, 24).includes(PREFIX) && contentInfo(start, 0, start.length) !== undefined
  )
}

export const smime: Format = {
  *extract(content, hint, budget) {
    const bytes = content[0] === 0x30 ? content : unarmoured(content)
    const info = bytes && contentInfo(bytes, 0, bytes.length)
    if (bytes === undefined || info === undefined || budget.files-- <= 0) return
    if (info.type === 'encrypted') {
      yield { kind: 'smime', name: '', bytes: Buffer.alloc(0), anomaly: 'encrypted' }
      return
    }
    const inner = innerContent(bytes, info)
    if (inner === undefined || inner.length === 0) return
    const inflated = info.type === 'compressed' ? inflate(inner, 'zlib', budget) : { bytes: inner, isCut: false }
    yield found(inflated.bytes, hint, inflated.isCut)
  },
}

function found(bytes: Buffer, hint: Hint, isCut: boolean): Embedded {
  const name = /^(.+)\.p7[mzs]$/i.exec(hint.name)?.[1] ?? ''
  const isMessage = looksLikeEntity(bytes)
  return {
    kind: 'smime',
    name: isMessage || /^smime$/i.test(name) ? '' : name,
    bytes,
    ...(isMessage ? { isMessage } : {}),
    ...(isCut ? { anomaly: 'decoded-bytes' } : {}),
  }
}

/** The bytes within lines of armour. */
function unarmoured(content: Buffer): Buffer | undefined {
  const lines = linesOf(content)
  for (let at = lines.find('-----BEGIN ', 0); at >= 0; at = lines.find('-----BEGIN ', at + 1)) {
    const line = lines.at(at)
    if (!ARMOUR.test(lines.text(line, 80))) continue
    const end = lines.find('-----END', line.next)
    return Buffer.from(content.toString('latin1', line.next, end < 0 ? content.length : end), 'base64')
  }
  return undefined
}

/** ContentInfo: SEQUENCE of the type and, as context tag 0, the content. */
function contentInfo(bytes: Buffer, at: number, limit: number): ContentInfo | undefined {
  const sequence = elementAt(bytes, at, limit)
  if (sequence?.tag !== SEQUENCE) return undefined
  const [id, wrapped] = [...first(bytes, sequence, 2)]
  if (id?.tag !== OBJECT_ID || wrapped?.tag !== CONTENT) return undefined
  const type = TYPES[bytes.toString('hex', id.start, id.end)]
  const content = elementAt(bytes, wrapped.start, wrapped.end)
  return type === undefined || content === undefined ? undefined : { type, content }
}

/** The OCTET STRING in the encapContentInfo of the content, which is the first SEQUENCE that begins with a type and may hold it. */
function innerContent(bytes: Buffer, { content }: ContentInfo): Buffer | undefined {
  for (const field of elementsFrom(bytes, content.start, content.end)) {
    if (field.tag !== SEQUENCE) continue
    const [id, wrapped] = [...first(bytes, field, 2)]
    if (id?.tag !== OBJECT_ID || wrapped?.tag !== CONTENT) continue
    const inner = elementAt(bytes, wrapped.start, wrapped.end)
    if (inner === undefined) return undefined
    // PKCS #7 allows any type where CMS has a string.
    return inner.tag === OCTET_STRING ? octets(bytes, inner) : bytes.subarray(wrapped.start, wrapped.end)
  }
  return undefined
}

function first(bytes: Buffer, within: Element, count: number): readonly Element[] {
  return elementsFrom(bytes, within.start, within.end).take(count).toArray()
}
