/** Streams of PDF as a reader comes to them that follows a reference: from the number of an object forward (ISO 32000-1, 7.3.8). */
import { filtersOf, type PdfStream, plainNames } from './pdf-object.ts'

const BETWEEN = String.raw`(?:[\0\t\n\f\r ]|%[^\r\n]{0,200}[\r\n]){1,20}`
const OBJECT = new RegExp(String.raw`(?<!\d)(\d{1,10})${BETWEEN}(\d{1,5})${BETWEEN}obj(?![a-z])`, 'g')
const NUMBERS = /(?<!\d)(\d{1,10})\s{1,20}\d{1,5}\s{1,20}obj\s{0,20}(\d{1,12})\s{0,20}endobj/g
const MAX_DICTIONARY = 32 * 1024
/** More objects than one of the same number are older states of the file, or there to deceive. */
const MAX_OBJECTS = 2000

/**
 * Every stream with one of these numbers, whatever stands in comments, strings and data; an end that the length tells comes besides.
 * `onMany` is called where there are more than are looked at.
 */
export function referredStreams(content: Buffer, ids: ReadonlySet<number>, onMany: () => void): readonly PdfStream[] {
  if (ids.size === 0) return []
  const text = content.toString('latin1')
  const lengths = new Map([...text.matchAll(NUMBERS)].map(([, id, value]) => [Number(id), Number(value)]))
  const streams: PdfStream[] = []
  let count = 0
  let near = 0
  for (const match of text.matchAll(OBJECT)) {
    const [whole, id = '', generation = ''] = match
    if (!ids.has(Number(id))) continue
    if (++count > MAX_OBJECTS) {
      onMany()
      break
    }
    const found = dictionaryAt(text, match.index + whole.length)
    const data = found === undefined ? -1 : dataAt(text, found.end)
    if (found === undefined || data < 0) continue
    const own = { id: Number(id), generation: Number(generation), dictionary: plainNames(found.text) }
    if (near >= 0 && near < data) near = text.indexOf('endstream', data)
    for (const end of endsOf(text, data, own.dictionary, lengths).add(near < 0 ? text.length : near))
      streams.push({ ...own, raw: content.subarray(data, end) })
  }
  return streams
}

/** Whether two streams give the same bytes; up to the line end that may be data or not. */
export function isSameStream(a: PdfStream, b: PdfStream): boolean {
  const isSamePlace = a.raw.byteOffset === b.raw.byteOffset && Math.abs(a.raw.length - b.raw.length) <= 2
  return isSamePlace && a.id === b.id && wayOf(a.dictionary) === wayOf(b.dictionary)
}

/** What a dictionary says of how its data is decoded. */
function wayOf(dictionary: string): string {
  const parameters = dictionary.match(/\/(?:DecodeParms|Predictor|Colors|BitsPerComponent|Columns)\s*\d+/g) ?? []
  return [...filtersOf(dictionary), ...parameters].join(' ')
}

/** Text without comments; what looks like one within a string goes too. */
export function withoutComments(text: string): string {
  return text.replace(/%[^\r\n]*/g, ' ')
}

/** The dictionary that begins here, its strings emptied and its comments gone. */
function dictionaryAt(text: string, start: number): { readonly text: string; readonly end: number } | undefined {
  const pieces: string[] = []
  let depth = 0
  let at = afterSpace(text, start)
  const limit = Math.min(text.length, at + MAX_DICTIONARY)
  while (at < limit) {
    const pair = text.slice(at, at + 2)
    if (pair === '<<' || pair === '>>') {
      depth += pair === '<<' ? 1 : -1
      pieces.push(pair)
      at += 2
      if (depth <= 0) return pair === '>>' ? { text: pieces.join(''), end: at } : undefined
      continue
    }
    if (depth === 0) return undefined
    if (pair[0] === '(') {
      at = afterString(text, at, limit)
      pieces.push('()')
    } else if (pair[0] === '%') {
      at = afterSpace(text, at)
      pieces.push(' ')
    } else {
      const plain = /[^<>(%]{1,4096}|[<>]/y
      plain.lastIndex = at
      const piece = plain.exec(text)?.[0] ?? ' '
      pieces.push(piece)
      at += piece.length
    }
  }
  return undefined
}

function afterString(text: string, start: number, limit: number): number {
  let depth = 0
  for (let at = start; at < limit; at++) {
    const letter = text[at]
    if (letter === '\\') at++
    else if (letter === '(') depth++
    else if (letter === ')' && --depth === 0) return at + 1
  }
  return limit
}

/** Behind white space and comments, which are bounded as many objects may lie in one. */
function afterSpace(text: string, start: number): number {
  const space = /(?:[\0\t\n\f\r ]+|%[^\r\n]{0,65536}){0,1000}/y
  space.lastIndex = start
  return start + (space.exec(text)?.[0].length ?? 0)
}

/** Where the data begins; blanks before the line end are none of the standard's, but readers pass over them. */
function dataAt(text: string, start: number): number {
  const at = afterSpace(text, start)
  if (!text.startsWith('stream', at)) return -1
  const word = /stream[\t ]{0,20}(?:\r\n|\n|\r)?/y
  word.lastIndex = at
  return at + (word.exec(text)?.[0].length ?? 0)
}

/** Where the data ends by what the dictionary says, if a reader would believe it. */
function endsOf(text: string, data: number, dictionary: string, lengths: ReadonlyMap<number, number>): Set<number> {
  const ends = new Set<number>()
  for (const [, value = '', reference] of dictionary.matchAll(/\/Length\s+(\d{1,12})(\s+\d{1,5}\s+R)?/g)) {
    const end = data + (reference === undefined ? Number(value) : (lengths.get(Number(value)) ?? 0))
    if (text.startsWith('endstream', afterSpace(text, end))) ends.add(end)
  }
  return ends
}
