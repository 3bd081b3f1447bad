/**
 * Where in a file the n-th character of a YAML scalar's value stands: quotes, escapes, indentation and folded lines lie between the two.
 * The source is walked along the value; what the value does not have (indentation, escapes' backslashes) is stepped over.
 */
import type { Scalar } from 'yaml'

/** Offset in the source of `index` in the value of a scalar; the start of the scalar where the two cannot be matched. */
export function offsetInScalar(scalar: Scalar, text: string, index: number): number {
  const [start, end] = scalar.range ?? [0, 0]
  const value = String(scalar.value ?? '')
  let at = firstCharacter(scalar, text, start)
  for (let i = 0; i < index && at < end; i++) at = afterCharacter(scalar, text, at, value.charAt(i))
  if (index < value.length) at = skipMissing(scalar, text, at, value.charAt(index))
  return Math.min(at, end)
}

function firstCharacter({ type }: Scalar, text: string, start: number): number {
  if (type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE') return start + 1
  if (type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED') return text.indexOf('\n', start) + 1
  return start
}

function afterCharacter(scalar: Scalar, text: string, at: number, character: string): number {
  const here = skipMissing(scalar, text, at, character)
  const source = text.charAt(here)
  if (scalar.type === 'QUOTE_DOUBLE' && source === '\\') return here + escapeLength(text, here)
  if (scalar.type === 'QUOTE_SINGLE' && source === "'") return here + 2
  if (character === ' ' && source === '\n') return here + foldLength(text, here)
  return here + 1
}

/** Steps over white space that the value does not have. */
function skipMissing({ type }: Scalar, text: string, at: number, character: string): number {
  if (type === 'QUOTE_DOUBLE' && text.charAt(at) === '\\' && text.charAt(at + 1) !== '\n') return at
  let here = at
  while (text.charAt(here) !== character && /\s/.test(text.charAt(here))) {
    if (character === ' ' && text.charAt(here) === '\n') return here
    here++
  }
  return here
}

function escapeLength(text: string, at: number): number {
  return { x: 4, u: 6, U: 10 }[text.charAt(at + 1)] ?? 2
}

/** A fold: one line end and the indentation after it stand for one space. */
function foldLength(text: string, at: number): number {
  return /^\s*/.exec(text.slice(at))?.[0].length ?? 1
}
