/** Objects of a PDF file (ISO 32000-1, 7.3), found by their form: cross-reference tables are where liars lie. */
import { ascii85, asciiHex } from './pdf-filter.ts'

/** One object with a stream. */
export interface PdfStream {
  readonly id: number
  readonly generation: number
  /** The dictionary as text, with the escapes of its names undone. */
  readonly dictionary: string
  /** As it stands in the file. */
  readonly raw: Buffer
  /** Whether there is surely nothing behind the data; else a line end may be. */
  readonly isExact?: boolean
}

const STREAM = Buffer.from('stream')
const END = Buffer.from('endstream')
const MAX_DICTIONARY = 64 * 1024
const MAX_STREAMS = 100_000

/** Every stream of the file, in order; each costs what lies between it and the one before. */
export function* pdfStreams(content: Buffer): Generator<PdfStream> {
  let before = 0
  let count = 0
  for (let at = content.indexOf(STREAM); at >= 0 && count < MAX_STREAMS; at = content.indexOf(STREAM, before)) {
    const data = dataAt(content, at)
    const head = content.toString('latin1', Math.max(before, at - MAX_DICTIONARY), at)
    const opened = [...head.matchAll(/(\d{1,10})\s+(\d{1,5})\s+obj\b/g)].at(-1)
    if (data < 0 || opened === undefined) {
      before = at + STREAM.length
      continue
    }
    count++
    const end = content.indexOf(END, data)
    const stop = end < 0 ? content.length : end
    const [id, generation] = [Number(opened[1]), Number(opened[2])]
    yield { id, generation, dictionary: plainNames(head.slice(opened.index)), raw: content.subarray(data, stop) }
    before = end < 0 ? content.length : end + END.length
  }
}

/** After the word comes a line end (7.3.8.1); -1 where it is no such word. */
function dataAt(content: Buffer, at: number): number {
  const after = at + STREAM.length
  if (content[after] === 0x0d) return content[after + 1] === 0x0a ? after + 2 : after + 1
  return content[after] === 0x0a ? after + 1 : -1
}

/** Names may have any character as `#` and two digits (7.3.5). */
export function plainNames(text: string): string {
  return text.replace(/#([0-9A-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
}

/** Stands for a filter whose name is elsewhere in the file. */
export const UNTOLD_FILTER = '?'

/** The names of a stream's filters, in the order in which they are undone. */
export function filtersOf(dictionary: string): string[] {
  const list = /\/(?:Filter|F)\s*(\[[^\]]{0,500}\]|\/\w{1,30}|\d{1,10}\s+\d{1,5}\s+R)/.exec(dictionary)?.[1] ?? ''
  return [...list.matchAll(/\/(\w{1,30})|\d+\s+\d+\s+R/g)].map((match) => match[1] ?? UNTOLD_FILTER)
}

/** Undoes the filters that are text; the rest is left to the caller. */
export function withoutText(raw: Buffer, filters: string[]): Buffer {
  let bytes = raw
  for (;;) {
    const undo =
      filters[0] === 'ASCIIHexDecode' || filters[0] === 'AHx'
        ? asciiHex
        : filters[0] === 'ASCII85Decode' || filters[0] === 'A85'
          ? ascii85
          : undefined
    if (undo === undefined) return bytes
    bytes = undo(bytes)
    filters.shift()
  }
}

/** The bytes of a string: in parentheses with escapes, or in hexadecimal digits (7.3.4). */
export function pdfBytes(token: string): Buffer {
  return token.startsWith('<')
    ? Buffer.from(token.replace(/[^0-9A-Fa-f]/g, ''), 'hex')
    : Buffer.from(unescaped(token.slice(1, -1)), 'latin1')
}

/** A text string, in UTF-16 by its mark, UTF-8 or PDFDocEncoding (7.9.2). */
export function pdfText(bytes: Buffer): string {
  if (bytes[0] === 0xfe && bytes[1] === 0xff)
    return Buffer.from(bytes.subarray(2, bytes.length & ~1))
      .swap16()
      .toString('utf16le')
  if (bytes[0] === 0xef && bytes[1] === 0xbb) return bytes.toString('utf8', 3)
  return bytes.toString('latin1')
}

function unescaped(text: string): string {
  return text.replace(/\\([0-7]{1,3}|\r\n|[\s\S])/g, (_, code: string) => {
    if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8) & 0xff)
    return { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', '\n': '', '\r': '', '\r\n': '' }[code] ?? code
  })
}
