/** Which languages a text is written in: by its first line where that names an interpreter, else by the constructs that it is made of. */
import { groupOf } from '../../catalog.ts'
import { GENERAL_GRAMMARS, SOURCE_GRAMMARS } from './general.ts'
import { compile, type Score, scores } from './grammar.ts'
import { lex } from './lex.ts'
import { SHELL_GRAMMARS } from './shell.ts'
import { WEB_GRAMMARS } from './web.ts'

const GRAMMARS = compile({ ...WEB_GRAMMARS, ...SHELL_GRAMMARS, ...GENERAL_GRAMMARS, ...SOURCE_GRAMMARS })
/** A look at so many tokens is enough for most texts … */
const FIRST_TOKENS = 240
/** … and at so many for those that are not clear by then. */
const MOST_TOKENS = 2000
const ENOUGH_POINTS = 6
/** Points that each word of a sentence takes. */
const PROSE_WEIGHT = 0.2
/** A second language counts when it is this sure, alone and beside the first. */
const SECOND_POINTS = 14
const SECOND_SHARE = 0.5
const DECISIVE = 9
/** What sources share with other languages decides nothing. */
const LEAST_OF_SOURCE = 2
const PHP = 'application/x-php'
const BATCH = 'application/x-bat'
const JSCRIPT = 'application/x-jscript'

/** How much of a text is more than comments and blanks, in tokens, up to so many. */
export function countTokens(text: string, most: number): number {
  return lex(text, most, GRAMMARS.words).tokens.length
}

/** The languages of a text, the likeliest first; none where it is no program. */
export function scriptTypes(text: string): string[] {
  if (text.startsWith('#!')) {
    const named = INTERPRETERS.find(([pattern]) => pattern.test(text.slice(0, 200)))
    if (named !== undefined) return [named[1]]
  }
  if (isSignsOnly(text)) return ['text/javascript']
  if (isPercentCode(text)) return [BATCH]
  const start = languagesOf(text, FIRST_TOKENS)
  return start.isSettled ? start.types : languagesOf(text, MOST_TOKENS).types
}

const INTERPRETERS: readonly (readonly [RegExp, string])[] = [
  [/^#![^\n]*\b(?:ba|da|k|z|a|c|tc|fi)?sh\b/, 'text/x-shellscript'],
  [/^#![^\n]*\bpython/, 'text/x-python'],
  [/^#![^\n]*\bperl/, 'text/x-perl'],
  [/^#![^\n]*\bruby/, 'text/x-ruby'],
  [/^#![^\n]*\bphp/, 'application/x-php'],
  [/^#![^\n]*\b(?:node|deno|bun)\b/, 'text/javascript'],
  [/^#![^\n]*\b[gmn]?awk\b/, 'text/x-awk'],
  [/^#![^\n]*\b(?:tclsh|wish|expect)/, 'text/x-tcl'],
  [/^#![^\n]*\blua/, 'text/x-lua'],
  [/^#![^\n]*\b(?:pwsh|powershell)/, 'application/x-powershell'],
  [/^#![^\n]*\bosascript/, 'text/x-applescript'],
]

function languagesOf(text: string, most: number): { readonly types: string[]; readonly isSettled: boolean } {
  const read = lex(text, most, GRAMMARS.words)
  const isWhole = read.tokens.length < most
  const carets = Math.min(read.carets, 10)
  const found = scores(GRAMMARS, read)
    .map((score) => (score.type === BATCH && score.points > 0 ? disguised(score, carets) : score))
    .filter(({ type }) => type !== PHP || /<\?(?:php|=|\s)/i.test(text))
    .sort((a, b) => b.points - a.points)
  const enough = ENOUGH_POINTS + read.prose * PROSE_WEIGHT
  const isProse = read.prose * 2 > read.tokens.length && (found[0]?.points ?? 0) < enough
  return { types: chosen(found, enough), isSettled: isWhole || isProse || (found[0]?.points ?? 0) > 3 * enough }
}

function chosen(found: readonly Score[], enough: number): string[] {
  const likely = found.filter((score) => score.points >= enough && isSure(score))
  const first = likely.find(({ type }) => type !== JSCRIPT)
  if (first === undefined) return likely.length > 0 ? ['text/javascript', JSCRIPT] : []
  // Sources have much in common with scripts: beside one, only what is no chance counts.
  const isSource = groupOf(first.type) === 'source'
  const others = likely.filter(
    ({ type, points, heaviest }) =>
      type !== first.type &&
      (!isSource || heaviest >= DECISIVE) &&
      groupOf(type) === 'script' &&
      points >= SECOND_POINTS &&
      points >= first.points * SECOND_SHARE,
  )
  const types = [first.type, ...others.map(({ type }) => type)].filter((type) => type !== JSCRIPT)
  const isJscript = first.type === 'text/javascript' && likely.some(({ type }) => type === JSCRIPT)
  return isJscript ? [first.type, JSCRIPT, ...types.slice(1)] : types
}

/** Nobody but the command interpreter reads words with carets in them. */
function disguised(score: Score, carets: number): Score {
  return { ...score, points: score.points + carets, heaviest: carets > 2 ? DECISIVE : score.heaviest }
}

/** A construct so heavy is no chance; others need company, and not only of what every language has. */
function isSure({ type, kinds, heaviest }: Score): boolean {
  const least = groupOf(type) === 'source' ? LEAST_OF_SOURCE : 1
  return heaviest >= DECISIVE || (kinds > 1 && heaviest > least)
}

const SIGNS_PROBE = 2000

/** JavaScript can be written with six signs alone, and is, to hide what it does. */
function isSignsOnly(text: string): boolean {
  const start = text.slice(0, SIGNS_PROBE)
  return start.length >= 60 && /^[[\]()!+\s;]+$/.test(start) && /\[\]|!\[/.test(start) && start.includes('(')
}

const VARIABLE = /%[a-z_]\w{3,40}(?::~-?\d{1,5}(?:,-?\d{1,5})?)?%/gi

/** Commands cut into pieces by variables that nobody set, or put together from pieces of some. */
function isPercentCode(text: string): boolean {
  const start = text.slice(0, SIGNS_PROBE)
  if (!start.includes('%')) return false
  const found = [...start.matchAll(VARIABLE)]
  const shown = found.reduce((sum, [match]) => sum + match.length, 0)
  return found.length >= 6 && shown * 2 > start.replace(/\s+/g, '').length
}
