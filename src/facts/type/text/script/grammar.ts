/**
 * Grammars are lists of short constructs in tokens of `lex.ts`, each with a weight. A text is of a language when constructs of it add up
 * beyond what its sentences take away: a letter that mentions a function stays a letter.
 *
 * In a construct `ID` stands for any word, `STR` for a string, `NUM` for a number, `OPT` for an option such as `-c`, `EOL` for the end of a line, `a|b` for one of several;
 * `^` in front: at the beginning of a line. It must begin with something definite.
 */
import { CMDLET, LINE, NUMBER, OTHER_WORD, STRING, type Tokens, WORDS_OF_LEXER } from './lex.ts'
import { type Words, wordsOf } from './words.ts'

/** Weight → constructs, separated by line ends or by two blanks. */
export type Grammar = readonly (readonly [weight: number, constructs: string])[]

interface Construct {
  readonly language: number
  readonly weight: number
  readonly atLineStart: boolean
  readonly rest: readonly (readonly string[])[]
  readonly index: number
}

/** The constructs of all languages by their first token. */
export interface Grammars {
  readonly types: readonly string[]
  readonly byToken: ReadonlyMap<string, readonly Construct[]>
  /** All tokens in them. */
  readonly words: Words
  readonly count: number
}

/** How strongly a text is of a language. */
export interface Score {
  readonly type: string
  readonly points: number
  /** Different constructs that were seen. */
  readonly kinds: number
  /** The heaviest of them. */
  readonly heaviest: number
}

/** The same construct counts so often, no more. */
const MOST_OF_ONE = 4

/** Puts grammars into the form in which texts are compared with them. */
export function compile(grammars: Readonly<Record<string, Grammar>>): Grammars {
  const types = Object.keys(grammars)
  const byToken = new Map<string, Construct[]>()
  const words = new Set(WORDS_OF_LEXER)
  let count = 0
  for (const [language, type] of types.entries()) {
    for (const [weight, constructs] of grammars[type] ?? []) {
      for (const construct of constructs.split(/\s*\n\s*|\s{2,}/).filter((text) => text !== '')) {
        const [first = [], ...rest] = construct.replace(/^\^ /, '').split(' ').map(alternatives)
        const one = { language, weight, atLineStart: construct.startsWith('^ '), rest, index: count++ }
        for (const token of first) byToken.set(token, [...(byToken.get(token) ?? []), one])
        for (const token of [first, ...rest].flat()) words.add(token)
      }
    }
  }
  return { types, byToken, words: wordsOf(words), count }
}

const NAMED: Readonly<Record<string, string>> = { STR: STRING, NUM: NUMBER, EOL: LINE, CMDLET }

function alternatives(text: string): readonly string[] {
  return (/^[|]{1,2}$/.test(text) ? [text] : text.split('|')).map((token) => NAMED[token] ?? token)
}

/** Compares tokens with all grammars; no scores where nothing fits. */
export function scores({ types, byToken, count }: Grammars, { tokens }: Tokens): readonly Score[] {
  let isAny = false
  const seen = new Uint8Array(count)
  const points = new Array<number>(types.length).fill(0)
  const kinds = new Array<number>(types.length).fill(0)
  const heaviest = new Array<number>(types.length).fill(0)
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as string
    if (token === OTHER_WORD) continue
    const constructs = byToken.get(token)
    if (constructs === undefined) continue
    for (const one of constructs) {
      if ((seen[one.index] as number) >= MOST_OF_ONE || !matches(one, tokens, at)) continue
      isAny = true
      if (seen[one.index] === 0) kinds[one.language] = (kinds[one.language] as number) + 1
      if (one.weight > (heaviest[one.language] as number)) heaviest[one.language] = one.weight
      seen[one.index] = (seen[one.index] as number) + 1
      points[one.language] = (points[one.language] as number) + one.weight
    }
  }
  if (!isAny) return []
  return types.map((type, language) => ({
    type,
    points: points[language] as number,
    kinds: kinds[language] as number,
    heaviest: heaviest[language] as number,
  }))
}

function matches({ atLineStart, rest }: Construct, tokens: readonly string[], at: number): boolean {
  if (atLineStart && at > 0 && tokens[at - 1] !== LINE) return false
  for (let n = 0; n < rest.length; n++) {
    const token = tokens[at + 1 + n]
    if (token === undefined || !fits(token, rest[n] as readonly string[])) return false
  }
  return true
}

function fits(token: string, wanted: readonly string[]): boolean {
  for (const one of wanted) {
    if (one === token || (one === 'ID' && isWord(token)) || (one === 'OPT' && isOption(token))) return true
  }
  return false
}

function isOption(token: string): boolean {
  return /^[-/][a-z]/.test(token)
}

function isWord(token: string): boolean {
  const code = token.charCodeAt(0)
  return (code >= 0x61 && code <= 0x7a) || code === 0x5f || code > 127
}
