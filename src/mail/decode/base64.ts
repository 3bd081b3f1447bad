/**
 * Base64 as libbase64 and most mail programs read it: everything but the 64 letters is skipped (also - and _), and after padding
 * in the middle decoding goes on with the next quartet. `Buffer.from` alone would stop at the first `=` and take -_ for +/.
 */
import { decodeLetters, linesEnd, widthAt } from './base64-lines.ts'
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
  const slow = watched(createSlowDecoder(padding), padding?.onOddity)
  /** The beginning of a line whose end has not come. */
  let carry = EMPTY

  function write(raw: Buffer, deliver: Deliver): void {
    for (let at = 0; at < raw.length; at += BLOCK)
      writeBlock(at === 0 && raw.length <= BLOCK ? raw : raw.subarray(at, at + BLOCK), at, deliver)
  }
  function writeBlock(raw: Buffer, offset: number, deliver: Deliver): void {
    const held = carry.length
    const at = held > 0 || !slow.isAligned() ? completeLine(raw, offset, deliver) : 0
    const end = slow.isAligned() ? writeLines(raw, at, offset, deliver) : at
    if (end === raw.length) return
    const line = lastLine(raw, end)
    if (line > end) deliver(slow.write(raw.subarray(end, line)))
    if (!slow.isAligned() || raw.length - line > LONG_LINE) deliver(slow.write(raw.subarray(line)))
    else carry = Buffer.from(raw.subarray(line))
  }
  /** Decodes the line that was begun, so that what follows begins with one; returns where that is. */
  function completeLine(raw: Buffer, offset: number, deliver: Deliver): number {
    const next = raw.indexOf(LF) + 1
    const held = carry.length
    const line = Buffer.concat([carry, raw.subarray(0, next || raw.length)])
    carry = EMPTY
    if (next === 0 && line.length <= LONG_LINE) carry = line
    else if (next === 0 || !slow.isAligned() || writeLines(line, 0, offset - held, deliver) < line.length)
      deliver(slow.write(line))
    return next || raw.length
  }
  /** Decodes whole lines of one length, or letters without any end; returns how far it came. */
  function writeLines(data: Buffer, from: number, offset: number, deliver: Deliver): number {
    const width = widthAt(data, from, data.length)
    if (width === undefined) return data.includes(LF, from) ? from : writeLetters(data, from, deliver)
    const end = linesEnd(data, from, data.length, width)
    const letters = ((end - from) / width.line) * (width.line - width.lineEnd)
    const out = space((letters / 4) * 3)
    if (!decodeLetters(data, from, end, letters, 0, out)) return from
    slow.pass(letters, end - from)
    deliver(out, { from: offset + from, to: offset + end, lineEnd: width.lineEnd === 2 ? '\r\n' : '\n' })
    return end
  }
  function writeLetters(data: Buffer, from: number, deliver: Deliver): number {
    const letters = (data.length - from) & ~3
    if (letters < LONG_LINE / 2) return from
    const out = Buffer.allocUnsafe((letters / 4) * 3)
    if (!decodeLetters(data, from, from + letters, letters, 0, out)) return from
    slow.pass(letters, letters)
    deliver(out)
    return from + letters
  }
  function end(deliver: Deliver): void {
    deliver(slow.write(carry))
    deliver(slow.end())
  }
  return { write, end }
}

/** Where the last line begins that begins at or after `from`. */
function lastLine(raw: Buffer, from: number): number {
  return Math.max(from, raw.lastIndexOf(LF) + 1)
}

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
