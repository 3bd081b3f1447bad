/** What is kept of a sample to tell its type: its beginning, its end, and the few places that the beginning points to. */

/** Everything of most samples, and of every format the part that has its marks (UDF names itself up to 40 kB in). */
export const HEAD_BYTES = 65_536
/** The end of a zip file with the longest comment. */
export const TAIL_BYTES = 66_560

/** Bytes of a sample that lie neither in its head nor surely in its tail. */
export interface Window {
  readonly at: number
  readonly bytes: Buffer
}

/** Beyond so many pieces the end is looked at in one. */
const MANY_PIECES = 4

/** What is kept of a sample. */
export interface Excerpt {
  readonly head: Buffer
  /** The end in the pieces in which it came, which need no copy; together they reach back to the head, or are at least the tail. */
  readonly ending: readonly Buffer[]
  /** The end in one piece, made when it is first asked for. */
  readonly tail: Buffer
  readonly size: number
  readonly windows: readonly Window[]
}

const NONE = Buffer.alloc(0)

/** Up to `length` bytes from a place in the sample on; fewer, or none, where they were not kept. */
export function bytesAt(sample: Excerpt, at: number, length: number): Buffer {
  const { head, size, windows, ending } = sample
  if (at < 0 || at >= size || !Number.isFinite(at)) return NONE
  if (at + length <= head.length) return head.subarray(at, at + length)
  const last = ending[ending.length - 1] ?? NONE
  if (at >= size - last.length) return last.subarray(at - size + last.length, at - size + last.length + length)
  if (at >= size - TAIL_BYTES) return inPieces(sample, at, length)
  if (at < head.length) return head.subarray(at, at + length)
  const window = windows.find((one) => at >= one.at && at < one.at + one.bytes.length)
  return window === undefined ? NONE : window.bytes.subarray(at - window.at, at - window.at + length)
}

/** Bytes of the tail: only where they lie in several pieces they are copied. */
function inPieces({ ending, size }: Excerpt, at: number, length: number): Buffer {
  const parts: Buffer[] = []
  let end = size
  for (let n = ending.length - 1; n >= 0 && end > at; n--) {
    const piece = ending[n] as Buffer
    const begin = end - piece.length
    if (begin < at + length) parts.unshift(piece.subarray(Math.max(at - begin, 0), at + length - begin))
    end = begin
  }
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)
}

/** The last place before `before` where a mark lies within the tail, or in what was kept with it; -1 if none. */
export function lastMarkAt(sample: Excerpt, sign: Buffer, before = sample.size): number {
  const pieces = sample.ending.length > MANY_PIECES ? [sample.tail] : sample.ending
  let end = sample.size
  for (let n = pieces.length - 1; n >= 0; n--) {
    const piece = pieces[n] as Buffer
    const begin = end - piece.length
    const at = end < sample.size ? markAcross(sample, sign, end, before) : -1
    if (at >= 0) return at
    const inPiece = before > begin ? piece.lastIndexOf(sign, before - 1 - begin) : -1
    if (inPiece >= 0) return begin + inPiece
    end = begin
  }
  return -1
}

/** The last place where a mark lies across the border of two pieces, or more. */
function markAcross(sample: Excerpt, sign: Buffer, border: number, before: number): number {
  const reach = sign.length - 1
  const from = border - reach
  if (before <= from) return -1
  const at = inPieces(sample, from, 2 * reach).lastIndexOf(sign, before - 1 - from)
  return at < 0 ? -1 : from + at
}

/** Whether the bytes have this mark at this place. */
export function hasMark(bytes: Buffer, mark: Buffer, at = 0): boolean {
  if (bytes.length < at + mark.length) return false
  // By hand: marks are short, and most differ in their first byte.
  for (let n = 0; n < mark.length; n++) if (bytes[at + n] !== mark[n]) return false
  return true
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
