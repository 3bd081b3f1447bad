/** Reads ASN.1 in BER (X.690), lengths of the indefinite form included, as far as the bytes go. */

/** One element; of one that is cut, what is there. */
export interface Element {
  readonly tag: number
  readonly isConstructed: boolean
  /** Of the content. */
  readonly start: number
  readonly end: number
  /** Where the next element begins. */
  readonly next: number
}

const OCTET_STRING = 0x04
/** Elements within elements of unknown length; beyond, the rest is taken for the content. */
const DEEPEST = 64

interface Head {
  readonly tag: number
  readonly isConstructed: boolean
  readonly start: number
  /** -1: up to the mark of the end. */
  readonly length: number
}

/** The element that begins there; undefined where none fits before `limit`. */
export function elementAt(bytes: Buffer, at: number, limit: number): Element | undefined {
  const head = headAt(bytes, at, limit)
  if (head === undefined) return undefined
  const { tag, isConstructed, start, length } = head
  if (length >= 0) {
    const end = Math.min(limit, start + length)
    return { tag, isConstructed, start, end, next: end }
  }
  const end = endOfIndefinite(bytes, start, limit)
  return { tag, isConstructed, start, end, next: Math.min(limit, end + 2) }
}

/** The elements from there on, up to a mark of the end. */
export function* elementsFrom(bytes: Buffer, start: number, limit: number): Generator<Element> {
  for (let at = start; at < limit; ) {
    const element = elementAt(bytes, at, limit)
    if (element === undefined || (element.tag === 0 && element.end === element.start)) return
    yield element
    at = element.next
  }
}

/** The bytes of an OCTET STRING, also where it comes in pieces, and they in pieces. */
export function octets(bytes: Buffer, string: Element): Buffer {
  if (!string.isConstructed) return bytes.subarray(string.start, string.end)
  const whole = Buffer.allocUnsafe(string.end - string.start)
  let length = 0
  for (let at = string.start; at < string.end; ) {
    const head = headAt(bytes, at, string.end)
    if (head === undefined) break
    at = head.start
    if (head.isConstructed) continue
    at = Math.min(string.end, head.start + head.length)
    if (head.tag === OCTET_STRING) length += bytes.copy(whole, length, head.start, at)
  }
  return whole.subarray(0, length)
}

function headAt(bytes: Buffer, at: number, limit: number): Head | undefined {
  const identifier = bytes[at]
  const first = bytes[at + 1]
  // Tags of several bytes occur nowhere here.
  if (identifier === undefined || first === undefined || at + 2 > limit || (identifier & 0x1f) === 0x1f)
    return undefined
  const tag = identifier & 0xdf
  const isConstructed = (identifier & 0x20) !== 0
  if (first === 0x80) return { tag, isConstructed, start: at + 2, length: isConstructed ? -1 : 0 }
  if (first < 0x80) return { tag, isConstructed, start: at + 2, length: first }
  const count = first & 0x7f
  if (count > 6 || at + 2 + count > limit) return undefined
  return { tag, isConstructed, start: at + 2 + count, length: bytes.readUIntBE(at + 2, count) }
}

/** Where the mark stands that ends an element of unknown length, or the limit. */
function endOfIndefinite(bytes: Buffer, start: number, limit: number): number {
  let open = 1
  for (let at = start; at + 2 <= limit; ) {
    const head = headAt(bytes, at, limit)
    if (head === undefined) return limit
    const isMark = head.tag === 0 && head.length === 0 && !head.isConstructed
    if (isMark && --open === 0) return at
    if (head.length < 0 && ++open > DEEPEST) return limit
    at = head.start + Math.max(0, head.length)
  }
  return limit
}
