/** The text of an expression → its words. */
import { ExpressionError } from './syntax.ts'

/** One word of an expression. */
export interface Token {
  readonly kind: 'name' | 'number' | 'text' | 'regex' | 'sign' | 'end'
  /** The sign or name; of a text or pattern what is meant, its escapes resolved. */
  readonly text: string
  readonly at: number
  /** As written. */
  readonly raw: string
}

const MOST_TOKENS = 20_000
const NEXT =
  /\s*(?:(?<number>\d+(?:\.\d+)?)|(?<name>[A-Za-z][A-Za-z0-9_]*)|(?<sign>->|\*\*|\/\/|<<|>>|<=|>=|==|!=|[-+~*%&^|<>.,()[\]{}])|(?<quote>["'/]))/y

/** Splits an expression into words. A `/` begins a pattern where a value is expected, and divides behind one. */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  const length = text.trimEnd().length
  while (at < length && tokens.length < MOST_TOKENS) {
    const token = tokenAt(text, at, behindValue(tokens.at(-1)))
    tokens.push(token)
    at = token.at + token.raw.length
  }
  if (tokens.length >= MOST_TOKENS) throw new ExpressionError(at, `an expression of more than ${MOST_TOKENS} words`)
  return [...tokens, { kind: 'end', text: '', at: text.length, raw: '' }]
}

const OPERATORS = ['and', 'or', 'not', 'in', 'is', 'isdisjoint']

function behindValue(token: Token | undefined): boolean {
  if (!token || (token.kind === 'name' && OPERATORS.includes(token.text))) return false
  return token.kind !== 'sign' || [')', ']', '}'].includes(token.text)
}

function tokenAt(text: string, from: number, isBehindValue: boolean): Token {
  const start = from + (/^\s*/.exec(text.slice(from, from + 10_000))?.[0].length ?? 0)
  if (isBehindValue && text[start] === '/') {
    const raw = text[start + 1] === '/' ? '//' : '/'
    return { kind: 'sign', text: raw, at: start, raw }
  }
  if (text[start] === '/') return quoted(text, start, 'regex')
  NEXT.lastIndex = start
  const groups = NEXT.exec(text)?.groups ?? {}
  const { number, name, sign, quote } = groups
  if (number !== undefined) return { kind: 'number', text: number, at: start, raw: number }
  if (name !== undefined) return { kind: 'name', text: name, at: start, raw: name }
  if (sign !== undefined) return { kind: 'sign', text: sign, at: start, raw: sign }
  if (quote !== undefined) return quoted(text, start, 'text')
  throw new ExpressionError(start, `${JSON.stringify(text[start])} means nothing here`)
}

const BLANKS: Readonly<Record<string, string>> = { t: '\t', n: '\n', f: '\f', r: '\r' }

/** The predecessor takes one backslash away in patterns too: what is written `\.` reaches Python as `.`. */
function quoted(text: string, at: number, kind: 'text' | 'regex'): Token {
  const mark = text[at]
  let value = ''
  let i = at + 1
  for (; i < text.length && text[i] !== mark && text[i] !== '\n'; i++) {
    if (text[i] !== '\\') value += text[i]
    else {
      i++
      const escaped = text[i] ?? ''
      value += BLANKS[escaped] ?? escaped
    }
  }
  if (text[i] !== mark)
    throw new ExpressionError(at, `the ${kind === 'text' ? 'text' : 'pattern'} does not end on its line`)
  return { kind, text: value, at, raw: text.slice(at, i + 1) }
}
