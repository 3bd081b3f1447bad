/** Values of PDF (ISO 32000-1, 7.2 and 7.3), read token by token as readers do: with comments, escapes and whatever is nested. */
import { pdfBytes, plainNames } from './pdf-object.ts'

/** What stands in a dictionary, in its order. */
export type PdfEntries = readonly (readonly [key: string, value: PdfValue])[]

/** One value of PDF; a word is `true`, `false` or `null`. */
export type PdfValue =
  | { readonly kind: 'name' | 'word'; readonly text: string }
  | { readonly kind: 'number' | 'reference'; readonly number: number }
  | { readonly kind: 'string'; readonly bytes: Buffer }
  | { readonly kind: 'array'; readonly items: readonly PdfValue[] }
  | { readonly kind: 'dictionary'; readonly entries: PdfEntries }

const SPACE = String.raw`[\0\t\n\f\r ]`
const REGULAR = String.raw`[^\0\t\n\f\r ()<>[\]{}/%]`
const TOKENS = {
  space: new RegExp(`${SPACE}+|%[^\\r\\n]*`, 'y'),
  name: new RegExp(`/(${REGULAR}*)`, 'y'),
  integer: new RegExp(String.raw`[+-]?\d{1,12}(?!${REGULAR})`, 'y'),
  generation: new RegExp(String.raw`\d{1,12}(?!${REGULAR})`, 'y'),
  reference: new RegExp(`R(?!${REGULAR})`, 'y'),
  object: new RegExp(`obj(?!${REGULAR})`, 'y'),
  word: new RegExp(`(?:true|false|null)(?!${REGULAR})`, 'y'),
  hexadecimal: /<[0-9A-Fa-f\0\t\n\f\r ]*>/y,
  piece: /\\[\s\S]|[^()\\]+|[()]/y,
  dictionary: /<</y,
  endOfDictionary: />>/y,
  array: /\[/y,
  endOfArray: /\]/y,
} as const
const MAX_DEPTH = 10
/** All that is read of one file; what is read of an honest one has some hundred bytes. */
const MAX_READ = 8 * 1024 * 1024

/** Reads values in a file; once it has read more than any honest file asks for, it understands nothing. */
export class PdfValues {
  readonly #text: string
  #at = 0
  #left = MAX_READ

  constructor(text: string) {
    this.#text = text
  }

  /** The value that begins here; undefined where it cannot be told, `none` where there is none that could be a dictionary. */
  at(start: number): PdfValue | 'none' | undefined {
    this.#at = start
    while (this.#take('space') !== undefined);
    const isDictionary = this.#text[this.#at] === '<'
    const value = this.#value(0)
    if (this.#left <= 0) return undefined
    return value ?? (isDictionary ? undefined : 'none')
  }

  /** The values of all objects with this number, wherever they stand: which counts, readers do not agree on. */
  objects(number: number): readonly (PdfValue | undefined)[] {
    const usual = `${SPACE}+\\d+${SPACE}+obj(?!${REGULAR})`
    const odd = `(?=${SPACE}*%)|(?=${SPACE}+\\d+${SPACE}*%)`
    const heads = new RegExp(String.raw`(?<!\d)0*${number}(?:${usual}|${odd})`, 'g')
    const found: (PdfValue | undefined)[] = []
    for (const { index, 0: head } of this.#text.matchAll(heads)) {
      this.#at = index + head.length
      const isHead =
        head.endsWith('obj') || (this.#token('generation') !== undefined && this.#token('object') !== undefined)
      if (isHead) found.push(this.#value(0))
      if (this.#left <= 0) return [undefined]
    }
    return found
  }

  /** The token of this kind that comes next, behind white space and comments. */
  #token(kind: keyof typeof TOKENS): string | undefined {
    while (this.#take('space') !== undefined);
    return this.#take(kind)
  }

  #take(kind: keyof typeof TOKENS): string | undefined {
    const token = TOKENS[kind]
    token.lastIndex = this.#at
    const found = this.#left > 0 ? token.exec(this.#text)?.[0] : undefined
    this.#at += found?.length ?? 0
    this.#left -= (found?.length ?? 0) + 1
    return found
  }

  #value(depth: number): PdfValue | undefined {
    if (depth > MAX_DEPTH) return undefined
    const integer = this.#token('integer')
    if (integer !== undefined) return this.#number(Number(integer))
    const name = this.#take('name')
    if (name !== undefined) return { kind: 'name', text: plainNames(name.slice(1)) }
    const word = this.#take('word')
    if (word !== undefined) return { kind: 'word', text: word }
    const digits = this.#take('hexadecimal')
    if (digits !== undefined) return { kind: 'string', bytes: pdfBytes(digits) }
    if (this.#text[this.#at] === '(') return this.#string()
    if (this.#take('dictionary') !== undefined) return this.#dictionary(depth)
    return this.#take('array') === undefined ? undefined : this.#array(depth)
  }

  #number(number: number): PdfValue {
    const after = this.#at
    if (this.#token('generation') !== undefined && this.#token('reference') !== undefined)
      return { kind: 'reference', number }
    this.#at = after
    return { kind: 'number', number }
  }

  #string(): PdfValue | undefined {
    const start = this.#at
    let depth = 0
    do {
      const piece = this.#take('piece')
      if (piece === undefined) return undefined
      depth += piece === '(' ? 1 : piece === ')' ? -1 : 0
    } while (depth > 0)
    return { kind: 'string', bytes: pdfBytes(this.#text.slice(start, this.#at)) }
  }

  /** Which of two values of one key counts, readers do not agree on. */
  #dictionary(depth: number): PdfValue | undefined {
    const entries = new Map<string, PdfValue>()
    while (this.#token('endOfDictionary') === undefined) {
      const key = this.#take('name')
      const value = key === undefined ? undefined : this.#value(depth + 1)
      const name = plainNames(key?.slice(1) ?? '')
      if (value === undefined || entries.has(name)) return undefined
      entries.set(name, value)
    }
    return { kind: 'dictionary', entries: [...entries] }
  }

  #array(depth: number): PdfValue | undefined {
    const items: PdfValue[] = []
    while (this.#token('endOfArray') === undefined) {
      const value = this.#value(depth + 1)
      if (value === undefined) return undefined
      items.push(value)
    }
    return { kind: 'array', items }
  }
}
