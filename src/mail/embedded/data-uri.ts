/** Files in `data:` URIs (RFC 2397) of HTML, SVG, style sheets and other text. */
import { hexPair } from '../decode/hex.ts'
import { isCalendar } from './calendar.ts'
import type { Embedded, Format } from './embedded.ts'
import { decodeReferences } from './entities.ts'
import { nameText } from './line.ts'

const TAB = 0x09
const LF = 0x0a
const CR = 0x0d
const PERCENT = 0x25

/** Browsers drop tabs and line ends within a URI. */
const SCHEME = /d[\t\r\n]*a[\t\r\n]*t[\t\r\n]*a[\t\r\n]*:/gi
/** Text without `;base64` is taken for a URI only where it begins with one of these, as `data:a/b,` may be script. */
const TOP_LEVEL = /^(?:text|image|application|audio|video|font|message|model|multipart)\/[\w.+-]+$/i
const LONGEST_HEAD = 1024
/** Characters before and after a URI in which the name for its download is looked for. */
const NEARBY = 1024
const DOWNLOAD = /\bdownload[\t\r\n ]*=[\t\r\n ]*(?:"([^"]*)"|'([^']*)'|([^\t\r\n >]+))/i
const NAME_PARAMETER = /;[\t\r\n ]*(?:file)?name[\t\r\n ]*=[\t\r\n ]*([^;,]+)/i

export const dataUri: Format = {
  *extract(content, _hint, budget) {
    // What would end an attribute stays as it is written.
    const text = decodeReferences(unfolded(content.toString('latin1')), '"\'<>&')
    const isNamed = /download/i.test(text)
    const scheme = new RegExp(SCHEME)
    for (let found = scheme.exec(text); found !== null; found = scheme.exec(text)) {
      const from = found.index + found[0].length
      const head = headAt(text, from)
      if (head === undefined) continue
      const end = endOfUri(text, found.index, from + head.length)
      scheme.lastIndex = end
      const file = fileOf(head, text.slice(from + head.length, end))
      if (file.bytes.length === 0) continue
      if (budget.files-- <= 0) return
      yield file.name !== '' || !isNamed ? file : { ...file, name: downloadName(text, found.index, end) }
    }
  },
}

/** In calendars and address cards a line that begins with a blank continues the one before (RFC 5545, RFC 6350). */
function unfolded(text: string): string {
  return isCalendar(text) ? text.replace(/\r?\n[ \t]/g, '') : text
}

/** Media type and parameters with the comma after them; undefined where that is no URI. */
function headAt(text: string, from: number): string | undefined {
  const start = text.slice(from, from + LONGEST_HEAD)
  const comma = start.indexOf(',')
  const head = start.slice(0, comma + 1)
  if (comma < 0 || /["'<>`(){}]/.test(head.replace(/"[^"]*"/g, ''))) return undefined
  const isBase64 = /;[\t\r\n ]*base64[\t\r\n ]*,$/i.test(head)
  const type = head.split(/[;,]/, 1)[0] as string
  if (isBase64) return /^[\s\w.+/*-]*$/.test(type) ? head : undefined
  return type === '' || TOP_LEVEL.test(type) ? head : undefined
}

/** Up to the quote that matches the one before it, else up to what ends an attribute or `url()`. */
function endOfUri(text: string, start: number, from: number): number {
  let before = start - 1
  while (before >= 0 && start - before < 8 && /\s/.test(text[before] as string)) before--
  const quote = text[before] ?? ''
  if ('"\'`'.includes(quote) && quote !== '') {
    const end = text.indexOf(quote, from)
    return end < 0 ? text.length : end
  }
  const ending = quote === '(' ? /[)"'<>]/g : /[\s"'<>]/g
  ending.lastIndex = from
  return ending.exec(text)?.index ?? text.length
}

function fileOf(head: string, value: string): Embedded {
  const whole = decodeReferences(head)
  const plain = whole.replace(/[\t\r\n ]/g, '')
  const data = decodeReferences(value)
  const bytes = /;base64,$/i.test(plain) ? base64Of(data) : percentDecoded(data)
  const name =
    NAME_PARAMETER.exec(whole)?.[1]
      ?.trim()
      .replace(/^"(.*)"$/, '$1') ?? ''
  const type = plain.slice(0, plain.search(/[;,]/)).toLowerCase() || 'text/plain'
  return { kind: 'data-uri', name: nameText(percentDecoded(name)), bytes, type }
}

/** Letters also percent-encoded; a line of a script may be continued by a backslash. */
function base64Of(value: string): Buffer {
  const letters = value.includes('%') ? percentDecoded(value).toString('latin1') : value
  const junk = /[^A-Za-z0-9+/_=\s\\-]/.exec(letters)?.index ?? letters.length
  return Buffer.from(letters.slice(0, junk).replace(/[\s\\]/g, ''), 'base64')
}

/** Undoes `%XX`, and drops what browsers drop; others stay as they are. */
function percentDecoded(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1')
  let to = 0
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at] as number
    const code = byte === PERCENT ? hexPair(bytes, at + 1) : -1
    if (code >= 0) bytes[to++] = code
    else if (byte !== TAB && byte !== LF && byte !== CR) bytes[to++] = byte
    at += code >= 0 ? 3 : 1
  }
  return bytes.subarray(0, to)
}

/** The name in the download attribute of the same element. */
function downloadName(text: string, start: number, end: number): string {
  const before = text.slice(Math.max(0, start - NEARBY), start)
  const after = text.slice(end, end + NEARBY)
  const element = `${before.slice(before.lastIndexOf('<') + 1)} ${after.slice(0, after.search(/>|$/))}`
  const found = DOWNLOAD.exec(element)
  return nameText(Buffer.from(decodeReferences(found?.[1] ?? found?.[2] ?? found?.[3] ?? ''), 'latin1'))
}
