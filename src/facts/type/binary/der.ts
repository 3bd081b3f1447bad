/** Reads tags and lengths of ASN.1 in DER or BER (X.690), a few levels deep and never further than asked. */

/** One element: its tag, where its content begins, and where it ends (the end of the bytes where its length is open). */
export interface Element {
  readonly tag: number
  readonly from: number
  readonly to: number
  readonly isOpen: boolean
}

/** The element at a place; undefined where there is none. Its end may lie behind the bytes that are kept. */
export function elementAt(bytes: Buffer, at: number): Element | undefined {
  const tag = bytes[at]
  const first = bytes[at + 1]
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) return undefined
  if (first < 0x80) return { tag, from: at + 2, to: at + 2 + first, isOpen: false }
  const count = first & 0x7f
  if (count === 0) return { tag, from: at + 2, to: Number.POSITIVE_INFINITY, isOpen: true }
  if (count > 5 || at + 2 + count > bytes.length) return undefined
  const length = bytes.readUIntBE(at + 2, count)
  return { tag, from: at + 2 + count, to: at + 2 + count + length, isOpen: false }
}

/** The first elements within another one, at most `most`; of an open one only the first that lies whole before it. */
export function elementsIn(bytes: Buffer, parent: Element, most: number): readonly Element[] {
  const found: Element[] = []
  for (let at = parent.from; at < Math.min(parent.to, bytes.length) && found.length < most; ) {
    const next = elementAt(bytes, at)
    if (next === undefined || next.to > parent.to) break
    found.push(next)
    at = next.to
  }
  return found
}

/** The bytes of an element's content. */
export function contentOf(bytes: Buffer, element: Element | undefined): Buffer {
  return element === undefined ? bytes.subarray(0, 0) : bytes.subarray(element.from, Math.min(element.to, bytes.length))
}
