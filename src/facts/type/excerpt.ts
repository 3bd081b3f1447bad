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
  if (at < head.length) return head.subarray(at, at + length)
  if (at >= size - TAIL_BYTES) return sample.tail.subarray(at - size + sample.tail.length).subarray(0, length)
  const window = windows.find((one) => at >= one.at && at < one.at + one.bytes.length)
  return window === undefined ? NONE : window.bytes.subarray(at - window.at, at - window.at + length)
}

/** Whether a mark lies within the tail, or in what was kept with it. */
export function endsWithMark({ ending }: Excerpt, sign: Buffer): boolean {
  const reach = sign.length - 1
  return ending.some((piece, n) => {
    if (piece.includes(sign)) return true
    const next = ending[n + 1]
    return next !== undefined && Buffer.concat([piece.subarray(-reach), next.subarray(0, reach)]).includes(sign)
  })
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
