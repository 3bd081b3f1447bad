/** A text that must stand in whatever a pattern is found in: where it does not, the pattern need not be tried. */

/** Characters that stand for themselves, of ASCII: only for these is it certain what they match regardless of case. */
const PLAIN = /[A-Za-z0-9 _/@#%&,;:!"'<>=~`-]/

/**
 * The longest run of plain ASCII characters that every match has, as small letters; empty where none is certain. Groups, classes and
 * anything unusual end a run; an alternative outside of groups makes all of them uncertain.
 */
export function patternLiteral(pattern: string): string {
  const runs: string[] = ['']
  let at = 0
  while (at < pattern.length) {
    const step = stepAt(pattern, at)
    if (!step) return ''
    at = step.end
    const quantifier = pattern.charAt(at)
    const isOptional = quantifier === '*' || quantifier === '?' || quantifier === '{'
    if (step.literal === '' || isOptional) runs.push('')
    else runs[runs.length - 1] += step.literal
    if (quantifier === '+') runs.push('')
    if (isOptional || quantifier === '+') at = afterQuantifier(pattern, at)
  }
  return runs.reduce((longest, run) => (run.length > longest.length ? run : longest)).toLowerCase()
}

interface Step {
  readonly end: number
  /** The character that must be there; empty where the step is something else. */
  readonly literal: string
}

/** One atom of the pattern; undefined where it is not certain what it is. */
function stepAt(pattern: string, at: number): Step | undefined {
  const character = pattern.charAt(at)
  if (PLAIN.test(character)) return { end: at + 1, literal: character }
  switch (character) {
    case '^':
    case '$':
    case '.':
      return { end: at + 1, literal: '' }
    case '\\':
      return escapeAt(pattern, at)
    case '[':
      return end(classEnd(pattern, at))
    case '(':
      return end(groupEnd(pattern, at))
    default:
      return character > '\x7f' ? { end: at + 1, literal: '' } : undefined
  }
}

function end(at: number | undefined): Step | undefined {
  return at === undefined ? undefined : { end: at, literal: '' }
}

function escapeAt(pattern: string, at: number): Step | undefined {
  const escaped = pattern.charAt(at + 1)
  if (/[.\\+*?()|[\]{}^$/_-]/.test(escaped)) return { end: at + 2, literal: escaped }
  return /[dDsSwWbB]/.test(escaped) ? { end: at + 2, literal: '' } : undefined
}

/** The place after a class; a class in it (`[[:alpha:]]`) makes it uncertain. */
function classEnd(pattern: string, start: number): number | undefined {
  let at = start + 1
  if (pattern.charAt(at) === '^') at++
  if (pattern.charAt(at) === ']') at++
  for (; at < pattern.length; at++) {
    const character = pattern.charAt(at)
    if (character === ']') return at + 1
    if (character === '[') return undefined
    if (character === '\\') at++
  }
  return undefined
}

/** The place after a group, however many lie in it. */
function groupEnd(pattern: string, start: number): number | undefined {
  let depth = 0
  for (let at = start; at < pattern.length; at++) {
    const character = pattern.charAt(at)
    if (character === '\\') {
      if (!/[^QE]/.test(pattern.charAt(at + 1))) return undefined
      at++
    } else if (character === '[') {
      const after = classEnd(pattern, at)
      if (after === undefined) return undefined
      at = after - 1
    } else if (character === '(') depth++
    else if (character === ')' && --depth === 0) return at + 1
  }
  return undefined
}

function afterQuantifier(pattern: string, at: number): number {
  const rest = /^(?:[*+?]|\{[0-9,]*\})\??/.exec(pattern.slice(at, at + 32))
  // A brace that is no quantifier is a character of its own; it ends the run all the same.
  return at + (rest?.[0].length ?? 1)
}
