/** What is kept of a sample to tell its type: its beginning, its end, and the few places that the beginning points to. */

/** Everything of most samples, and of every format the part that has its marks (UDF names itself up to 40 kB in). */
export const HEAD_BYTES = 65_536
/** The end of a zip file with the longest comment, and room for the directory before it. */
export const TAIL_BYTES = 73_728

/** Bytes of a sample that lie neither in its head nor surely in its tail. */
export interface Window {
  readonly at: number
  readonly bytes: Buffer
}

/** What is kept of a sample. */
export interface Excerpt {
  readonly head: Buffer
  readonly tail: Buffer
  readonly size: number
  readonly windows: readonly Window[]
}

const NONE = Buffer.alloc(0)

/** Up to `length` bytes from a place in the sample on; fewer, or none, where they were not kept. */
export function bytesAt({ head, tail, size, windows }: Excerpt, at: number, length: number): Buffer {
  if (at < 0 || at >= size || !Number.isFinite(at)) return NONE
  if (at < head.length) return head.subarray(at, at + length)
  const tailAt = size - tail.length
  if (at >= tailAt) return tail.subarray(at - tailAt, at - tailAt + length)
  const window = windows.find((one) => at >= one.at && at < one.at + one.bytes.length)
  return window === undefined ? NONE : window.bytes.subarray(at - window.at, at - window.at + length)
}

/** Whether the bytes have this mark at this place. */
export function hasMark(bytes: Buffer, mark: Buffer, at = 0): boolean {
  return bytes.length >= at + mark.length && bytes.compare(mark, 0, mark.length, at, at + mark.length) === 0
}

/** A mark as its format's description writes it: one character per byte. */
export function mark(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

/** A little-endian number of 16 bits; 0 beyond the end, as nothing that is read here means anything then. */
export function u16(bytes: Buffer, at: number): number {
  return at >= 0 && at + 2 <= bytes.length ? bytes.readUInt16LE(at) : 0
}

/** A little-endian number of 32 bits; 0 beyond the end. */
export function u32(bytes: Buffer, at: number): number {
  return at >= 0 && at + 4 <= bytes.length ? bytes.readUInt32LE(at) : 0
}

/** A big-endian number of 32 bits; 0 beyond the end. */
export function be32(bytes: Buffer, at: number): number {
  return at >= 0 && at + 4 <= bytes.length ? bytes.readUInt32BE(at) : 0
}

/** A big-endian number of 16 bits; 0 beyond the end. */
export function be16(bytes: Buffer, at: number): number {
  return at >= 0 && at + 2 <= bytes.length ? bytes.readUInt16BE(at) : 0
}
