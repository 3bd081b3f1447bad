/**
 * One rough lexer for all languages: words, signs, strings, line ends, without comments. It need not be right about any of them, only
 * alike for the same construct, because grammars (see `grammar.ts`) are written in its tokens.
 */

import { type Words, wordAt } from './words.ts'

/** A string literal. */
export const STRING = '"'
/** A number. */
export const NUMBER = '0'
/** The end of one or more lines. */
export const LINE = '\n'
/** A verb and a noun as PowerShell's commands have them. */
export const CMDLET = 'verb-noun'

/** Any word that is none of those that are asked for. */
export const OTHER_WORD = '_other'
/** Words that the lexer itself knows. */
export const WORDS_OF_LEXER: readonly string[] = ['rem']

/** What was read. */
export interface Tokens {
  readonly tokens: readonly string[]
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

/** Pairs of signs that mean something together. */
const PAIRS = new Set([
  '=>',
  '==',
  '!=',
  '::',
  '->',
  '&&',
  '||',
  ':=',
  '<-',
  '=~',
  '%%',
  '$(',
  '${',
  '+=',
  '++',
  '<?',
  '?>',
  '<<',
])
const VERBS =
  /^(?:get|set|new|add|remove|invoke|start|stop|write|out|read|import|export|test|select|where|foreach|convertto|convertfrom|join|split|copy|move|rename|register|unregister|enable|disable|install|clear|update|wait|expand|compress|restart|resolve|push|pop|measure|sort|format)-[a-z]{2,40}$/
/** A line with so many words and nothing but commas between them is a sentence. */
const SENTENCE_WORDS = 6
const MAX_STRING = 65_536
const MAX_WORD = 128

/** Reads up to so many tokens; a word that is none of `words` is told as `OTHER_WORD`. */
export function lex(text: string, most: number, words?: Words): Tokens {
  // At once, which is cheaper than word by word.
  const reader = new Lexer(text.toLowerCase(), most, words)
  return reader.read()
}

class Lexer {
  readonly #text: string
  readonly #most: number
  readonly #words: Words | undefined
  readonly #tokens: string[] = [LINE]
  #at = 0
  #run = 0
  #prose = 0
  #carets = 0

  constructor(text: string, most: number, words: Words | undefined) {
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
    if (this.#last() !== LINE) this.#tokens.push(LINE)
    return { tokens: this.#tokens, prose: this.#prose, carets: this.#carets }
  }

  #last(): string {
    return this.#tokens[this.#tokens.length - 1] as string
  }

  #push(token: string): void {
    this.#tokens.push(token)
  }

  #endRun(): void {
    if (this.#run >= SENTENCE_WORDS) this.#prose += this.#run
    this.#run = 0
  }

  #line(): void {
    this.#at++
    this.#endRun()
    if (this.#last() !== LINE) this.#push(LINE)
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
      if (kindAt(text, at + 1) === LETTER && this.#isJoint(text.charCodeAt(at))) {
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
    if (!isJoined && this.#words !== undefined) {
      const known = wordAt(this.#words, text, from, at - from) ?? OTHER_WORD
      if (known !== 'rem') {
        this.#run++
        this.#push(known)
        return
      }
    }
    const word = at - from > MAX_WORD ? 'longword' : text.slice(from, at)
    const plain = hasCaret ? word.replaceAll('^', '') : word
    const isFirst = this.#last() === LINE || this.#last() === '@' || this.#last() === ':'
    if (plain === 'rem' && isFirst) this.#comment('rem')
    else {
      this.#run++
      this.#push(plain.includes('-') && VERBS.test(plain) ? CMDLET : plain)
    }
  }

  #isJoint(code: number): boolean {
    return code === 0x2d || code === 0x27 || code === 0x5e || code === 0x2019
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
  #comment(token: string): void {
    const isAnother = this.#last() === LINE && this.#tokens[this.#tokens.length - 2] === token
    if (!isAnother) this.#push(token)
    this.#skipLine()
  }

  #sign(): void {
    const text = this.#text
    const sign = text.charAt(this.#at)
    if (sign === ',' || (sign === '.' && isBlankAt(text, this.#at + 1))) {
      this.#at++
      if (sign === ',') this.#push(sign)
      return
    }
    this.#endRun()
    const pair = text.slice(this.#at, this.#at + 2)
    if (sign === '"' || sign === "'" || sign === '`') this.#quote(sign)
    else if (pair === '/*') this.#block('*/')
    else if (pair === '<#') this.#block('#>')
    else if (pair === '//' && text.charAt(this.#at - 1) !== ':') this.#skipLine()
    else if (pair === '::' && this.#last() === LINE) this.#comment('rem')
    else if (sign === '#') this.#hash()
    else if ((sign === '-' || sign === '/') && this.#isOption()) this.#option(sign)
    else this.#plainSign(sign, pair)
  }

  #plainSign(sign: string, pair: string): void {
    const isPair = PAIRS.has(pair)
    this.#at += isPair ? 2 : 1
    this.#push(isPair ? pair : sign)
  }

  /** A string up to its other quote; without one an apostrophe begins a comment of Basic, and others are signs. */
  #quote(quote: string): void {
    const end = this.#endOfString(quote)
    if (end >= 0) {
      this.#at = end + 1
      this.#push(STRING)
    } else if (quote === "'") this.#comment("'")
    else {
      this.#at++
      this.#push(quote === '"' ? 'quote' : quote)
    }
  }

  #endOfString(quote: string): number {
    const text = this.#text
    const limit = Math.min(text.length, this.#at + MAX_STRING)
    for (let at = this.#at + 1; at < limit; at++) {
      const code = text.charCodeAt(at)
      if (code === 0x5c && quote !== '`') at++
      else if (code === quote.charCodeAt(0)) return at
      else if ((code === 0x0a || code === 0x0d) && quote !== '`') return -1
    }
    return -1
  }

  #block(end: string): void {
    const at = this.#text.indexOf(end, this.#at + 2)
    this.#at = at < 0 ? this.#text.length : at + 2
  }

  /** A comment of many languages where a blank or the beginning of a line is before it; else a sign. */
  #hash(): void {
    const text = this.#text
    const isFirst = this.#last() === LINE
    const isWord = kindAt(text, this.#at + 1) === LETTER
    const before = this.#at === 0 ? NEWLINE : kindAt(text, this.#at - 1)
    this.#at++
    this.#push('#')
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
    this.#push(sign + text.slice(from + 1, at).replaceAll('^', ''))
  }
}
