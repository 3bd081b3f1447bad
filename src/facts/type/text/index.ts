/** Types that are text: markup, forms of their own, programs, tables, and plain text itself. */
import type { Excerpt } from '../excerpt.ts'
import { type Charset, firstControl, readText, type Text } from './charset.ts'
import { hasLaterHtml, htmlInBinary, markupTypes } from './markup.ts'
import { mayBeMessage, messageTypes } from './message.ts'
import { countTokens, scriptTypes } from './script/index.ts'
import { structuredTypes, tabularTypes } from './structured.ts'

/** Text shows itself within this many bytes … */
const TEXT_BYTES = 16_384
/** … unless they are nothing but comments and blanks: then the rest of what was kept is looked at too. */
const MIN_TOKENS = 60
/** No program in front of other data is shorter. */
const MIN_PROGRAM = 10

/** Types, and the character set where the content is text. */
export interface TextFacts {
  readonly types: readonly string[]
  readonly charset: Charset | ''
}

/** Text types of a content that no other format claims. */
export function detectText(sample: Excerpt): TextFacts {
  const start = sample.head.subarray(0, TEXT_BYTES)
  const read = readText(start)
  if (read === undefined) return { types: typesInBinary(start), charset: '' }
  const text = read.text.trimStart()
  const types = typesOf(sample.size > TEXT_BYTES && isPadding(text) ? rest(sample, read) : text, read)
  return { types, charset: read.isDirty ? '' : read.charset }
}

function typesOf(text: string, { isDirty }: Text): readonly string[] {
  const markup = markupTypes(text)
  if (markup.length > 0) return markup
  const structured = isDirty ? messageTypes(text) : structuredTypes(text)
  const found = structured.length > 0 ? structured : scriptTypes(text)
  const all = found.length > 0 || isDirty ? [...found] : [...tabularTypes(text), 'text/plain'].slice(0, 1)
  if (hasLaterHtml(text)) all.push('text/html')
  return all
}

/** What programs read in spite of bytes that no text has. */
function typesInBinary(start: Buffer): readonly string[] {
  const html = htmlInBinary(start.toString('latin1', 0, 1024))
  return mayBeMessage(start) ? [...messageTypes(plainStart(start)), ...html] : html
}

function plainStart(start: Buffer): string {
  return start.toString('latin1').replace(/^[\0\s]+/, '')
}

/** A text in front of a format that is found by its end or behind its beginning: programs that go by the name run or show it. */
export function textBeside({ head }: Excerpt): readonly string[] {
  const start = head.subarray(0, TEXT_BYTES)
  const read = readText(start)
  const text = read?.text.trimStart() ?? plainStart(start)
  const message = mayBeMessage(start) ? messageTypes(text) : []
  if (message.length > 0) return message
  // Only what stands before the first byte that no text has: behind it are data.
  const end = firstControl(start)
  return end < MIN_PROGRAM ? [] : scriptTypes(end < start.length ? start.toString('latin1', 0, end).trimStart() : text)
}

function isPadding(text: string): boolean {
  return countTokens(text, MIN_TOKENS) < MIN_TOKENS
}

/** The whole head, and the tail where padding fills even that. */
function rest({ head, tail, size }: Excerpt, { charset, text }: Text): string {
  const whole = readText(head)?.text.trimStart() ?? text
  if (size <= head.length || !isPadding(whole)) return whole
  const isWide = charset === 'utf-16le' || charset === 'utf-16be'
  return `${whole}\n${(isWide ? undefined : readText(tail.subarray(-TEXT_BYTES))?.text.trimStart()) ?? ''}`
}

/** Whether the first byte that is no blank, mark or half of a wide character is one that opens a tag. */
function beginsWithTag(head: Buffer): boolean {
  for (let at = 0; at < head.length && at < TEXT_BYTES; at++) {
    const byte = head[at] as number
    if (byte === 0x3c) return true
    if (byte > 0x20 && byte !== 0xef && byte !== 0xbb && byte !== 0xbf && byte < 0xfe) return false
  }
  return false
}

/** Markup beside a binary type: what some program would still open. */
export function markupBeside({ head }: Excerpt): readonly string[] {
  if (!beginsWithTag(head)) return []
  const read = readText(head.subarray(0, TEXT_BYTES))
  return read === undefined ? [] : markupTypes(read.text.trimStart())
}
