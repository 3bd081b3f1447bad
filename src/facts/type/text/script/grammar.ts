/**
 * Grammars are lists of short constructs in tokens of `lex.ts`, each with a weight. A text is of a language when constructs of it add up
 * beyond what its sentences take away: a letter that mentions a function stays a letter.
 *
 * In a construct `ID` stands for any word, `STR` for a string, `NUM` for a number, `OPT` for an option such as `-c`, `EOL` for the end of a line, `a|b` for one of several;
 * `^` in front: at the beginning of a line. It must begin with something definite.
 */
import type { Tokens } from './lex.ts'
import { isCmdlet, isOption, isWord, LINE, OTHER_WORD, type Vocabulary, vocabularyOf } from './words.ts'

/** Weight → constructs, separated by line ends or by two blanks. */
export type Grammar = readonly (readonly [weight: number, constructs: string])[]

interface Construct {
  readonly language: number
  readonly weight: number
  readonly atLineStart: boolean
  /** What may follow: the rows of these sets in the table. */
  readonly rest: readonly number[]
  readonly index: number
}

/** The constructs of all languages by their first token. */
export interface Grammars {
  readonly types: readonly string[]
  readonly byToken: readonly (readonly Construct[] | undefined)[]
  /** All tokens in them. */
  readonly words: Vocabulary
  /** Sets of tokens, a row each: 1 where the token of that number belongs to the set. */
  readonly sets: Uint8Array
  readonly count: number
}

interface Draft extends Omit<Construct, 'rest'> {
  readonly first: readonly string[]
  readonly rest: readonly (readonly string[])[]
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
  const drafts = types.flatMap((type, language) => draftsOf(grammars[type] ?? [], language)).map(numbered)
  const words = vocabularyOf(drafts.flatMap(({ first, rest }) => [first, ...rest].flat()))
  const names = [...new Set(drafts.flatMap(({ rest }) => rest.map((set) => set.join(' '))))]
  const sets = new Uint8Array(names.length * words.count)
  for (const [n, name] of names.entries()) {
    const wanted = name.split(' ')
    for (const [token, id] of words.idOf) if (fits(token, wanted)) sets[n * words.count + id] = 1
  }
  const byToken = new Array<Construct[] | undefined>(words.count).fill(undefined)
  for (const { first, rest, ...draft } of drafts) {
    const one = { ...draft, rest: rest.map((set) => names.indexOf(set.join(' ')) * words.count) }
    const wanted = first.includes(CMDLET_TOKEN) ? [...first, ...[...words.idOf.keys()].filter(isCmdlet)] : first
    for (const token of new Set(wanted)) {
      const id = words.idOf.get(token) ?? OTHER_WORD
      byToken[id] = [...(byToken[id] ?? []), one]
    }
  }
  return { types, byToken, words, sets, count: drafts.length }
}

function draftsOf(grammar: Grammar, language: number): readonly Omit<Draft, 'index'>[] {
  return grammar.flatMap(([weight, constructs]) =>
    constructs
      .split(/\s*\n\s*|\s{2,}/)
      .filter((text) => text !== '')
      .map((text) => {
        const [first = [], ...rest] = text.replace(/^\^ /, '').split(' ').map(alternatives)
        return { language, weight, atLineStart: text.startsWith('^ '), first, rest }
      }),
  )
}

function numbered(draft: Omit<Draft, 'index'>, index: number): Draft {
  return { ...draft, index }
}

const CMDLET_TOKEN = 'verb-noun'
const NAMED: Readonly<Record<string, string>> = { STR: '"', NUM: '0', EOL: '\n', CMDLET: CMDLET_TOKEN }

function alternatives(text: string): readonly string[] {
  return (/^[|]{1,2}$/.test(text) ? [text] : text.split('|')).map((token) => NAMED[token] ?? token)
}

/** Compares tokens with all grammars: those of which anything was seen. */
export function scores({ types, byToken, sets, count }: Grammars, { tokens }: Tokens): readonly Score[] {
  const seen = new Uint8Array(count)
  const found: (Draw | undefined)[] = []
  for (let at = 0; at < tokens.length; at++) {
    const constructs = byToken[tokens[at] as number]
    if (constructs === undefined) continue
    for (const one of constructs) {
      const before = seen[one.index] as number
      if (before >= MOST_OF_ONE || !matches(one, sets, tokens, at)) continue
      seen[one.index] = before + 1
      const draw = found[one.language] ?? { points: 0, kinds: 0, heaviest: 0 }
      found[one.language] = draw
      draw.points += one.weight
      if (before === 0) draw.kinds++
      if (one.weight > draw.heaviest) draw.heaviest = one.weight
    }
  }
  return found.flatMap((draw, language) => (draw === undefined ? [] : [{ type: types[language] as string, ...draw }]))
}

/** Points while they are counted. */
type Draw = { points: number; kinds: number; heaviest: number }

function matches({ atLineStart, rest }: Construct, sets: Uint8Array, tokens: readonly number[], at: number): boolean {
  if (atLineStart && at > 0 && tokens[at - 1] !== LINE) return false
  if (at + rest.length >= tokens.length) return false
  for (let n = 0; n < rest.length; n++) {
    if (sets[(rest[n] as number) + (tokens[at + 1 + n] as number)] === 0) return false
  }
  return true
}

function fits(token: string, wanted: readonly string[]): boolean {
  return wanted.some(
    (one) =>
      one === token ||
      (one === 'ID' && isWord(token)) ||
      (one === 'OPT' && isOption(token)) ||
      (one === CMDLET_TOKEN && isCmdlet(token)),
  )
}
