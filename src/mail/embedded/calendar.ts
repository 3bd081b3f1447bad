/** Files within calendars and address cards: ATTACH of iCalendar (RFC 5545), PHOTO and others of vCard (RFC 2426, vCard 2.1). */
import type { Embedded, Format } from './embedded.ts'
import { type Line, type Lines, linesOf, nameText } from './line.ts'

const ENCODED = /;[ \t]*(?:encoding[ \t]*=[ \t]*"?(?:base64|b)"?|base64)[ \t]*(?=[;:])/i
const PARAMETER = /;[ \t]*([\w-]+)[ \t]*=[ \t]*("[^"]*"|[^;:]*)/g
const DATA = /^[ \t]*[A-Za-z0-9+/=_-]+[ \t]*$/
/** A property with its parameters is never longer. */
const LONGEST_HEAD = 4096
/** What programs call the parameter with the name of the file. */
const NAME_PARAMETERS = ['filename', 'x-filename', 'x-apple-filename', 'x-label', 'label']

interface Property {
  /** Name and parameters with the colon; empty where there is none. */
  readonly head: string
  readonly value: string
  readonly next: number
}

/** Whether the text is a calendar or an address card. */
export function isCalendar(text: string): boolean {
  return /^begin:v(?:calendar|card|event|note)/im.test(text)
}

export const calendar: Format = {
  *extract(content, hint, budget) {
    if (!/calendar|vcard|directory/.test(hint.type) && !isCalendar(content.toString('latin1'))) return
    const lines = linesOf(content)
    for (let at = 0; at < content.length; ) {
      const { head, value, next } = propertyAt(lines, at)
      at = next
      if (!ENCODED.test(head)) continue
      const data = dataFrom(content, lines, value, next)
      at = data.next
      if (data.bytes.length > 0 && budget.files-- > 0) yield fileOf(head, data.bytes)
    }
  },
}

/** The property at a line; the colon after its parameters may stand in one of the lines that continue it. */
function propertyAt(lines: Lines, at: number): Property {
  let line = lines.at(at)
  let head = ''
  let quotes = 0
  for (let text = lines.text(line); ; text = lines.text(line, LONGEST_HEAD).slice(1)) {
    const start = text.slice(0, LONGEST_HEAD)
    const colon = colonIn(start, quotes)
    if (colon >= 0) return { head: head + text.slice(0, colon + 1), value: text.slice(colon + 1), next: line.next }
    head += start
    quotes += start.split('"').length - 1
    const following = lines.at(line.next)
    if (head.length > LONGEST_HEAD || !isFolded(lines, following)) return { head: '', value: '', next: line.next }
    line = following
  }
}

/** The first colon outside of quotes. */
function colonIn(text: string, quotesBefore: number): number {
  let quotes = quotesBefore
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '"') quotes++
    else if (text[i] === ':' && quotes % 2 === 0) return i
  }
  return -1
}

function isFolded(lines: Lines, line: Line): boolean {
  return /^[ \t]/.test(lines.text(line, 1))
}

/** The value with the lines that continue it; some programs forget the blank that says so. */
function dataFrom(content: Buffer, lines: Lines, value: string, from: number): { bytes: Buffer; next: number } {
  const letters = [value]
  let next = from
  while (next < content.length) {
    const line = lines.at(next)
    const text = lines.text(line)
    if (!isFolded(lines, line) && !DATA.test(text)) break
    letters.push(text)
    next = line.next
  }
  return { bytes: Buffer.from(letters.join(''), 'base64'), next }
}

function fileOf(head: string, bytes: Buffer): Embedded {
  const parameters = new Map<string, string>()
  for (const [, name = '', value = ''] of head.matchAll(PARAMETER))
    parameters.set(name.toLowerCase(), value.replace(/^"(.*)"$/, '$1'))
  const known = NAME_PARAMETERS.find((each) => parameters.has(each))
  const named = known ?? [...parameters.keys()].find((each) => each.endsWith('filename')) ?? ''
  const name = nameText(Buffer.from(parameters.get(named) ?? '', 'latin1'))
  const type = parameters.get('fmttype')?.toLowerCase()
  return { kind: 'calendar', name, bytes, ...(type === undefined ? {} : { type }) }
}
