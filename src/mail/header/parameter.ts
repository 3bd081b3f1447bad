/** `value; name=value; …` as Content-Type and Content-Disposition have it (RFC 2045 section 5.1), every parameter kept, duplicates too. */
export interface Parameter {
  /** Lower case, as it stands: `filename`, `filename*`, `filename*0*`. */
  readonly name: string
  readonly value: string
  /** As it stands, comments included; empty where it is quoted. */
  readonly bare: string
}

export interface Structured {
  /** The whole as it stands: names are looked for in it also by broken syntax. */
  readonly text: string
  /** What stands before the first `;`, lower case. */
  readonly value: string
  readonly parameters: readonly Parameter[]
}

/** Parses a structured value; never fails, what makes no sense is passed over. */
export function parseStructured(text: string): Structured {
  const value = untilSemicolon(text, 0)
  const parameters: Parameter[] = []
  let at = value.next
  while (at < text.length) {
    const name = parameterName(text, at)
    if (name.isValue) {
      const found = parameterValue(text, name.next)
      parameters.push({ name: name.name, value: found.value, bare: found.bare })
      at = found.next
    } else at = name.next
  }
  return { text, value: stripComments(value.value).trim().toLowerCase(), parameters }
}

/** The first parameter of that name, which is the one an RFC reading takes. */
export function parameter(structured: Structured, name: string): string {
  return structured.parameters.find((each) => each.name === name)?.value ?? ''
}

/** Drops RFC 822 comments; one that never closes runs to the end. */
export function stripComments(text: string): string {
  if (!text.includes('(')) return text
  let depth = 0
  let kept = ''
  for (const char of text) {
    if (char === '(') depth++
    else if (char === ')' && depth > 0) depth--
    else if (depth === 0) kept += char
  }
  return kept
}

function untilSemicolon(text: string, from: number): { value: string; next: number } {
  const semicolon = text.indexOf(';', from)
  const end = semicolon < 0 ? text.length : semicolon
  return { value: text.slice(from, end), next: end + 1 }
}

function parameterName(text: string, from: number): { name: string; isValue: boolean; next: number } {
  let at = from
  while (at < text.length && text[at] !== '=' && text[at] !== ';') at++
  return {
    name: stripComments(text.slice(from, at)).trim().toLowerCase(),
    isValue: text[at] === '=',
    next: at + 1,
  }
}

interface Value {
  readonly value: string
  readonly bare: string
  readonly next: number
}

function parameterValue(text: string, from: number): Value {
  let at = from
  while (at < text.length && /[ \t]/.test(text.charAt(at))) at++
  return text[at] === '"' ? quotedValue(text, at + 1) : bareValue(text, at)
}

function quotedValue(text: string, from: number): Value {
  let value = ''
  let at = from
  let start = from
  for (; at < text.length && text[at] !== '"'; at++) {
    if (text[at] !== '\\') continue
    value += text.slice(start, at)
    start = ++at
  }
  value += text.slice(start, at)
  // Nothing between the closing quote and the semicolon reaches the value, as libmime and Python have it.
  return { value, bare: '', next: untilSemicolon(text, at + 1).next }
}

/** A token; mail programs allow blanks in it. A comment begins after a blank only: `Invoice(1).pdf` is a name. */
function bareValue(text: string, from: number): Value {
  const { value, next } = untilSemicolon(text, from)
  const comment = value.search(/[ \t]\(/)
  const kept = comment < 0 ? value : value.slice(0, comment) + stripComments(value.slice(comment))
  return { value: kept.trim(), bare: value.trim(), next }
}
