/** Pieces of conditions in our own language (CEL), simplified where a side is certain. */

/** A condition that always holds. */
export const TRUE = 'true'
/** A condition that never holds. */
export const FALSE = 'false'

/** All of these; what is certain is left out. */
export function all(conditions: readonly string[]): string {
  return joined(conditions, ' && ', TRUE, FALSE)
}

/** Any of these; what is certain is left out. */
export function any(conditions: readonly string[]): string {
  return joined(conditions, ' || ', FALSE, TRUE)
}

/** The opposite. */
export function not(condition: string): string {
  if (condition === TRUE) return FALSE
  if (condition === FALSE) return TRUE
  const [, left, right] = /^([\w.]+) == ('[^'\\]*'|[\w.]+)$/.exec(condition) ?? []
  if (left !== undefined) return `${left} != ${right}`
  return isSimple(condition) && /^[\w.]+(?:\([^ ]*\))?$/.test(condition) ? `!${condition}` : `!(${condition})`
}

/** A text as a literal: raw where it has backslashes, so that patterns can be read. */
export function literal(text: string): string {
  if (/^[ !#-\x5b\x5d-~]*$/.test(text) && !text.includes("'")) return `'${text}'`
  if (/^[ !#-~]*$/.test(text) && !text.includes("'") && !text.endsWith('\\')) return `r'${text}'`
  return `'${[...text].map(escaped).join('')}'`
}

/** Whether a value is one of these texts; long lists are divided, as a list has at most 1,000 elements. */
export function isOneOf(value: string, texts: readonly string[]): string {
  const [first] = texts
  if (first === undefined) return FALSE
  if (texts.length === 1) return `${value} == ${literal(first)}`
  const parts = Array.from({ length: Math.ceil(texts.length / 500) }, (_, i) => texts.slice(i * 500, i * 500 + 500))
  return any(parts.map((part) => `${value} in [${part.map(literal).join(', ')}]`))
}

/** A text as a pattern that matches it and nothing else. */
export function plainPattern(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&')
}

function joined(conditions: readonly string[], operator: string, neutral: string, deciding: string): string {
  if (conditions.includes(deciding)) return deciding
  const uncertain = [...new Set(conditions.filter((condition) => condition !== neutral))]
  if (uncertain.length <= 1) return uncertain[0] ?? neutral
  return uncertain.map(inParentheses).join(operator)
}

function inParentheses(condition: string): string {
  return isSimple(condition) ? condition : `(${condition})`
}

/** Whether a condition has no && || or ?: outside of brackets and texts. */
function isSimple(condition: string): boolean {
  let depth = 0
  let quote = ''
  for (let i = 0; i < condition.length; i++) {
    const char = condition[i] ?? ''
    if (quote !== '') {
      if (char === '\\' && quote !== 'raw') i++
      else if (char === "'") quote = ''
    } else if (char === "'") quote = condition[i - 1] === 'r' ? 'raw' : 'text'
    else if ('([{'.includes(char)) depth++
    else if (')]}'.includes(char)) depth--
    else if (depth === 0 && '&|?'.includes(char)) return false
  }
  return true
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

function escaped(char: string): string {
  const code = char.codePointAt(0) ?? 0
  if (char in ESCAPES) return ESCAPES[char] ?? char
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, '0')}`
  return code > 0x7e ? `\\U${code.toString(16).padStart(8, '0')}` : char
}
