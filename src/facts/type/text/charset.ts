/** How bytes can be text: by a byte order mark, by their form, or by the look of 8-bit text. */
import { isAscii, isUtf8 } from 'node:buffer'
import { hasMark } from '../excerpt.ts'

/** The name of a character set as IANA has it; `unknown-8bit` (RFC 1428) where it is text of a legacy set that cannot be told. */
export type Charset = 'us-ascii' | 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252' | 'iso-8859-1' | 'unknown-8bit'

/** A text, and how it was read. */
export interface Text {
  readonly charset: Charset
  readonly text: string
  /** Has bytes that no text has: what runs it may not mind. */
  readonly isDirty: boolean
}

const BOM_8 = Buffer.from([0xef, 0xbb, 0xbf])
/** More is not needed to tell charset and form. */
const PROBE_BYTES = 8192
const FIRST_BYTES = 256

/** The text of the first bytes; undefined where they are none. */
export function readText(bytes: Buffer): Text | undefined {
  const wide = wideCharset(bytes)
  if (wide !== undefined) return { charset: wide, text: decodeWide(bytes, wide).replace(/^\ufeff/, ''), isDirty: false }
  const start = hasMark(bytes, BOM_8) ? bytes.subarray(3) : bytes
  const probe = start.subarray(0, PROBE_BYTES)
  // Most of what is no text shows it at once.
  if (isBinary(probe.subarray(0, FIRST_BYTES))) return undefined
  const isDirty = CONTROL.test(probe.toString('latin1'))
  if (isDirty && isBinary(probe)) return undefined
  if (isAscii(start)) return { charset: 'us-ascii', text: start.toString('latin1'), isDirty }
  if (isUtf8(wholeCharacters(start))) return { charset: 'utf-8', text: start.toString('utf8'), isDirty }
  const charset = eightBit(probe)
  return charset === undefined ? undefined : { charset, text: start.toString('latin1'), isDirty }
}

/** Whether there are too many control characters for a text, even for one that somebody spoilt. */
function isBinary(bytes: Buffer): boolean {
  return countControls(bytes) * 50 > bytes.length
}

/** Characters of 16 bits: by their mark, or because every other byte of the beginning is zero where the others are printable. */
function wideCharset(bytes: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  const [first, second] = bytes
  // The command interpreter of Windows runs commands of 8 bits behind a mark that hides them from everybody else.
  if (first === 0xff && second === 0xfe) return looksNarrow(bytes) ? undefined : 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  if (bytes.length < 8 || (first !== 0) === (second !== 0)) return undefined
  const zeros = first === 0 ? 0 : 1
  const length = Math.min(bytes.length & ~1, 256)
  let wide = 0
  for (let at = 0; at < length; at += 2) {
    const low = bytes[at + 1 - zeros] ?? 0
    if (bytes[at + zeros] === 0 && (low >= 0x20 || (low >= 0x09 && low <= 0x0d))) wide += 2
    else if (bytes[at + zeros] === 0) return undefined
  }
  if (wide * 10 < length * 7) return undefined
  return zeros === 1 ? 'utf-16le' : 'utf-16be'
}

function looksNarrow(bytes: Buffer): boolean {
  const probe = bytes.subarray(2, 514)
  return probe.length > 8 && isAscii(probe) && countControls(probe) === 0 && probe.includes(0x20)
}

function decodeWide(bytes: Buffer, charset: 'utf-16le' | 'utf-16be'): string {
  const even = bytes.subarray(0, bytes.length & ~1)
  return charset === 'utf-16le' ? even.toString('utf16le') : Buffer.from(even).swap16().toString('utf16le')
}

/** The same bytes as below: one search is several times faster than to count them. */
const CONTROL = /[\x00-\x07\x0b\x0e-\x19\x1c-\x1f\x7f]/
/** Bytes that are no text in any set of characters of 8 bits. Escape and form feed are: ISO 2022 and old print files have them. */
const IS_CONTROL = Uint8Array.from({ length: 256 }, (_, byte) =>
  (byte < 0x20 && ![0x09, 0x0a, 0x0d, 0x0c, 0x1b, 0x1a, 0x08].includes(byte)) || byte === 0x7f ? 1 : 0,
)

/** Where the first byte stands that no text has; the length where there is none. */
export function firstControl(bytes: Buffer): number {
  const at = bytes.findIndex((byte) => IS_CONTROL[byte] === 1)
  return at < 0 ? bytes.length : at
}

function countControls(bytes: Buffer): number {
  let count = 0
  for (let at = 0; at < bytes.length; at++) count += IS_CONTROL[bytes[at] as number] as number
  return count
}

/** Without the last character, which the excerpt may have cut. */
function wholeCharacters(bytes: Buffer): Buffer {
  let at = bytes.length
  while (at > 0 && bytes.length - at < 3 && ((bytes[at - 1] ?? 0) & 0xc0) === 0x80) at--
  return at > 0 && (bytes[at - 1] ?? 0) >= 0xc0 ? bytes.subarray(0, at - 1) : bytes
}

/** Legacy text of any language has its blanks, digits and markup in ASCII; compressed data has little. */
function eightBit(bytes: Buffer): Charset | undefined {
  let ascii = 0
  let c1 = 0
  let accents = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number
    if (byte < 0x7f) ascii++
    else if (byte < 0xa0) c1++
    else if (byte >= 0xc0) accents++
  }
  if (ascii * 10 <= bytes.length * 3) return undefined
  // Beyond a third of letters above ASCII it is no western language.
  if ((c1 + accents) * 3 > ascii) return 'unknown-8bit'
  return c1 > 0 ? 'windows-1252' : 'iso-8859-1'
}
