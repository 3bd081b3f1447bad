/**
 * Base64 as libbase64 and most mail programs read it: everything but the 64 letters is skipped (also - and _), and after padding
 * in the middle decoding goes on with the next quartet. `Buffer.from` alone would stop at the first `=` and take -_ for +/.
 */
import { decodeLetters, linesEnd, type Width, widthAt } from './base64-lines.ts'
import { createBase64Oddity } from './base64-oddity.ts'
import type { Decoder, Deliver, OnOddity, Space } from './decoder.ts'

const LF = 0x0a
const PAD = 0x3d
const EMPTY = Buffer.alloc(0)
/** A line up to this length waits for its end. */
const LONG_LINE = 8192
/** Longer strings are slow to make. */
const BLOCK = 65_536
/** Value of each letter; 64 is skipped, 65 is padding. */
const VALUES = valueTable()

/** What to do about a `=` that completes no quartet: after the first letter, or alone after the second with a letter behind it. */
export interface Padding {
  /** As Python does; else it ends the quartet, as libbase64 has it. */
  readonly isPassedOver: boolean
  /** Called at the first of them. */
  readonly onDoubt: () => void
  /** Called once for each thing that is odd about it. */
  readonly onOddity?: OnOddity
}

/** Decodes any base64, the common form of it (whole lines of one length) natively, and into memory that `space` gives. */
export function createBase64Decoder(padding?: Padding, space: Space = Buffer.allocUnsafe): Decoder {
  const decoder = new Base64Decoder(padding, space)
  return { write: (raw, deliver) => decoder.write(raw, deliver), end: (deliver) => decoder.end(deliver) }
}

class Base64Decoder {
  readonly #slow: Watched
  readonly #space: Space
  /** The beginning of a line whose end has not come. */
  #carry = EMPTY

  constructor(padding: Padding | undefined, space: Space) {
    this.#slow = watched(createSlowDecoder(padding), padding?.onOddity)
    this.#space = space
  }

  write(raw: Buffer, deliver: Deliver): void {
    for (let at = 0; at < raw.length; at += BLOCK)
      this.#writeBlock(at === 0 && raw.length <= BLOCK ? raw : raw.subarray(at, at + BLOCK), at, deliver)
  }

  end(deliver: Deliver): void {
    deliver(this.#slow.write(this.#carry))
    deliver(this.#slow.end())
  }

  #writeBlock(raw: Buffer, offset: number, deliver: Deliver): void {
    const slow = this.#slow
    const at = this.#carry.length > 0 || !slow.isAligned() ? this.#completeLine(raw, offset, deliver) : 0
    const end = slow.isAligned() && at < raw.length ? this.#writeLines(raw, at, offset, deliver) : at
    if (end === raw.length) return
    const line = lastLine(raw, end)
    if (line > end) deliver(slow.write(raw.subarray(end, line)))
    if (!slow.isAligned() || raw.length - line > LONG_LINE) deliver(slow.write(raw.subarray(line)))
    else this.#carry = Buffer.from(raw.subarray(line))
  }

  /** Decodes the line that was begun, so that what follows begins with one; returns where that is. */
  #completeLine(raw: Buffer, offset: number, deliver: Deliver): number {
    const next = raw.indexOf(LF) + 1
    const line = Buffer.concat([this.#carry, raw.subarray(0, next || raw.length)])
    this.#carry = EMPTY
    const isAligned = this.#slow.isAligned()
    if (next === 0 && line.length <= LONG_LINE) this.#carry = line
    else if (next === 0 || !isAligned) deliver(this.#slow.write(line))
    else {
      const end = this.#writeJoined(line, raw, next, offset, deliver)
      if (end > next) return end
      if (this.#writeLines(line, 0, offset + next - line.length, deliver) < line.length) deliver(this.#slow.write(line))
    }
    return next || raw.length
  }

  /** Decodes a line and those like it behind it into one piece, as pieces cost more than bytes; returns how far it came. */
  #writeJoined(line: Buffer, raw: Buffer, from: number, offset: number, deliver: Deliver): number {
    const width = widthAt(line, 0, line.length)
    if (width?.line !== line.length) return from
    const end = linesEnd(raw, from, raw.length, width)
    if (end === from) return from
    const first = ((width.line - width.lineEnd) / 4) * 3
    const rest = ((end - from) / width.line) * first
    const out = this.#space(first + rest)
    if (!decodeLetters(line, 0, line.length, (first / 3) * 4, 0, out.subarray(0, first))) return from
    if (!decodeLetters(raw, from, end, (rest / 3) * 4, 0, out.subarray(first))) return from
    this.#slow.pass(((first + rest) / 3) * 4, line.length + end - from)
    deliver(out, { from: offset + from - line.length, to: offset + end, lineEnd: endOf(width) })
    return end
  }

  /** Decodes whole lines of one length, or letters without any end; returns how far it came. */
  #writeLines(data: Buffer, from: number, offset: number, deliver: Deliver): number {
    const width = widthAt(data, from, data.length)
    if (width === undefined) return data.includes(LF, from) ? from : this.#writeLetters(data, from, deliver)
    const end = linesEnd(data, from, data.length, width)
    const letters = ((end - from) / width.line) * (width.line - width.lineEnd)
    const out = this.#space((letters / 4) * 3)
    if (!decodeLetters(data, from, end, letters, 0, out)) return from
    this.#slow.pass(letters, end - from)
    deliver(out, { from: offset + from, to: offset + end, lineEnd: endOf(width) })
    return end
  }

  #writeLetters(data: Buffer, from: number, deliver: Deliver): number {
    const letters = (data.length - from) & ~3
    if (letters < LONG_LINE / 2) return from
    const out = Buffer.allocUnsafe((letters / 4) * 3)
    if (!decodeLetters(data, from, from + letters, letters, 0, out)) return from
    this.#slow.pass(letters, letters)
    deliver(out)
    return from + letters
  }
}

function endOf({ lineEnd }: Width): string {
  return lineEnd === 2 ? '\r\n' : '\n'
}

/** Where the last line begins that begins at or after `from`. */
function lastLine(raw: Buffer, from: number): number {
  return Math.max(from, raw.lastIndexOf(LF) + 1)
}

type Watched = ReturnType<typeof watched>

/** Has everything looked at that goes the slow way; `pass` tells of letters that went the fast one. */
function watched(slow: ReturnType<typeof createSlowDecoder>, onOddity: Padding['onOddity']) {
  if (onOddity === undefined) return { ...slow, pass: (_letters: number, _bytes: number) => undefined }
  const oddity = createBase64Oddity(onOddity)
  return {
    isAligned: slow.isAligned,
    pass: (letters: number, bytes: number) => oddity.letters(letters, bytes),
    write(data: Buffer): Buffer {
      oddity.write(data)
      return slow.write(data)
    },
    end(): Buffer {
      oddity.end()
      return slow.end()
    },
  }
}

function createSlowDecoder(padding?: Padding) {
  const isPassedOver = padding?.isPassedOver === true
  let bits = 0
  let letters = 0
  /** The last was one `=` after two letters. */
  let isHalfPadded = false
  let isDoubtful = false

  function write(data: Buffer): Buffer {
    const out = Buffer.allocUnsafe(Math.ceil((data.length * 3) / 4) + 3)
    let at = 0
    for (let i = 0; i < data.length; i++) {
      const value = VALUES[data[i] as number] as number
      if (value < 64) {
        if (isHalfPadded) doubt()
        bits = (bits << 6) | value
        if (++letters === 4) {
          out[at++] = bits >> 16
          out[at++] = bits >> 8
          out[at++] = bits
          letters = bits = 0
        }
      } else if (value === 65) at = pad(out, at)
    }
    return out.subarray(0, at)
  }
  function pad(out: Buffer, at: number): number {
    if (letters === 1) {
      doubt()
      return isPassedOver ? at : flush(out, at)
    }
    const isFirst = letters === 2 && !isHalfPadded
    isHalfPadded = isFirst
    return isPassedOver && isFirst ? at : flush(out, at)
  }
  function doubt(): void {
    isHalfPadded = false
    if (!isDoubtful) padding?.onDoubt()
    isDoubtful = true
  }
  function flush(out: Buffer, from: number): number {
    let at = from
    if (letters === 2) out[at++] = bits >> 4
    if (letters === 3) {
      out[at++] = bits >> 10
      out[at++] = bits >> 2
    }
    letters = bits = 0
    return at
  }
  function end(): Buffer {
    const out = Buffer.allocUnsafe(3)
    return out.subarray(0, flush(out, 0))
  }
  return { write, end, isAligned: () => letters === 0 && !isHalfPadded }
}

function valueTable(): Uint8Array {
  const table = new Uint8Array(256).fill(64)
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  for (let i = 0; i < 64; i++) table[letters.charCodeAt(i)] = i
  table[PAD] = 65
  return table
}
