/**
 * The tokens that grammars ask for, as numbers: most words of a letter are none of them, and are told apart before they are cut out of
 * the text.
 */

/** The end of one or more lines. */
export const LINE = 0
/** A string literal. */
export const STRING = 1
/** A number. */
export const NUMBER = 2
/** A verb and a noun as PowerShell's commands have them. */
export const CMDLET = 3
/** Any word that no grammar asks for. */
export const OTHER_WORD = 4
/** Any such option. */
export const OTHER_OPTION = 5
/** Any such sign. */
export const OTHER_SIGN = 6
/** Tokens that the lexer itself knows. */
export const REM = 7
export const AT = 8
export const COLON = 9
export const APOSTROPHE = 10
const FIXED = ['\n', '"', '0', 'verb-noun', '_other', '-_other', '\0', 'rem', '@', ':', "'"]

/** Pairs of signs that mean something together. */
const PAIRS = '=> == != :: -> && || := <- =~ %% $( ${ += ++ <? ?> <<'.split(' ')

/** The tokens of all grammars. */
export interface Vocabulary {
  readonly count: number
  readonly idOf: ReadonlyMap<string, number>
  /** By the code of a sign. */
  readonly signs: Uint16Array
  /** By the codes of both signs; 0 where they mean nothing together. */
  readonly pairs: Uint16Array
  readonly buckets: readonly (readonly (readonly [word: string, id: number])[] | undefined)[]
}

const SIZE = 8192

/** Gives a number to each token. */
export function vocabularyOf(tokens: Iterable<string>): Vocabulary {
  const idOf = new Map<string, number>(FIXED.map((token, id) => [token, id]))
  for (const token of tokens) if (!idOf.has(token)) idOf.set(token, idOf.size)
  const buckets = new Array<(readonly [string, number])[] | undefined>(SIZE).fill(undefined)
  for (const [token, id] of idOf) {
    const at = placeOf(token, 0, token.length)
    buckets[at] = [...(buckets[at] ?? []), [token, id]]
  }
  const signs = Uint16Array.from({ length: 128 }, (_, code) => idOf.get(String.fromCharCode(code)) ?? OTHER_SIGN)
  const pairs = new Uint16Array(128 * 128)
  for (const pair of PAIRS) pairs[pair.charCodeAt(0) * 128 + pair.charCodeAt(1)] = idOf.get(pair) ?? OTHER_SIGN
  return { count: idOf.size, idOf, signs, pairs, buckets }
}

/** The number of the word that stands there. */
export function wordAt({ buckets }: Vocabulary, text: string, at: number, length: number): number {
  const alike = buckets[placeOf(text, at, length)]
  if (alike === undefined) return OTHER_WORD
  for (const [word, id] of alike) if (word.length === length && text.startsWith(word, at)) return id
  return OTHER_WORD
}

function placeOf(text: string, at: number, length: number): number {
  const second = length > 1 ? text.charCodeAt(at + 1) : 0
  return (text.charCodeAt(at) * 37 + second * 5 + length * 1031) & (SIZE - 1)
}

/** Whether any word stands for `ID` in a construct. */
export function isWord(token: string): boolean {
  const code = token.charCodeAt(0)
  return (code >= 0x61 && code <= 0x7a) || code === 0x5f || code > 127
}

const CMDLETS =
  /^(?:get|set|new|add|remove|invoke|start|stop|write|out|read|import|export|test|select|where|foreach|convertto|convertfrom|join|split|copy|move|rename|register|unregister|enable|disable|install|clear|update|wait|expand|compress|restart|resolve|push|pop|measure|sort|format)-[a-z]{2,40}$/

/** Whether a word is a verb and a noun as PowerShell's commands have them. */
export function isCmdlet(word: string): boolean {
  return CMDLETS.test(word)
}

/** Whether any option stands for `OPT` in a construct. */
export function isOption(token: string): boolean {
  return /^[-/](?:[a-z]|_other$)/.test(token)
}
