/** Where decoders of base64 differ: at padding in the middle, at bytes that are no letters, at lines of other text. */
import { linesOf } from '../embedded/line.ts'
import { decoderFor } from './encoding.ts'
import { type Decoding, decodeWhole } from './variant.ts'

const NO_LETTERS = /[^A-Za-z0-9+/=]+/g
/** Letters of RFC 4648 section 5 too; `Buffer.from` takes both. */
const NOT_BOTH_ALPHABETS = /[^A-Za-z0-9+/_=-]+/g
const LETTER_OR_SPACE = /[^A-Za-z0-9+/=\s]/
/** Words are shorter, and small letters. */
const DATA_WITHIN = /[A-Za-z0-9+]{24,}/g
const DATA_LINE = /^[A-Za-z0-9+/_-]+={0,2}$/

/** Every outcome, where the text has anything in it that decoders may take differently. */
export function* base64Variants(raw: Buffer): Generator<Decoding> {
  const text = raw.toString('latin1')
  const { longestRun, firstRun, dataLines, isDamaged } = readLines(raw)
  if (isPlain(text) && longestRun.from === 0 && longestRun.to === raw.length) return
  const letters = text.replace(NO_LETTERS, '')
  yield named('stop-at-padding', upToPadding(letters))
  yield { name: 'base64:pass-over-padding', bytes: decodeWhole(decoderFor('base64', PASS_OVER), raw) }
  yield named('no-padding', letters.replaceAll('=', ''))
  // Where a line of the data itself is broken, no program leaves that out.
  for (const range of isDamaged ? [] : [longestRun, firstRun])
    yield named(
      range === longestRun ? 'longest-run' : 'up-to-other-text',
      lettersOf(raw.subarray(range.from, range.to)),
    )
  if (!isDamaged) yield named('data-lines', lettersOf(dataLines))
  if (/[-_]/.test(text)) yield* urlVariants(text)
  const junk = text.search(LETTER_OR_SPACE)
  if (junk > 0) yield named('up-to-junk', text.slice(0, junk).replace(NO_LETTERS, ''))
}

const PASS_OVER = { isPassedOver: true, onDoubt: () => undefined }

/** Letters of both alphabets (RFC 4648 section 5), as `Buffer.from` and browsers take them. */
function* urlVariants(text: string): Generator<Decoding> {
  const mapped = text.replaceAll('-', '+').replaceAll('_', '/').replace(NO_LETTERS, '')
  yield { name: 'base64:url', bytes: decodeWhole(decoderFor('base64'), Buffer.from(mapped, 'latin1')) }
  yield named('url-stop-at-padding', upToPadding(mapped))
}

/** Whether all decoders agree: letters, white space, padding at the very end. */
function isPlain(text: string): boolean {
  const padding = text.indexOf('=')
  const rest = padding < 0 ? '' : text.slice(padding).trimEnd()
  return /^={0,2}$/.test(rest) && !LETTER_OR_SPACE.test(text)
}

function named(name: string, letters: string): Decoding {
  return { name: `base64:${name}`, bytes: Buffer.from(letters, 'base64') }
}

function upToPadding(letters: string): string {
  const padding = letters.indexOf('=')
  return padding < 0 ? letters : letters.slice(0, padding)
}

function lettersOf(data: Buffer): string {
  return upToPadding(data.toString('latin1').replace(NOT_BOTH_ALPHABETS, ''))
}

interface Range {
  readonly from: number
  readonly to: number
}

interface LinesOfBase64 {
  /** The lines of one length that follow each other longest, with the shorter one at the end: not the words before or after. */
  readonly longestRun: Range
  /** From the first line of base64 to the first that is none. */
  readonly firstRun: Range
  /** All lines that are nothing but base64. */
  readonly dataLines: Buffer
  /** A line has what is no base64, and yet is no words. */
  readonly isDamaged: boolean
}

function readLines(raw: Buffer): LinesOfBase64 {
  const lines = linesOf(raw)
  const dataLines = Buffer.allocUnsafe(raw.length)
  let length = 0
  let first: Range | undefined
  let longest: Range & { readonly letters: number } = { from: 0, to: 0, letters: 0 }
  let isDamaged = false
  let run = { from: 0, width: 0, letters: 0 }
  for (let at = 0; at < raw.length; ) {
    const line = lines.at(at)
    const text = lines.text(line).trim()
    const width = DATA_LINE.test(text) ? text.length : 0
    isDamaged ||= width === 0 && hasData(text)
    if (width > 0) {
      length += raw.copy(dataLines, length, at, line.next)
      first = first === undefined || first.to === at ? { from: first?.from ?? at, to: line.next } : first
    }
    const isLast = width < run.width
    if (width > run.width) run = { from: at, width, letters: 0 }
    run.letters += width
    if (run.letters > longest.letters) longest = { from: run.from, to: line.next, letters: run.letters }
    if (isLast) run = { from: 0, width: 0, letters: 0 }
    at = line.next
  }
  return {
    longestRun: longest,
    firstRun: first ?? { from: 0, to: 0 },
    dataLines: dataLines.subarray(0, length),
    isDamaged,
  }
}

function hasData(line: string): boolean {
  return line.match(DATA_WITHIN)?.some((letters) => /[a-z]/.test(letters) && /[A-Z]/.test(letters)) === true
}
