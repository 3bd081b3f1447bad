/**
 * Names in fields whose syntax is broken, as the mail programs see them that search a field for `name=` or take a quote, a comment, a
 * blank, a comma or a backslash otherwise than RFC 2045 has it.
 */
import type { Parameter, Structured } from '../header/parameter.ts'
import { stripComments } from '../header/parameter.ts'
import type { Oddities, Work } from './charset.ts'
import { decodedWords } from './encoded-word.ts'

/** A parameter that a strict parser does not see, or not so. */
export interface Spelling extends Parameter {
  /** It stands within a quoted value or a comment, where nothing but a search finds it. */
  readonly isInside: boolean
  /** The most usual reading of a parameter that the strict parser does not see at all. */
  readonly isNew: boolean
}

/** Of a longer field its beginning and its end are searched. */
const LONGEST = 16_384
const LONGEST_VALUE = 4096
/** Parameters in one field beyond this are not looked at. */
const MOST = 48

/** Value and parameters in a form on which all programs agree, as far as names go. */
const CANONICAL =
  /^[\w.+-]*(?:\/[\w.+-]+)?(?:[ \t]*;[ \t]*[\w*-]+=(?:"[^"\\;\x1b]*"|[^\s"'()<>@,;:\\/[\]?=\x1b]+))*[ \t]*;?[ \t]*$/
/** `name=` behind something that ends a token; the name may be quoted. */
const ASSIGNED = /(?<![\w*.-])((?:file)?name)([ \t]{0,8}\*\d{0,6}\*?)?["']?[ \t]{0,64}=[ \t]{0,64}/gi

/** What programs see in the field besides its proper parameters, which come with their own values. */
export function spellingsOf({ text, parameters }: Structured, work: Work): readonly Spelling[] {
  if (isCanonical(text)) return []
  const searched = text.length <= LONGEST ? text : `${text.slice(0, LONGEST / 2)} ${text.slice(-LONGEST / 2)}`
  const proper = new Set(parameters.map(({ name, value }) => `${name}=${value}`))
  const found = search(searched, proper, work.odd)
  if (isUnclosed(searched)) work.odd.add('name-malformed')
  // Some programs drop NUL before they parse, and some decode the whole field.
  if (searched.includes('\0')) found.push(...search(searched.replaceAll('\0', ''), proper, work.odd))
  if (searched.includes('=?') && found.length === 0 && !parameters.some(({ name }) => /^(file)?name\b/.test(name))) {
    const [decoded = ''] = decodedWords(searched, work)
    found.push(...search(Buffer.from(decoded).toString('latin1'), proper, work.odd))
  }
  return found
}

function search(text: string, proper: ReadonlySet<string>, odd: Oddities): Spelling[] {
  const isQuotedAt = quotedAreas(text)
  const found: Spelling[] = []
  for (const match of text.matchAll(ASSIGNED)) {
    if (found.length >= MOST) break
    const name = `${match[1]}${match[2]?.trim() ?? ''}`.toLowerCase()
    // `"name"=` is a quoted name, not one within a value.
    const isInside = isQuotedAt(match.index) && !/["']/.test(match[0])
    const from = match.index + match[0].length
    const values = valuesAt(text, from)
    // Without a proper twin the syntax before the name is broken, or the name is no parameter at all.
    const isKnown = values.length === 0 || values.some((value) => proper.has(`${name}=${value}`))
    if (!isInside && (!isKnown || (values.length > 1 && text[from] !== '"'))) odd.add('name-malformed')
    for (const [i, value] of values.entries())
      if (!proper.has(`${name}=${value}`)) found.push({ name, value, bare: '', isInside, isNew: i === 0 && !isKnown })
  }
  return found
}

function isCanonical(text: string): boolean {
  return text.length < 2000 && CANONICAL.test(text) && !/"[^"]*name[^"=]*=[^"?]/i.test(text)
}

/** The values that programs see from a place on, the most usual one first. */
function valuesAt(text: string, from: number): readonly string[] {
  const rest = text.slice(from, from + LONGEST_VALUE)
  const values = rest.startsWith('"') ? quotedValues(rest) : bareValues(rest)
  return [...new Set(values.filter((value) => value !== ''))]
}

function quotedValues(rest: string): string[] {
  const end = quoteEnd(rest, 1)
  const raw = rest.slice(1, end)
  const values = [raw.replace(/\\([\s\S])/g, '$1')]
  // A quote that is not closed is a letter to Python.
  if (end === rest.length) values.push(rest)
  if (raw.includes('\\')) {
    // Backslashes kept as Outlook has them; a quote behind a backslash as the end, as a search has it.
    values.push(raw, raw.replace(/\\(["\\])/g, '$1'), rest.slice(1, endAt(rest, '"', 1)))
  }
  if (raw.includes('\x1b$')) values.push(rest.slice(1, escapedEnd(rest)))
  const semicolon = raw.indexOf(';')
  if (semicolon >= 0) values.push(raw.slice(0, semicolon))
  // More text behind the closing quote: some programs take it into the value.
  const tail = rest.slice(end + 1, endAt(rest, ';', end + 1))
  if (tail.trim() !== '') {
    const more = tail.replaceAll('"', '')
    values.push(raw + stripComments(more).trim(), raw + more.trim(), rest.slice(0, end + 1) + tail)
    if (/^\s/.test(tail)) values.push(raw + stripComments(more).trimEnd())
  }
  return values
}

function bareValues(rest: string): string[] {
  const whole = rest.slice(0, endAt(rest, ';', 0)).trim()
  const next = whole.search(/[\s,]"?(?:file)?name[*\d]{0,9}["']?[ \t]{0,64}=/i)
  const values = [...(next < 0 ? [] : [whole.slice(0, next).trim()]), whole, stripComments(whole).trim()]
  const uncommented = /^\s*\(/.test(whole) ? stripComments(whole).trim() : whole
  // Blanks between encoded words are none, and a part of one is no name.
  if (!whole.includes('=?')) {
    values.push(uncommented.split(/[ \t]/, 1)[0] ?? '')
    values.push(uncommented.split(',', 1)[0] ?? '')
    values.push(uncommented.split(/[\s()<>@,;:\\"/[\]?=]/, 1)[0] ?? '')
  }
  const single = /^'([^']*)'/.exec(whole)?.[1]
  if (single !== undefined) values.push(single)
  if (whole.includes('"')) values.push(whole.replaceAll('"', ''))
  if (whole.includes('\\')) values.push(whole.replace(/\\(.)/g, '$1'))
  if (whole.includes('\x1b$')) values.push(rest.slice(0, Math.max(whole.length, escapedEnd(` ${rest}`) - 1)))
  return values
}

/** Where an RFC 822 quoted string ends, the end of the text where it does not. */
function quoteEnd(text: string, from: number): number {
  let at = from
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return Math.min(at, text.length)
}

/** Where a quoted string in ISO-2022-JP ends: bytes between ESC $ and ESC ( are halves of characters, whatever they look like. */
function escapedEnd(text: string): number {
  let isDouble = false
  for (let at = 1; at < text.length; at++) {
    if (text[at] === '\x1b') isDouble = text[at + 1] === '$'
    else if (!isDouble && (text[at] === '"' || text[at] === ';')) return at
  }
  return text.length
}

function endAt(text: string, char: string, from: number): number {
  const at = text.indexOf(char, from)
  return at < 0 ? text.length : at
}

/** Tells of a place whether it lies within a quoted string or a comment. */
function quotedAreas(text: string): (at: number) => boolean {
  const areas: [number, number][] = []
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== '"' && text[at] !== '(') continue
    const end = text[at] === '"' ? quoteEnd(text, at + 1) : endAt(text, ')', at)
    areas.push([at, end])
    at = end
  }
  return (at) => areas.some(([from, to]) => at > from && at < to)
}

function isUnclosed(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== '"') continue
    at = quoteEnd(text, at + 1)
    if (at >= text.length) return true
  }
  return false
}
