/**
 * The header block of a part: its fields in order as RFC 5322 has them, and besides what some program takes for a MIME field. Ordinary
 * headers pay one cheap test per line for the latter.
 */
import { type Anomaly, anomaly } from '../../core/index.ts'
import { EarlyEnd } from './early-end.ts'
import { findLookAlikes } from './look-alike.ts'

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
  /** What is no field by the RFC, or another one, but a MIME field to some program, under the name that such a program sees. */
  readonly lookAlikes: readonly Field[]
  /** Where it begins in the message, -1 if unknown. */
  readonly offset: number
  /** Where the first line ends in CR LF and in LF alone, -1 where none does. */
  readonly lineEnds: { readonly crlf: number; readonly lf: number }
  readonly anomalies: readonly Anomaly[]
}

/** Fields that a part has once; with two of them readers differ in which they take. */
const SINGLE = {
  'content-transfer-encoding': 'cte-duplicate',
  'content-type': 'ct-duplicate',
  'content-disposition': 'cd-duplicate',
} as const
const SPACE = 0x20
const TAB = 0x09
const CR = 0x0d

/** Reads the fields (RFC 5322 section 2.2); lines that are none are passed over. `offset` is where the block begins in the message, -1 if unknown. */
export function parseHeader(block: Buffer, offset: number): Header {
  const fields: { name: string; value: string; at: number }[] = []
  const text = block.toString('latin1')
  /** The first line that is no ordinary field. */
  let odd = -1
  let isDoubtful = false
  const lineEnds = { crlf: -1, lf: -1 }
  const end = new EarlyEnd()
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf('\n', at)
    const next = newline < 0 ? text.length : newline + 1
    const isCrlf = newline > 0 && text.charCodeAt(newline - 1) === CR
    const line = text.slice(at, newline < 0 ? next : isCrlf ? newline - 1 : newline)
    if (newline >= 0) {
      if (!isCrlf) lineEnds.lf = lineEnds.lf < 0 ? newline : lineEnds.lf
      else if (lineEnds.crlf < 0) lineEnds.crlf = newline - 1
    }
    const last = fields.at(-1)
    const first = line.charCodeAt(0)
    if (first !== SPACE && first !== TAB) {
      const field = fieldOf(line, at)
      // Of lines without a colon one after another the last is enough: a header may have nothing else.
      if (field.name === '' && last?.name === '' && line !== '') fields[fields.length - 1] = field
      else fields.push(field)
      if (odd < 0 && isOddField(line)) odd = at
      isDoubtful ||= isAlmostMime(field)
      if (field.name === '') end.see(line, at)
    } else {
      if (line.trim() === '') end.see(line, at)
      if (last !== undefined) last.value += line
      else if (odd < 0) odd = at
      isDoubtful ||= hidesField(line)
    }
    at = next
  }
  const control = controlAt(text)
  const lookAlikes = odd >= 0 || isDoubtful || control >= 0 ? findLookAlikes(text) : []
  const anomalies = duplicates(fields, offset)
  if (odd < 0) odd = foreignAt(fields, lookAlikes)
  if (odd >= 0) anomalies.push(anomaly('header-malformed', placeOf(offset, odd)))
  if (control >= 0) anomalies.push(anomaly('header-control-char', placeOf(offset, control)))
  const cr = control < 0 ? -1 : text.search(/\r(?=\r|[\w-]+[ \t]*:|--)/)
  if (cr >= 0) anomalies.push(anomaly('bare-cr', placeOf(offset, cr)))
  const early = end.place(text, fields)
  if (early >= 0) anomalies.push(anomaly('header-body-ambiguous', placeOf(offset, early)))
  return { fields, lookAlikes, offset, lineEnds, anomalies }
}

/** A line without a colon is kept nameless, so that its continuation does not join the field before it. */
function fieldOf(line: string, at: number): { name: string; value: string; at: number } {
  const colon = line.indexOf(':')
  return { name: colon < 0 ? '' : line.slice(0, colon).trim().toLowerCase(), value: line.slice(colon + 1), at }
}

/** Whether the line is no field as RFC 5322 writes it; an mbox's first line is another matter. */
function isOddField(line: string): boolean {
  return line !== '' && !/^[!-9;-~]+:/.test(line) && !/^>?From /.test(line)
}

/** Whether the name is almost that of a MIME field, or the value begins as if it were one. */
function isAlmostMime({ name, value }: Field): boolean {
  if (!/^[^a-z]{0,8}content/.test(name)) return false
  return !/^content-[a-z0-9-]+$/.test(name) || (Object.hasOwn(SINGLE, name) && /^\s*(:|content)/i.test(value))
}

/** Whether a folded line may be taken for a field of its own. */
function hidesField(line: string): boolean {
  return /^\s+content[-_ ]/i.test(line)
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

/** Where in the message a byte of the header block stands, -1 if unknown. */
export function placeOf(offset: number, at: number): number {
  return offset < 0 ? -1 : offset + at
}

function duplicates(fields: readonly Field[], offset: number): Anomaly[] {
  const found: Anomaly[] = []
  const first = new Map<string, string>()
  for (const field of fields) {
    if (!Object.hasOwn(SINGLE, field.name)) continue
    const name = SINGLE[field.name as keyof typeof SINGLE]
    const value = field.value.trim().toLowerCase()
    const before = first.get(field.name)
    if (before === undefined) first.set(field.name, value)
    else if (before !== value && !found.some((known) => known.name === name))
      found.push(anomaly(name, placeOf(offset, field.at)))
  }
  return found
}

/** Where the first look-alike stands that is no such field by the RFC, -1 if there is none. */
function foreignAt(fields: readonly Field[], lookAlikes: readonly Field[]): number {
  if (lookAlikes.length === 0) return -1
  const proper = new Map(fields.map(({ name, at }) => [at, name]))
  return lookAlikes.find(({ name, at }) => proper.get(at) !== name)?.at ?? -1
}

/** Where the first NUL stands, or else the first bare CR. */
function controlAt(text: string): number {
  const nul = text.indexOf('\0')
  return nul >= 0 ? nul : text.includes('\r') ? text.search(/\r(?!\n)/) : -1
}
