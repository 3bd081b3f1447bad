/**
 * Encoded words (RFC 2047) as mail programs read them: also inside quotes and inside other text, with raw blanks, split within a
 * character, without their end, with a language (RFC 2231 section 5). Where programs differ, every reading is given.
 */
import { textsOf, type Work } from './charset.ts'

/** One word, or the text between words. */
type Token =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'word'; readonly charset: string; readonly encoding: string; readonly text: string }

interface Tokens {
  readonly tokens: readonly Token[]
  /** Something is broken that some programs show as it stands. */
  readonly isOdd: boolean
}

/** Where a word ends: at the first `?=`, at the last one before the next word, or where `?=` is missing. */
type Ending = 'first' | 'last' | 'open'

const LONGEST_HEAD = 80
const HEAD = /^=\?([^?]*)\?[ \t]*([BbQq])[ \t]*\?/

/** The texts that a value with encoded words may be, what most clients show first. `text` has one character for each byte. */
export function decodedWords(text: string, work: Work): readonly string[] {
  if (!text.includes('=?')) return textsOf(Buffer.from(text, 'latin1'), '', work)
  const found = new Set<string>()
  const addAll = (texts: readonly string[]): void => {
    for (const each of texts) found.add(each)
  }
  const { tokens, isOdd } = tokensOf(text, 'first')
  const words = adjacent(tokens)
  const whole = merged(words)
  addAll(decoded(whole, work, concatenated))
  if (work.budget.isSpent) return [...found]
  if (whole.length < words.length && words.some(endsInside)) addAll(decoded(words, work, concatenated))
  if (isOdd) {
    work.odd.add('name-malformed')
    for (const ending of ['last', 'open'] as const)
      addAll(decoded(merged(adjacent(tokensOf(text, ending).tokens)), work, concatenated))
    addAll(textsOf(Buffer.from(text, 'latin1'), '', work))
  }
  if (words.some(isPaddedInside)) addAll(decoded(words, work, stopped))
  const [shown = ''] = found
  // A decoded word that holds another one was encoded twice; some gateways decode twice too.
  if (/=\?[^?]{1,60}\?[bq]\?/i.test(shown) && shown !== text)
    addAll(decoded(merged(adjacent(tokensOf(latin1Of(shown), 'first').tokens)), work, concatenated))
  return [...found]
}

function latin1Of(text: string): string {
  return Buffer.from(text).toString('latin1')
}

function tokensOf(text: string, ending: Ending): Tokens {
  const tokens: Token[] = []
  let isOdd = false
  let at = 0
  let from = 0
  for (;;) {
    const start = text.indexOf('=?', from)
    if (start < 0) break
    const head = headOf(text, start)
    if (head === undefined) {
      isOdd = true
      from = start + 2
      continue
    }
    const { end, next, isBroken } = endOf(text, head.next, ending)
    isOdd ||= isBroken
    if (end < 0) {
      from = head.next
      continue
    }
    if (start > at) tokens.push({ kind: 'text', text: text.slice(at, start) })
    tokens.push({ kind: 'word', ...head, text: text.slice(head.next, end) })
    at = next
    from = next
  }
  if (at < text.length) tokens.push({ kind: 'text', text: text.slice(at) })
  return { tokens, isOdd }
}

/** `=?charset*language?encoding?` */
function headOf(text: string, start: number): { charset: string; encoding: string; next: number } | undefined {
  const [all = '', charset = '', encoding = ''] = HEAD.exec(text.slice(start, start + LONGEST_HEAD)) ?? []
  if (all === '') return undefined
  return {
    charset: charset.replace(/\*.*$/, '').trim().toLowerCase(),
    encoding: encoding.toUpperCase(),
    next: start + all.length,
  }
}

interface End {
  /** Where the encoded text ends, -1 if it does not. */
  readonly end: number
  readonly next: number
  readonly isBroken: boolean
}

function endOf(text: string, from: number, ending: Ending): End {
  const first = text.indexOf('?=', from)
  const other = text.indexOf('=?', from)
  // Another word begins before this one ends.
  if (other > from && other < first && headOf(text, other) !== undefined)
    return { end: other, next: other, isBroken: true }
  const following = text.indexOf('=?', first < 0 ? from : first + 2)
  const limit = following < 0 ? text.length : following
  if (first < 0) {
    const end = text.slice(from, limit).replace(/\?$/, '').length + from
    return ending === 'open' ? { end, next: limit, isBroken: true } : { end: -1, next: from, isBroken: true }
  }
  const last = text.lastIndexOf('?=', limit - 1)
  const isBroken = last > first || /[\s?]/.test(text.slice(from, first))
  const end = ending === 'last' && last > first ? last : first
  return { end, next: end + 2, isBroken }
}

type Base64Decode = (text: string) => Buffer

/** Words with nothing but blanks between them, which belong together (RFC 2047 section 6.2). */
function adjacent(tokens: readonly Token[]): readonly Token[] {
  return tokens.filter((token, i) => {
    const isBetween = i > 0 && i < tokens.length - 1
    return !(isBetween && token.kind === 'text' && token.text.trim() === '')
  })
}

/** Adjacent words in one charset and encoding as one: some programs split a group of base64 or an escape between words. */
function merged(tokens: readonly Token[]): readonly Token[] {
  const found: Token[] = []
  for (const token of tokens) {
    const last = found.at(-1)
    const isSame =
      token.kind === 'word' &&
      last?.kind === 'word' &&
      last.charset === token.charset &&
      last.encoding === token.encoding
    if (isSame) found[found.length - 1] = { ...last, text: last.text + token.text }
    else found.push(token)
  }
  return found
}

/** Whether what follows may complete a group of base64 or an escape. */
function endsInside(token: Token): boolean {
  if (token.kind === 'text') return false
  if (token.encoding === 'Q') return /=[0-9A-Fa-f]?$/.test(token.text.slice(-2))
  return !token.text.includes('=') && token.text.replace(/[^A-Za-z0-9+/]/g, '').length % 4 !== 0
}

/** Adjacent words in one charset are decoded together: some programs split them inside a character. */
function decoded(tokens: readonly Token[], work: Work, base64: Base64Decode): readonly string[] {
  const groups: (readonly string[])[] = []
  let pieces: Buffer[] = []
  let charset = ''
  const flush = (): void => {
    if (pieces.length > 0) groups.push(textsOf(Buffer.concat(pieces), charset, work))
    pieces = []
  }
  for (const token of tokens) {
    if (token.kind === 'text') {
      flush()
      groups.push(textsOf(Buffer.from(token.text, 'latin1'), '', work))
      continue
    }
    if (token.charset !== charset) flush()
    charset = token.charset
    pieces.push(token.encoding === 'B' ? base64(token.text) : quoted(token.text))
  }
  flush()
  return combined(groups)
}

/** The first readings of all groups together, the second ones, and so on; not every one with every other. */
export function combined(groups: readonly (readonly string[])[]): readonly string[] {
  const most = Math.max(0, ...groups.map((texts) => texts.length))
  return Array.from({ length: most }, (_, i) => groups.map((texts) => texts[i] ?? texts[0] ?? '').join(''))
}

/** The Q encoding; blanks behind `=` come from lines broken in the wrong place. */
function quoted(text: string): Buffer {
  const bytes = text
    .replace(/[_\t\r\n]/g, ' ')
    .replace(/=[ ]{0,8}([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1')
}

/** Base64 in which padding does not end anything, in the URL alphabet too; what is in neither is dropped. */
function concatenated(text: string): Buffer {
  const pieces = text.replace(/[^A-Za-z0-9+/=_-]/g, '').split(/=+/)
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece, 'base64')))
}

/** Base64 that ends at the first padding; the URL alphabet is dropped. */
function stopped(text: string): Buffer {
  return Buffer.from(text.replace(/[^A-Za-z0-9+/=]/g, '').replace(/=.*$/s, ''), 'base64')
}

function isPaddedInside(token: Token): boolean {
  return token.kind === 'word' && token.encoding === 'B' && /=[^=\s]|[-_]/.test(token.text)
}
