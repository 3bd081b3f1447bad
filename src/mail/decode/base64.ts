/**
 * Base64 as libbase64 and most mail programs read it: everything but the 64 letters is skipped (also - and _), and after padding
 * in the middle decoding goes on with the next quartet. `Buffer.from` alone would stop at the first `=` and take -_ for +/.
 */
import type { AnomalyName } from '../../core/index.ts'
import { createBase64Oddity } from './base64-oddity.ts'
import type { Decoder, Deliver } from './decoder.ts'

const CR = 0x0d
const LF = 0x0a
const PAD = 0x3d
const EMPTY = Buffer.alloc(0)
/** A line up to this length waits for its end. */
const LONG_LINE = 8192
/** Value of each letter; 64 is skipped, 65 is padding. */
const VALUES = valueTable()

/** What to do about a `=` that completes no quartet: after the first letter, or alone after the second with a letter behind it. */
export interface Padding {
  /** As Python does; else it ends the quartet, as libbase64 has it. */
  readonly isPassedOver: boolean
  /** Called at the first of them. */
  readonly onDoubt: () => void
  /** Called once for each thing that is odd about it. */
  readonly onOddity?: (name: AnomalyName) => void
}

/** Decodes any base64, the common form of it (whole lines of one length) natively. */
export function createBase64Decoder(padding?: Padding): Decoder {
  const slow = watched(createSlowDecoder(padding), padding?.onOddity)
  /** The beginning of a line whose end has not come. */
  let carry = EMPTY

  function write(raw: Buffer, deliver: Deliver): void {
    const at = carry.length > 0 || !slow.isAligned() ? completeLine(raw, deliver) : 0
    const data = raw.subarray(at)
    const width = slow.isAligned() ? lineWidth(data) : 0
    const end = width > 0 ? uniformLines(data, width) : 0
    const fast = end > 0 ? decodeNatively(data, end, width) : undefined
    if (fast === undefined) {
      deliver(slow.write(data))
      return
    }
    const lineEnd = data[width - 1] !== LF ? '' : data[width - 2] === CR ? '\r\n' : '\n'
    slow.pass((fast.length / 3) * 4)
    deliver(fast, { from: at, to: at + end, lineEnd })
    if (data.length - end <= width) carry = Buffer.from(data.subarray(end))
    else deliver(slow.write(data.subarray(end)))
  }
  /** Decodes the line that was begun, so that what follows begins with one; returns where that is. */
  function completeLine(raw: Buffer, deliver: Deliver): number {
    const next = raw.indexOf(LF) + 1
    const line = Buffer.concat([carry, raw.subarray(0, next || raw.length)])
    carry = EMPTY
    if (next === 0 && line.length <= LONG_LINE) carry = line
    else deliver(slow.write(line))
    return next || raw.length
  }
  function end(deliver: Deliver): void {
    deliver(slow.write(carry))
    deliver(slow.end())
  }
  return { write, end }
}

/** Bytes of the first line with its end, or of all that is there when no line ends; 0 where the first line is no whole number of quartets. */
function lineWidth(data: Buffer): number {
  const newline = data.indexOf(LF)
  if (newline < 0) return data.length > 4096 ? data.length - (data.length % 4) : 0
  const letters = newline > 0 && data[newline - 1] === CR ? newline - 1 : newline
  return letters > 0 && letters % 4 === 0 ? newline + 1 : 0
}

/** How far lines of exactly that width reach. */
function uniformLines(data: Buffer, width: number): number {
  let end = 0
  if (data[width - 1] !== LF) return width
  const isCrlf = data[width - 2] === CR
  for (; end + width <= data.length; end += width) {
    if (data[end + width - 1] !== LF || (data[end + width - 2] === CR) !== isCrlf) break
  }
  return end
}

/**
 * Undefined unless every byte but the line ends is a letter: had one been skipped, fewer bytes would come out, as the number of
 * letters is a multiple of four.
 */
function decodeNatively(data: Buffer, end: number, width: number): Buffer | undefined {
  const block = data.subarray(0, end)
  if (block.includes(0x2d) || block.includes(0x5f)) return undefined
  const ending = data[width - 1] !== LF ? 0 : data[width - 2] === CR ? 2 : 1
  const decoded = Buffer.from(block.toString('latin1', 0, end), 'base64')
  return decoded.length === ((end / width) * (width - ending) * 3) / 4 ? decoded : undefined
}

/** Has everything looked at that goes the slow way; `pass` tells of letters that went the fast one. */
function watched(slow: ReturnType<typeof createSlowDecoder>, onOddity: Padding['onOddity']) {
  if (onOddity === undefined) return { ...slow, pass: () => undefined }
  const oddity = createBase64Oddity(onOddity)
  return {
    isAligned: slow.isAligned,
    pass: (letters: number) => oddity.letters(letters),
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
