/**
 * Patterns of Python's `re` → RE2, which our conditions match with in linear time. What RE2 cannot do is a reason; what it reads in another way
 * is rewritten.
 */

/** A pattern that means here what it meant there, or why there is none. */
export type Pattern = { readonly pattern: string } | { readonly why: string }

/** Python's classes are Unicode's. */
const CLASSES: Readonly<Record<string, string>> = {
  d: '\\p{Nd}',
  w: '\\p{L}\\p{N}_',
  s: '\\s\\x0b\\x1c-\\x1f\\x{85}\\p{Z}',
}
const GROUPS: readonly (readonly [begin: RegExp, why: string])[] = [
  [/^\(\?<?[=!]/, 'it looks around (`(?=`, `(?!`, `(?<=`, `(?<!`), which cannot be matched in linear time'],
  [/^\(\?P=/, 'it refers back to a group, which cannot be matched in linear time'],
  [/^\(\?\(/, 'it has a conditional group, which cannot be matched in linear time'],
  [/^\(\?>/, 'it has an atomic group, which RE2 does not know'],
  [/^\(\?[a-zA-Z]*[aLx]/, 'it sets the flag a, L or x, which RE2 does not know'],
]

/** Rewrites a pattern. `isWide` where it must rather match too much: an end also stands before a last line feed, as in Python. */
export function toRe2(python: string, isWide: boolean): Pattern {
  let pattern = ''
  let inClass = false
  for (let i = 0; i < python.length; ) {
    const step: Step | { readonly why: string } = inClass ? inClassStep(python, i) : outsideStep(python, i, isWide)
    if ('why' in step) return step
    pattern += step.text
    if (step.opens !== undefined) inClass = step.opens
    i += step.length
  }
  return inClass ? { why: 'a [ is never closed' } : { pattern }
}

interface Step {
  readonly text: string
  readonly length: number
  readonly opens?: boolean
}

function outsideStep(python: string, i: number, isWide: boolean): Step | { readonly why: string } {
  const char = python[i] ?? ''
  if (char === '\\') return escapeStep(python, i, false)
  if (char === '[') {
    const opening = /^\[\^?\]?/.exec(python.slice(i, i + 3))?.[0] ?? '['
    return { text: opening.replace(/\]$/, '\\]'), length: opening.length, opens: true }
  }
  if (char === '$' && isWide) return { text: '\\n?$', length: 1 }
  if (char === '{') return braces(python, i)
  if (char !== '(') return { text: char, length: 1 }
  const head = python.slice(i, i + 12)
  const why = GROUPS.find(([begin]) => begin.test(head))?.[1]
  if (why !== undefined) return { why }
  if (!head.startsWith('(?#')) return { text: char, length: 1 }
  const end = python.indexOf(')', i)
  return end < 0 ? { why: 'a comment in it does not end' } : { text: '', length: end + 1 - i }
}

/** `{,3}` counts from nothing; a brace that counts nothing is a brace. */
function braces(python: string, i: number): Step {
  const count = /^\{(\d*)(,?)(\d*)\}/.exec(python.slice(i, i + 24))
  if (!count || (count[1] === '' && count[3] === '')) return { text: '\\{', length: 1 }
  const [whole, from, comma, to] = count
  return { text: `{${from === '' ? '0' : from}${comma}${to}}`, length: whole.length }
}

function inClassStep(python: string, i: number): Step | { readonly why: string } {
  const char = python[i] ?? ''
  if (char === '\\') return escapeStep(python, i, true)
  if (char === '[') return { text: '\\[', length: 1 }
  return char === ']' ? { text: ']', length: 1, opens: false } : { text: char, length: 1 }
}

function escapeStep(python: string, i: number, inClass: boolean): Step | { readonly why: string } {
  const char = python[i + 1]
  if (char === undefined) return { why: 'it ends with a backslash' }
  const lower = CLASSES[char.toLowerCase()]
  if (lower !== undefined && char === char.toLowerCase()) return { text: inClass ? lower : `[${lower}]`, length: 2 }
  if (lower !== undefined) {
    return inClass ? { why: `it has \\${char} within [ ]` } : { text: `[^${lower}]`, length: 2 }
  }
  const unicode = /^\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/.exec(python.slice(i, i + 10))
  if (unicode) return { text: `\\x{${unicode[1] ?? unicode[2]}}`, length: unicode[0].length }
  if (char === 'Z' && !inClass) return { text: '\\z', length: 2 }
  if (/[1-9]/.test(char)) return { why: 'it refers back to a group, which cannot be matched in linear time' }
  if (char === 'b' && inClass) return { text: '\\x08', length: 2 }
  if (char === 'N') return { why: 'it names a character (\\N)' }
  return /[A-Za-z0-9]/.test(char) || char.charCodeAt(0) < 0x7f
    ? { text: `\\${char}`, length: 2 }
    : { text: char, length: 2 }
}

/** Whether a pattern has an alternative outside of all groups: there the predecessor's `==` binds its end to the last one only. */
export function hasTopLevelChoice(pattern: string): boolean {
  let depth = 0
  let inClass = false
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]
    if (char === '\\') i++
    else if (inClass) inClass = char !== ']'
    else if (char === '[') inClass = true
    else if (char === '(') depth++
    else if (char === ')') depth--
    else if (char === '|' && depth === 0) return true
  }
  return false
}
