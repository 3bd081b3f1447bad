/**
 * One rough lexer for all languages: words, signs, strings, line ends, without comments. It need not be right about any of them, only
 * alike for the same construct, because grammars (see `grammar.ts`) are written in its tokens.
 */

import {
  APOSTROPHE,
  AT,
  CMDLET,
  COLON,
  isCmdlet,
  isOption,
  LINE,
  NUMBER,
  OTHER_OPTION,
  OTHER_SIGN,
  OTHER_WORD,
  REM,
  STRING,
  type Vocabulary,
  wordAt,
} from './words.ts'

/** What was read. */
export interface Tokens {
  /** Their numbers in the vocabulary. */
  readonly tokens: readonly number[]
  /** Words that stand in a line with many others and nothing else, as in sentences. */
  readonly prose: number
  /** Carets within words: the command interpreter ignores them, and only its scripts are disguised so. */
  readonly carets: number
}

/** Character classes, by code up to 127; above it everything is a letter. */
const OTHER = 0
const BLANK = 1
const NEWLINE = 2
const LETTER = 3
const DIGIT = 4
const CLASSES: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) => classOf(String.fromCharCode(code)))

function classOf(character: string): number {
  if (character === '\n' || character === '\r') return NEWLINE
  if (/\s|[\0-\x1f]/.test(character)) return BLANK
  if (/[a-z_]/i.test(character)) return LETTER
  return /\d/.test(character) ? DIGIT : OTHER
}

function kindAt(text: string, at: number): number {
  const code = text.charCodeAt(at)
  return code < 128 ? (CLASSES[code] as number) : code > 127 ? LETTER : BLANK
}

/** A letter or a digit; not what is beyond the end. */
function isWordPart(code: number): boolean {
  return code < 128 ? (CLASSES[code] as number) >= LETTER : code > 127
}

function isBlankAt(text: string, at: number): boolean {
  const kind = kindAt(text, at)
  return kind === BLANK || kind === NEWLINE
}

/** A line with so many words and nothing but commas between them is a sentence. */
const SENTENCE_WORDS = 6
/** What strings end with, and what ends a line or escapes within them. */
const QUOTES = `"'\``
const SEARCHED = `${QUOTES}\n\r\\`
const NEXT_LF = 3
const NEXT_CR = 4
const NEXT_BACKSLASH = 5
const NOWHERE = 0x7fffffff
const MAX_STRING = 65_536
const MAX_WORD = 128

/** Reads up to so many tokens. */
export function lex(text: string, most: number, words: Vocabulary): Tokens {
  // At once, which is cheaper than word by word.
  const reader = new Lexer(text.toLowerCase(), most, words)
  return reader.read()
}

class Lexer {
  readonly #text: string
  readonly #most: number
  readonly #words: Vocabulary
  readonly #tokens: number[] = [LINE]
  #last: number = LINE
  readonly #places = new Int32Array(SEARCHED.length).fill(-1)
  #at = 0
  #run = 0
  #prose = 0
  #carets = 0

  constructor(text: string, most: number, words: Vocabulary) {
    this.#text = text
    this.#most = most
    this.#words = words
  }

  read(): Tokens {
    const text = this.#text
    while (this.#at < text.length && this.#tokens.length < this.#most) {
      const kind = kindAt(text, this.#at)
      if (kind === BLANK) this.#at++
      else if (kind === NEWLINE) this.#line()
      else if (kind === LETTER) this.#word()
      else if (kind === DIGIT) this.#number()
      else this.#sign()
    }
    this.#endRun()
    if (this.#last !== LINE) this.#push(LINE)
    return { tokens: this.#tokens, prose: this.#prose, carets: this.#carets }
  }

  #push(token: number): void {
    this.#tokens.push(token)
    this.#last = token
  }

  #endRun(): void {
    if (this.#run >= SENTENCE_WORDS) this.#prose += this.#run
    this.#run = 0
  }

  #line(): void {
    this.#at++
    this.#endRun()
    if (this.#last !== LINE) this.#push(LINE)
  }

  #skipLine(): void {
    const end = this.#text.indexOf('\n', this.#at)
    this.#at = end < 0 ? this.#text.length : end
  }

  /** Letters, digits, and what joins them: a hyphen in commands, an apostrophe in English, a caret in disguised commands. */
  #word(): void {
    const text = this.#text
    const from = this.#at
    let at = from + 1
    let hasCaret = false
    let isJoined = false
    for (;;) {
      while (isWordPart(text.charCodeAt(at))) at++
      if (kindAt(text, at + 1) === LETTER && this.#isJoint(text.charCodeAt(at), from)) {
        if (text.charCodeAt(at) === 0x5e) {
          hasCaret = true
          this.#carets++
        }
        isJoined = true
        at++
      } else break
      if (at >= text.length) break
    }
    this.#at = at
    const known = isJoined ? this.#joined(text.slice(from, at), hasCaret) : wordAt(this.#words, text, from, at - from)
    if (known === REM && (this.#last === LINE || this.#last === AT || this.#last === COLON)) this.#comment(REM)
    else {
      this.#run++
      this.#push(known)
    }
  }

  #joined(word: string, hasCaret: boolean): number {
    if (word.length > MAX_WORD) return OTHER_WORD
    const plain = hasCaret ? word.replaceAll('^', '') : word
    const known = this.#words.idOf.get(plain)
    return known ?? (plain.includes('-') && isCmdlet(plain) ? CMDLET : OTHER_WORD)
  }

  #isJoint(code: number, from: number): boolean {
    // Behind a hyphen an apostrophe begins a string of PowerShell's: -f'a'.
    if (code === 0x27) return this.#text.charCodeAt(from - 1) !== 0x2d
    return code === 0x2d || code === 0x5e || code === 0x2019
  }

  #number(): void {
    const text = this.#text
    while (this.#at < text.length) {
      const kind = kindAt(text, this.#at)
      if (kind !== DIGIT && kind !== LETTER && text.charCodeAt(this.#at) !== 0x2e) break
      this.#at++
    }
    this.#push(NUMBER)
  }

  /** Comments that follow each other are one, however much of them there is. */
  #comment(token: number): void {
    const isAnother = this.#last === LINE && this.#tokens[this.#tokens.length - 2] === token
    if (!isAnother) this.#push(token)
    this.#skipLine()
  }

  #sign(): void {
    const text = this.#text
    const sign = text.charAt(this.#at)
    if (sign === ',' || (sign === '.' && isBlankAt(text, this.#at + 1))) {
      this.#at++
      if (sign === ',') this.#push(this.#words.signs[0x2c] as number)
      return
    }
    this.#endRun()
    const next = text.charAt(this.#at + 1)
    if (sign === '"' || sign === "'" || sign === '`') this.#quote(sign)
    else if (sign === '/' && next === '*') this.#block('*/')
    else if (sign === '<' && next === '#') this.#block('#>')
    else if (sign === '/' && next === '/' && text.charAt(this.#at - 1) !== ':') this.#skipLine()
    else if (sign === ':' && next === ':' && this.#last === LINE) this.#comment(REM)
    else if (sign === '#') this.#hash()
    else if ((sign === '-' || sign === '/') && this.#isOption()) this.#option(sign)
    else this.#plainSign()
  }

  #plainSign(): void {
    const { signs, pairs } = this.#words
    const first = this.#text.charCodeAt(this.#at)
    const second = this.#text.charCodeAt(this.#at + 1)
    const pair = second < 128 ? (pairs[first * 128 + second] as number) : 0
    this.#at += pair === 0 ? 1 : 2
    this.#push(pair === 0 ? (signs[first] as number) : pair)
  }

  /** A string up to its other quote; without one an apostrophe begins a comment of Basic, and others are signs. */
  #quote(quote: string): void {
    const end = this.#endOfString(quote)
    if (end >= 0) {
      this.#at = end + 1
      this.#push(STRING)
    } else if (quote === "'") this.#comment(APOSTROPHE)
    else {
      this.#at++
      this.#push(quote === '"' ? (this.#words.idOf.get('quote') ?? OTHER_WORD) : (this.#words.signs[0x60] as number))
    }
  }

  #endOfString(quote: string): number {
    const limit = Math.min(this.#text.length, this.#at + MAX_STRING)
    const isPlain = quote === '`'
    for (let at = this.#at + 1; ; ) {
      const end = this.#next(QUOTES.indexOf(quote), at)
      if (end >= limit) return -1
      if (isPlain) return end
      const line = Math.min(this.#next(NEXT_LF, at), this.#next(NEXT_CR, at))
      const escaped = this.#next(NEXT_BACKSLASH, at)
      if (escaped > end || escaped > line) return line < end ? -1 : end
      at = escaped + 2
    }
  }

  /** Where one of `SEARCHED` stands next; each is searched for once however often it is asked for. */
  #next(which: number, from: number): number {
    const known = this.#places[which] as number
    if (known >= from) return known
    const at = this.#text.indexOf(SEARCHED.charAt(which), from)
    const place = at < 0 ? NOWHERE : at
    this.#places[which] = place
    return place
  }

  #block(end: string): void {
    const at = this.#text.indexOf(end, this.#at + 2)
    this.#at = at < 0 ? this.#text.length : at + 2
  }

  /** A comment of many languages where a blank or the beginning of a line is before it; else a sign. */
  #hash(): void {
    const text = this.#text
    const isFirst = this.#last === LINE
    const isWord = kindAt(text, this.#at + 1) === LETTER
    const before = this.#at === 0 ? NEWLINE : kindAt(text, this.#at - 1)
    this.#at++
    this.#push(this.#words.signs[0x23] as number)
    // A word right behind it may be a directive of C or AutoIt, which grammars know.
    if ((isFirst || before === BLANK) && !(isFirst && isWord)) this.#skipLine()
  }

  #isOption(): boolean {
    const text = this.#text
    return kindAt(text, this.#at + 1) === LETTER && this.#at > 0 && kindAt(text, this.#at - 1) === BLANK
  }

  #option(sign: string): void {
    const text = this.#text
    const from = this.#at
    let at = from + 1
    while (at < text.length && at - from < 32) {
      const kind = kindAt(text, at)
      const isInside = kind === LETTER || kind === DIGIT || text.charCodeAt(at) === 0x5e
      if (!isInside) break
      at++
    }
    this.#at = at
    const option = sign + text.slice(from + 1, at).replaceAll('^', '')
    this.#push(this.#words.idOf.get(option) ?? (isOption(option) ? OTHER_OPTION : OTHER_SIGN))
  }
}
