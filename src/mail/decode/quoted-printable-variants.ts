/** Where decoders of quoted-printable differ: what ends a soft break, what becomes of blanks and of `=` that is no code. */
import { hexPair } from './hex.ts'
import type { Decoding } from './variant.ts'

const TAB = 0x09
const LF = 0x0a
const CR = 0x0d
const SPACE = 0x20
const EQUALS = 0x3d
/** What may stand between the `=` of a loose soft break and the end of its line. */
const BLANKS: readonly number[] = [SPACE, TAB, 0x0b, 0x0c, 0x00]

interface Options {
  /**
   * What follows the `=` of a soft break. Strict: LF or CR LF. Loose: also blanks, more of `=`, bare CR, CR CR LF. As Python has it: CR,
   * and all up to the next LF goes; and two of `=` are one.
   */
  readonly breaks: 'strict' | 'loose' | 'python'
  /** Of a `=` that is no code: it stays, it goes, or it goes with the two bytes after it. */
  readonly broken: 'keep' | 'drop' | 'drop-three'
  readonly keepsBlanks?: boolean
  readonly upperOnly?: boolean
}

const OPTIONS: Readonly<Record<string, Options>> = {
  'loose-breaks': { breaks: 'loose', broken: 'keep' },
  'drop-equals': { breaks: 'strict', broken: 'drop' },
  'loose-breaks-drop-equals': { breaks: 'loose', broken: 'drop' },
  'one-pass': { breaks: 'strict', broken: 'keep' },
  python: { breaks: 'python', broken: 'keep', keepsBlanks: true },
  'keep-blanks': { breaks: 'strict', broken: 'keep', keepsBlanks: true },
  'drop-three': { breaks: 'strict', broken: 'drop-three' },
  'loose-breaks-drop-three': { breaks: 'loose', broken: 'drop-three' },
  'upper-hex': { breaks: 'strict', broken: 'keep', upperOnly: true },
  'loose-breaks-keep-blanks': { breaks: 'loose', broken: 'keep', keepsBlanks: true },
}

/** Where decoders differ: `=` that is neither a code in capitals nor a plain soft break, and a blank at the end of a line. */
const ODD = /=(?![0-9A-F]{2}|\r?\n)|[ \t](?:[\r\n]|$)/

/** Every outcome, likely ones first; loose breaks are also removed before codes are looked for, which they may divide. */
export function* quotedPrintableVariants(raw: Buffer): Generator<Decoding> {
  if (!ODD.test(raw.toString('latin1'))) return
  for (const [name, options] of Object.entries(OPTIONS)) {
    yield { name: `quoted-printable:${name}`, bytes: decodeQuoted(raw, options) }
    if (name !== 'loose-breaks') continue
    const unbroken = decodeQuoted(raw, { ...options, keepsBlanks: true }, true)
    yield { name: 'quoted-printable:breaks-first', bytes: decodeQuoted(unbroken, options) }
  }
}

/** Undoes the encoding in one pass; with `onlyBreaks` nothing but the soft breaks. */
function decodeQuoted(raw: Buffer, options: Options, onlyBreaks = false): Buffer {
  const out = Buffer.allocUnsafe(raw.length)
  let to = 0
  /** Where the blanks begin with which the output ends. */
  let blanks = 0
  let noBreakBefore = 0
  for (let at = 0; at < raw.length; ) {
    const byte = raw[at] as number
    if (byte !== EQUALS) {
      if ((byte === LF || byte === CR) && !options.keepsBlanks) to = blanks
      out[to++] = byte
      at++
      if (byte !== SPACE && byte !== TAB) blanks = to
      continue
    }
    const next = at < noBreakBefore ? -1 : softBreak(raw, at, options.breaks)
    // Of several `=` none is a loose soft break when the first is none.
    if (next < 0 && options.breaks === 'loose' && at >= noBreakBefore) noBreakBefore = endOfRun(raw, at)
    const value = next >= 0 || onlyBreaks ? -1 : hexPair(raw, at + 1, options.upperOnly)
    if (value >= 0) out[to++] = value
    else if (next < 0 && (onlyBreaks || options.broken === 'keep')) out[to++] = EQUALS
    if (next < 0) blanks = to
    at = next >= 0 ? next : at + lengthOf(raw, at, value >= 0, onlyBreaks ? 'keep' : options.broken, options.breaks)
  }
  return out.subarray(0, options.keepsBlanks ? to : blanks)
}

/** Bytes that a `=` which is no soft break takes with it. */
function lengthOf(
  raw: Buffer,
  at: number,
  isCode: boolean,
  broken: Options['broken'],
  breaks: Options['breaks'],
): number {
  if (isCode || broken === 'drop-three') return 3
  return breaks === 'python' && raw[at + 1] === EQUALS ? 2 : 1
}

/** Where the line after a soft break begins; -1 where the `=` is none. The end of the text ends a line too. */
function softBreak(raw: Buffer, equals: number, breaks: Options['breaks']): number {
  const at = breaks === 'loose' ? beforeLooseEnd(raw, equals + 1) : equals + 1
  if (raw[at] === LF) return at + 1
  if (raw[at] === CR && raw[at + 1] === LF) return at + 2
  if (raw[at] === CR && breaks === 'loose') return at + 1
  if (raw[at] === CR && breaks === 'python') return raw.indexOf(LF, at) + 1 || raw.length
  return at >= raw.length ? at : -1
}

/** Passes over `=`, blanks and all but the last CR; to programs in C a form feed is a blank, and a line ends at NUL (mutt). */
function beforeLooseEnd(raw: Buffer, from: number): number {
  let at = endOfRun(raw, from)
  while (BLANKS.includes(raw[at] ?? -1)) at++
  while (raw[at] === CR && raw[at + 1] === CR) at++
  return at
}

/** Behind all `=` that follow each other. */
function endOfRun(raw: Buffer, from: number): number {
  let at = from
  while (raw[at] === EQUALS) at++
  return at
}
