/** Where decoders of quoted-printable differ: what ends a soft break, what becomes of blanks and of `=` that is no code. */
import type { Decoding } from './variant.ts'

const TAB = 0x09
const LF = 0x0a
const CR = 0x0d
const SPACE = 0x20
const EQUALS = 0x3d

interface Options {
  /** Blanks, several `=`, bare CR or CR CR LF may end a line with a soft break; else nothing but LF and CR LF. */
  readonly isLoose: boolean
  /** Of a `=` that is no code: it stays, it goes, or it goes with the two bytes after it. */
  readonly broken: 'keep' | 'drop' | 'drop-three'
  readonly keepsBlanks?: boolean
  readonly upperOnly?: boolean
}

const OPTIONS: Readonly<Record<string, Options>> = {
  'loose-breaks': { isLoose: true, broken: 'keep' },
  'drop-equals': { isLoose: false, broken: 'drop' },
  'loose-breaks-drop-equals': { isLoose: true, broken: 'drop' },
  'one-pass': { isLoose: false, broken: 'keep' },
  'keep-blanks': { isLoose: false, broken: 'keep', keepsBlanks: true },
  'drop-three': { isLoose: false, broken: 'drop-three' },
  'loose-breaks-drop-three': { isLoose: true, broken: 'drop-three' },
  'upper-hex': { isLoose: false, broken: 'keep', upperOnly: true },
  'loose-breaks-keep-blanks': { isLoose: true, broken: 'keep', keepsBlanks: true },
}

/** Every outcome, likely ones first; loose breaks are also removed before codes are looked for, which they may divide. */
export function* quotedPrintableVariants(raw: Buffer): Generator<Decoding> {
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
  for (let at = 0; at < raw.length; ) {
    const byte = raw[at] as number
    if (byte !== EQUALS) {
      if ((byte === LF || byte === CR) && !options.keepsBlanks) to = blanks
      out[to++] = byte
      at++
      if (byte !== SPACE && byte !== TAB) blanks = to
      continue
    }
    const next = softBreak(raw, at, options.isLoose)
    const value = next >= 0 || onlyBreaks ? -1 : codeAt(raw, at, options.upperOnly === true)
    if (value >= 0) out[to++] = value
    else if (next < 0 && (onlyBreaks || options.broken === 'keep')) out[to++] = EQUALS
    if (next < 0) blanks = to
    at = next >= 0 ? next : at + (value >= 0 || (!onlyBreaks && options.broken === 'drop-three') ? 3 : 1)
  }
  return out.subarray(0, options.keepsBlanks ? to : blanks)
}

/** Where the line after a soft break begins; -1 where the `=` is none. The end of the text ends a line too. */
function softBreak(raw: Buffer, equals: number, isLoose: boolean): number {
  let at = equals + 1
  if (isLoose) {
    while (raw[at] === EQUALS) at++
    while (raw[at] === SPACE || raw[at] === TAB) at++
    const isCr = raw[at] === CR
    while (raw[at] === CR && raw[at + 1] === CR) at++
    if (isCr) return at + (raw[at + 1] === LF ? 2 : 1)
  } else if (raw[at] === CR && raw[at + 1] === LF) return at + 2
  return raw[at] === LF ? at + 1 : at >= raw.length ? at : -1
}

function codeAt(raw: Buffer, equals: number, upperOnly: boolean): number {
  const high = hexValue(raw[equals + 1], upperOnly)
  const low = hexValue(raw[equals + 2], upperOnly)
  return high < 0 || low < 0 ? -1 : high * 16 + low
}

function hexValue(code: number | undefined, upperOnly: boolean): number {
  if (code === undefined) return -1
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const letter = upperOnly ? code : code & 0xdf
  return letter >= 0x41 && letter <= 0x46 ? letter - 0x37 : -1
}
