/** Every name that some mail client would show for a part, decoded by RFC 2047 and RFC 2231 in their broken forms too. */
import libmime from 'libmime'
import type { Name } from '../../core/index.ts'
import type { Parameter, Structured } from '../header/parameter.ts'

const MAX_NAMES = 16
/** Longer values are decoded by their beginning and end: the extension counts. */
const MAX_LENGTH = 2048
/** Of a longer name the beginning and the extension are shown; no file system has longer ones. */
const MAX_SHOWN = 255
const MAX_EXTENSION = 32

export interface Names {
  /** What most clients show: extended before plain, disposition before type. */
  readonly name: string
  readonly names: readonly Name[]
  /** Some name was longer than is shown. */
  readonly isShortened: boolean
}

/** All candidates, from every copy of both fields, the one that most clients show first. */
export function namesOf(dispositions: readonly Structured[], types: readonly Structured[]): Names {
  const found = [
    ...dispositions.flatMap((each) => candidates(each.parameters, 'filename', 'disposition')),
    ...types.flatMap((each) => candidates(each.parameters, 'name', 'type')),
  ].filter((each) => each.value !== '')
  const shown = found.map(({ value, origin }) => ({ value: shownName(value), origin }))
  const distinct = new Map(shown.map((each) => [`${each.origin}\0${each.value}`, each]))
  const names = [...distinct.values()].slice(0, MAX_NAMES)
  const isShortened = found.some(({ value }) => value.length > MAX_SHOWN)
  return { name: names[0]?.value ?? '', names, isShortened }
}

/** The name as it is told: the beginning and the extension of a long one. */
export function shownName(name: string): string {
  if (name.length <= MAX_SHOWN) return name
  const dot = name.lastIndexOf('.')
  const extension = dot < 0 ? '' : name.slice(Math.max(dot, name.length - MAX_EXTENSION))
  return name.slice(0, MAX_SHOWN - extension.length) + extension
}

/** Text of a header value: encoded words decoded, raw 8-bit bytes taken for UTF-8 where they are. */
export function decodeText(raw: string): string {
  const text = repairUtf8(shorten(raw))
  if (!text.includes('=?')) return text
  try {
    return libmime.decodeWords(text)
  } catch {
    return text
  }
}

function candidates(parameters: readonly Parameter[], key: string, field: string): Name[] {
  const extended = parameters.filter((each) => each.name.startsWith(`${key}*`))
  const plain = parameters.filter((each) => each.name === key)
  return [
    ...extendedValues(extended, key).map((value) => ({ value, origin: `${field}.${key}*` })),
    ...plain.map((each) => ({ value: decodeText(each.value), origin: `${field}.${key}` })),
  ]
}

interface Piece {
  readonly index: number
  readonly isEncoded: boolean
  readonly value: string
}

/** `key*`, and the pieces `key*0*`, `key*1` … put together; a key that comes twice makes a candidate of its own. */
export function extendedValues(parameters: readonly Parameter[], key: string): string[] {
  const values: string[] = []
  const pieces = new Map<number, Piece>()
  for (const each of parameters) {
    const match = /^\*(\d{1,6})?(\*)?$/.exec(each.name.slice(key.length))
    if (match === null) continue
    const piece = {
      index: Number(match[1] ?? 0),
      isEncoded: match[1] === undefined || match[2] === '*',
      value: each.value,
    }
    if (match[1] === undefined) values.push(joinPieces([piece]))
    else if (pieces.has(piece.index)) values.push(joinPieces([piece]))
    else pieces.set(piece.index, piece)
  }
  const sorted = [...pieces.values()].sort((a, b) => a.index - b.index)
  return sorted.length === 0 ? values : [joinPieces(sorted), ...values]
}

/**
 * RFC 2231 has one charset, named by the first piece. A later piece that names another (as some mailers do) is decoded by its own.
 */
function joinPieces(pieces: readonly Piece[]): string {
  let charset = ''
  let bytes: Buffer[] = []
  let text = ''
  for (const piece of pieces) {
    const named = piece.isEncoded ? /^([A-Za-z0-9._:-]*)'([A-Za-z0-9-]*)'/.exec(piece.value) : null
    if (named !== null && (named[1] !== '' || piece === pieces[0])) {
      text += decodeBytes(bytes, charset)
      bytes = []
      charset = named[1] ?? ''
    }
    const value = named === null ? piece.value : piece.value.slice(named[0].length)
    bytes.push(Buffer.from(piece.isEncoded ? percentDecoded(value) : value, 'latin1'))
  }
  text += decodeBytes(bytes, charset)
  return text.includes('=?') && charset === '' ? decodeText(text) : shorten(text)
}

function percentDecoded(value: string): string {
  return value.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

function decodeBytes(pieces: readonly Buffer[], charset: string): string {
  const bytes = Buffer.concat(pieces)
  if (charset === '' || /^(utf-?8|us-ascii|ascii)$/i.test(charset)) return repairUtf8(bytes.toString('latin1'))
  try {
    return libmime.decodeWord(charset, 'B', bytes.toString('base64'))
  } catch {
    return repairUtf8(bytes.toString('latin1'))
  }
}

/** Bytes that are valid UTF-8 are UTF-8; others stay one character each. */
function repairUtf8(raw: string): string {
  if (!/[\x80-\xff]/.test(raw) || /[^\0-\xff]/.test(raw)) return raw
  const text = Buffer.from(raw, 'latin1').toString('utf8')
  return text.includes('\ufffd') ? raw : text
}

function shorten(text: string): string {
  return text.length <= MAX_LENGTH ? text : text.slice(0, MAX_LENGTH / 2) + text.slice(-MAX_LENGTH / 2)
}
