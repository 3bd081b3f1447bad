/**
 * Quoted-printable as libqp reads it: blanks before a line end are dropped, then soft breaks, then `=XX` is decoded (also where a soft
 * break divides it); any other `=` stays. Works line by line, so that one long part never lies in memory whole.
 */
import type { Decoder, OnOddity } from './decoder.ts'

const EQUALS = 0x3d
/** A line longer than this is decoded before its end is seen, all but what its end may still change. */
const LONG_LINE = 65_536

/** Decodes quoted-printable (RFC 2045 section 6.7), broken forms included. */
export function createQuotedPrintableDecoder(onOddity?: OnOddity): Decoder {
  let isBroken = false
  let held: string[] = []
  let heldLength = 0
  let cutEscape = ''
  /** Bytes that were decoded before. */
  let done = 0

  function hold(text: string): Buffer {
    if (text !== '') held.push(text)
    heldLength += text.length
    return Buffer.alloc(0)
  }
  function release(text: string): string {
    const whole = held.length > 0 ? held.join('') + text : text
    held = []
    heldLength = 0
    return whole
  }
  function write(raw: Buffer): Buffer {
    const text = raw.toString('latin1')
    const newline = text.lastIndexOf('\n')
    const cut = newline >= 0 ? newline + 1 : heldLength + text.length > LONG_LINE ? safeEnd(text) : 0
    if (cut === 0) return hold(text)
    const ready = decode(release(text.slice(0, cut)), false)
    hold(text.slice(cut))
    return ready
  }
  function decode(text: string, isEnd: boolean): Buffer {
    function broken(): void {
      if (!isBroken) onOddity?.('qp-broken', lineOf(text, done))
      isBroken = true
    }
    let plain = text.replace(/(^|[^ \t])[ \t]+(?=[\n\r])/g, '$1').replace(/=\r?\n/g, '')
    if (isEnd) plain = plain.replace(/(^|[^ \t])[ \t]+$/, '$1').replace(/=$/, '')
    plain = cutEscape + plain
    cutEscape = isEnd ? '' : (/=[0-9A-Fa-f]?$/.exec(plain.slice(-2))?.[0] ?? '')
    const bytes = Buffer.from(cutEscape === '' ? plain : plain.slice(0, -cutEscape.length), 'latin1')
    const decoded = decodeEscapes(bytes, broken)
    done += text.length
    return decoded
  }
  return {
    write: (raw, deliver) => deliver(write(raw)),
    end: (deliver) => deliver(decode(release(''), true)),
  }
}

/** Where the line begins that has the first `=` which is no code and no soft break. */
function lineOf(text: string, before: number): number {
  const at = text.search(/=(?![0-9A-Fa-f]{2}|[ \t]*\r?\n|$)/)
  return before + text.lastIndexOf('\n', Math.max(0, at)) + 1
}

/** Where the tail begins that a line end still to come may change: blanks, CR, `=` and the two letters after it. */
function safeEnd(text: string): number {
  let end = text.length
  while (end > 0 && ' \t\r'.includes(text.charAt(end - 1))) end--
  const equals = text.lastIndexOf('=', end)
  return equals >= 0 && equals >= end - 2 ? equals : end
}

function decodeEscapes(bytes: Buffer, onBroken: () => void): Buffer {
  let from = bytes.indexOf(EQUALS)
  if (from < 0) return bytes
  let to = from
  while (from < bytes.length) {
    const value = bytes[from] === EQUALS ? hexPair(bytes, from + 1) : -1
    if (value < 0 && bytes[from] === EQUALS) onBroken()
    bytes[to++] = value < 0 ? (bytes[from] as number) : value
    from += value < 0 ? 1 : 3
  }
  return bytes.subarray(0, to)
}

function hexPair(bytes: Buffer, at: number): number {
  if (at + 1 >= bytes.length) return -1
  const high = hexValue(bytes[at] as number)
  const low = hexValue(bytes[at + 1] as number)
  return high < 0 || low < 0 ? -1 : high * 16 + low
}

function hexValue(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const letter = code | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}
