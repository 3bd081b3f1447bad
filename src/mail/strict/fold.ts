/**
 * What Postfix's smtp(8) client makes of a message on its way on: it breaks lines of more than 998 bytes (smtp_line_length_limit,
 * smtp_text_out in smtp_proto.c) with CRLF and a blank, which counts for the line it begins.
 */

const LIMIT = 998
const CR = 0x0d
const LF = 0x0a
const BREAK = Buffer.from('\r\n ')

/** Tells where the first line begins that will be broken, -1 if there is none; looks at each thousandth byte only. */
export function longLine(chunks: readonly Buffer[]): number {
  let start = 0
  let offset = 0
  /** Bytes of the lines that were passed over at last: where lines have one length, the next ones end as far on. */
  let stride = 0
  for (const chunk of chunks) {
    const end = offset + chunk.length
    // A line end within reach of the line's start: the last one is the best.
    while (start + LIMIT < end) {
      const reach = start + LIMIT - offset
      const guess = start - offset + stride - 1
      const newline = reach < 0 ? -1 : stride > 0 && chunk[guess] === LF ? guess : chunk.lastIndexOf(LF, reach)
      if (newline >= 0 && offset + newline >= start) {
        stride = offset + newline + 1 - start
        start += stride
      } else if (reach >= 0 && chunk[reach] !== CR) return start
      // Whether that CR belongs to the line end, the next chunk tells.
      else if (reach === chunk.length - 1) break
      else if (chunk[reach + 1] === LF) start += LIMIT + 2
      else return start
    }
    const last = chunk.lastIndexOf(LF)
    if (last >= 0 && offset + last >= start) start = offset + last + 1
    offset = end
  }
  return offset > start + LIMIT ? start : -1
}

export interface Folder {
  /** The next bytes as they will be delivered. */
  write(chunk: Buffer): Buffer
  /** What was held back. */
  end(): Buffer
}

/** Breaks the long lines of a message that comes in chunks. */
export function createFolder(): Folder {
  let column = 0
  /** A CR that may belong to the line end. */
  let held: Buffer = Buffer.alloc(0)

  function write(chunk: Buffer): Buffer {
    const data = held.length > 0 ? Buffer.concat([held, chunk]) : chunk
    const end = data.at(-1) === CR ? data.length - 1 : data.length
    held = Buffer.from(data.subarray(end))
    return fold(data, end)
  }
  function fold(data: Buffer, end: number): Buffer {
    const pieces: Buffer[] = []
    for (let at = 0; at < end; ) {
      const newline = data.indexOf(LF, at)
      const next = newline < 0 || newline >= end ? end : newline + 1
      const hasEnd = next > at && data[next - 1] === LF
      const text = !hasEnd ? next : next - 2 >= at && data[next - 2] === CR ? next - 2 : next - 1
      while (text - at > LIMIT - column) {
        pieces.push(data.subarray(at, at + LIMIT - column), BREAK)
        at += LIMIT - column
        column = 1
      }
      pieces.push(data.subarray(at, next))
      column = hasEnd ? 0 : column + next - at
      at = next
    }
    return Buffer.concat(pieces)
  }
  return { write, end: () => fold(held, held.length) }
}
