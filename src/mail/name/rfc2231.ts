/**
 * Parameter values with a charset, and in pieces (RFC 2231 sections 3 and 4), as mail programs read them: pieces out of order, with gaps,
 * twice, not from 0; charsets that are missing, unknown or named late; percent signs that are none.
 */
import type { Parameter } from '../header/parameter.ts'
import { decodeCounted, textsOf, type Work } from './charset.ts'
import { combined, decodedWords } from './encoded-word.ts'

interface Piece {
  readonly index: number
  readonly isEncoded: boolean
  readonly value: string
}

/** Of what is longer together, the first pieces and the last ones are read. */
const LONGEST = 8192
/** Values of parameters that come again are read up to this number. */
const MOST_COPIES = 32

/** The readings of `key*` and of `key*0*`, `key*1` … put together, what most clients show first. */
export function extendedTexts(parameters: readonly Parameter[], key: string, work: Work): readonly string[] {
  const { whole, pieces } = piecesOf(parameters, key, work)
  if (whole.length === 0 && pieces.length === 0) return []
  const found = new Set<string>()
  for (const order of ordersOf(pieces, work)) for (const text of joinPieces(order, work)) found.add(text)
  for (const piece of whole.slice(0, MOST_COPIES)) for (const text of joinPieces([piece], work)) found.add(text)
  return [...found]
}

function piecesOf(parameters: readonly Parameter[], key: string, { odd }: Work): { whole: Piece[]; pieces: Piece[] } {
  const whole: Piece[] = []
  const pieces: Piece[] = []
  for (const { name, value } of parameters) {
    const match = /^\*(\d{1,6})?(\*)?$/.exec(name.slice(key.length))
    if (match === null) continue
    const isEncoded = match[1] === undefined || match[2] === '*'
    const piece = { index: Number(match[1] ?? 0), isEncoded, value: shorten(value) }
    if (match[1] === undefined) whole.push(piece)
    else pieces.push(piece)
    if (/^0\d/.test(match[1] ?? '')) odd.add('name-malformed')
  }
  if ((whole.length > 0 && pieces.length > 0) || whole.length > 1) odd.add('name-2231-odd')
  return { whole, pieces }
}

/** The orders in which programs put the pieces together. */
function ordersOf(pieces: readonly Piece[], { odd }: Work): readonly (readonly Piece[])[] {
  if (pieces.length === 0) return []
  const sorted = [...pieces].sort((a, b) => a.index - b.index)
  const first = sorted.filter((piece, i) => piece.index !== sorted[i - 1]?.index)
  const gap = first.findIndex((piece, i) => piece.index !== i + (first[0]?.index ?? 0))
  const isLate = first.some((piece, i) => i > 0 && piece.isEncoded) && first[0]?.isEncoded === false
  const orders = [first]
  if (gap > 0) orders.push(first.slice(0, gap))
  if (first.length < sorted.length) {
    orders.push(
      sorted.filter((piece, i) => piece.index !== sorted[i + 1]?.index),
      sorted,
    )
    for (const [i, piece] of sorted.entries())
      if (piece.index === sorted[i - 1]?.index && orders.length < MOST_COPIES) orders.push([piece])
  }
  if (pieces.some((piece, i) => i > 0 && piece.index < (pieces[i - 1]?.index ?? 0))) orders.push([...pieces])
  if (gap > 0 || isLate || first.length < sorted.length || first[0]?.index !== 0) odd.add('name-2231-odd')
  return orders
}

/** RFC 2231 has one charset, named by the first piece. A later piece that names another (as some mailers do) is decoded by its own. */
function joinPieces(all: readonly Piece[], work: Work): readonly string[] {
  const pieces = fewest(all)
  const plain = pieces.map(({ value }) => value).join('')
  const named = groupsOf(pieces, work)
  const found = new Set(textsOfGroups(named, work))
  if (work.budget.isSpent) return [...found]
  // Some decode the percent signs first (those built on Python's email), others the words.
  if (plain.includes('=?') || named.some(({ raw }) => raw.includes('=?'))) {
    const words = decodedWords(named.map(({ raw }) => raw).join(''), work)
    const isDeclared = named.some(({ charset }) => charset !== '')
    // Encoded words in pieces without a charset are what Outlook Express wrote; with one they are text.
    if (!isDeclared) return [...new Set([...words, ...found])]
    for (const each of words) found.add(each)
  }
  for (const each of brokenForms(plain, work)) found.add(each)
  if (pieces.some(({ isEncoded, value }) => !isEncoded && /%[0-9a-f]{2}/i.test(value)) && /^[^']*'[^']*'/.test(plain)) {
    const encoded = pieces.map((piece) => ({ ...piece, isEncoded: true }))
    for (const each of textsOfGroups(groupsOf(encoded, work), work)) found.add(each)
  }
  return [...found]
}

function textsOfGroups(groups: readonly Group[], work: Work): readonly string[] {
  return combined(groups.map(({ charset, raw }) => textsOf(Buffer.from(raw, 'latin1'), charset, work)))
}

/** The first pieces and the last ones: the extension counts. */
function fewest(pieces: readonly Piece[]): readonly Piece[] {
  let from = 0
  let to = pieces.length
  for (let room = LONGEST / 2; from < to && room > 0; from++) room -= pieces[from]?.value.length ?? 0
  for (let room = LONGEST / 2; to > from && room > 0; to--) room -= pieces[to - 1]?.value.length ?? 0
  return from === to ? pieces : [...pieces.slice(0, from), ...pieces.slice(to)]
}

function shorten(value: string): string {
  return value.length <= LONGEST ? value : value.slice(0, LONGEST / 2) + value.slice(-LONGEST / 2)
}

interface Group {
  readonly charset: string
  raw: string
  /** What follows the raw bytes, still with percent signs: an escape may be divided between pieces. */
  encoded: string
  /** A percent sign in it is no escape. */
  isBroken: boolean
}

function addPiece(groups: readonly Group[], value: string, isEncoded: boolean): void {
  const group = groups.at(-1)
  if (group === undefined) return
  if (isEncoded) group.encoded += value
  else {
    flush(group)
    group.raw += value
  }
}

function flush(group: Group): void {
  group.isBroken ||= /%(?![0-9a-f]{2})/i.test(group.encoded)
  group.raw += percentDecoded(group.encoded)
  group.encoded = ''
}

/** The bytes of pieces, one character each, those in one charset together. */
function groupsOf(pieces: readonly Piece[], work: Work): readonly Group[] {
  const { odd } = work
  const groups: Group[] = []
  for (const piece of pieces) {
    const isFirst = groups.length === 0
    const named = piece.isEncoded ? headOf(piece.value, isFirst, work) : undefined
    const value = named === undefined ? piece.value : piece.value.slice(named.length)
    if (isFirst || named !== undefined)
      groups.push({ charset: named?.charset ?? '', raw: '', encoded: '', isBroken: false })
    addPiece(groups, value, piece.isEncoded)
    if (piece.isEncoded && isFirst === (named === undefined)) odd.add('name-malformed')
  }
  for (const group of groups) {
    flush(group)
    if (group.isBroken) odd.add('name-malformed')
  }
  return groups
}

/** `charset'language'`; behind the first piece only where the charset is known, since apostrophes belong to names. */
function headOf(value: string, isFirst: boolean, work: Work): { charset: string; length: number } | undefined {
  const match = /^([A-Za-z0-9._:-]*)'([A-Za-z0-9-]*)'/.exec(value)
  const [all = '', charset = ''] = match ?? []
  if (all === '' || (!isFirst && (charset === '' || decodeCounted(Buffer.alloc(0), charset, work) === undefined)))
    return undefined
  return { charset, length: all.length }
}

/** What is made of one apostrophe where two belong, of none, and of the escapes of JavaScript. */
function brokenForms(value: string, work: Work): readonly string[] {
  const found: string[] = []
  const single = /^([A-Za-z0-9._:-]+)'(?=[^']*$)/.exec(value)
  if (single?.[1] !== undefined && decodeCounted(Buffer.alloc(0), single[1], work) !== undefined) {
    const raw = Buffer.from(percentDecoded(value.slice(single[0].length)), 'latin1')
    found.push(...textsOf(raw, single[1], work))
  }
  if (/%u[0-9a-f]{4}/i.test(value)) {
    const text = value
      .replace(/^[^']*'[^']*'/, '')
      .replace(/%u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    found.push(text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))))
  }
  return found
}

/** Percent signs and two digits to bytes, one character each; other percent signs stay. */
export function percentDecoded(value: string): string {
  return value.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
