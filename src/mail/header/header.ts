/** The header block of a part: its fields in order, and what is odd about them. */
import type { Anomaly } from '../../core/index.ts'

export interface Field {
  /** Lower case, without blanks around it. */
  readonly name: string
  /** Unfolded, each byte one character (latin1): the charset is not known yet. */
  readonly value: string
  /** Byte in the block where the field begins. */
  readonly at: number
}

export interface Header {
  readonly fields: readonly Field[]
  /** Where it begins in the message, -1 if unknown. */
  readonly offset: number
  readonly anomalies: readonly Anomaly[]
}

/** Fields that a part has once; with two of them readers differ in which they take. */
const SINGLE = {
  'content-transfer-encoding': 'cte-duplicate',
  'content-type': 'ct-duplicate',
  'content-disposition': 'cd-duplicate',
} as const

/** Reads the fields (RFC 5322 section 2.2); lines that are none are passed over. `offset` is where the block begins in the message, -1 if unknown. */
export function parseHeader(block: Buffer, offset: number): Header {
  const fields: { name: string; value: string; at: number }[] = []
  const text = block.toString('latin1')
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf('\n', at)
    const next = newline < 0 ? text.length : newline + 1
    const line = text.slice(at, newline < 0 ? next : text[newline - 1] === '\r' ? newline - 1 : newline)
    const last = fields.at(-1)
    const first = line.charCodeAt(0)
    if (first !== 0x20 && first !== 0x09) addField(fields, line, at)
    else if (last !== undefined) last.value += line
    at = next
  }
  return { fields, offset, anomalies: [...duplicates(fields, offset), ...controls(text, offset)] }
}

function addField(fields: { name: string; value: string; at: number }[], line: string, at: number): void {
  const colon = line.indexOf(':')
  // A line without a colon is kept nameless, so that its continuation does not join the field before it.
  fields.push({ name: colon < 0 ? '' : line.slice(0, colon).trim().toLowerCase(), value: line.slice(colon + 1), at })
}

/** The values of all fields of that name, the first first. */
export function valuesOf(header: Header, name: string): string[] {
  const found: string[] = []
  for (const field of header.fields) if (field.name === name) found.push(field.value.trim())
  return found
}

/** The value that an RFC reading takes: the first. */
export function firstOf(header: Header, name: string): string {
  return header.fields.find((field) => field.name === name)?.value.trim() ?? ''
}

function duplicates(fields: readonly Field[], offset: number): Anomaly[] {
  const found: Anomaly[] = []
  const first = new Map<string, string>()
  for (const field of fields) {
    const name = SINGLE[field.name as keyof typeof SINGLE]
    if (name === undefined || !Object.hasOwn(SINGLE, field.name)) continue
    const value = field.value.trim().toLowerCase()
    const before = first.get(field.name)
    if (before === undefined) first.set(field.name, value)
    else if (before !== value && !found.some((known) => known.name === name))
      found.push({ name, severity: 'suspicious', offset: offset < 0 ? -1 : offset + field.at })
  }
  return found
}

function controls(text: string, offset: number): Anomaly[] {
  const nul = text.indexOf('\0')
  const at = nul >= 0 ? nul : text.includes('\r') ? text.search(/\r(?!\n)/) : -1
  if (at < 0) return []
  return [{ name: 'header-control-char', severity: 'suspicious', offset: offset < 0 ? -1 : offset + at }]
}
