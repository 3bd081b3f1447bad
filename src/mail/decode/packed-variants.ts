/** Encodings that RFC 2045 does not know but some mail programs do: uuencode, yEnc, BinHex, compressed base64. */
import { beginBase64 } from '../embedded/begin-base64.ts'
import { binhex } from '../embedded/binhex.ts'
import type { Budget, Embedded, Format } from '../embedded/embedded.ts'
import { inflate } from '../embedded/inflate.ts'
import { linesOf } from '../embedded/line.ts'
import { readUuLines, uuencode } from '../embedded/uuencode.ts'
import { xxencode } from '../embedded/xxencode.ts'
import { decodeYenc, yenc } from '../embedded/yenc.ts'
import { base64Variants } from './base64-variants.ts'
import { decoderFor } from './encoding.ts'
import { type Decoding, decodeWhole } from './variant.ts'

/** Files of one part; the others are found within its content. */
const MOST_FILES = 12
const MOST_ROOM = 64 * 1024 * 1024
const LEAST_ROOM = 1024 * 1024
const HIGHEST_RATIO = 200

/** uuencode with or without its first line, in either alphabet, and what GNU sharutils writes instead of it. */
export function* uuVariants(raw: Buffer): Generator<Decoding> {
  let isEmpty = true
  for (const file of filesIn(raw, uuencode, xxencode, beginBase64)) {
    isEmpty = false
    yield decoding(file)
  }
  if (isEmpty) yield { name: 'uuencode:no-begin', bytes: readUuLines(raw, linesOf(raw), 0).bytes }
}

/** yEnc with or without its first line. */
export function* yencVariants(raw: Buffer): Generator<Decoding> {
  const files = filesIn(raw, yenc)
  yield* files.map(decoding)
  if (files.length === 0) yield { name: 'yenc:no-begin', bytes: decodeYenc(raw) }
}

/** BinHex with or without its introduction. */
export function* binhexVariants(raw: Buffer): Generator<Decoding> {
  yield* filesIn(raw, binhex).map(decoding)
}

/** Base64 of gzip, as MIME-tools and metamail have it. */
export function* gzipVariants(raw: Buffer): Generator<Decoding> {
  const whole = decodeWhole(decoderFor('base64'), raw)
  for (const { name, bytes } of [{ name: 'gzip64', bytes: whole }, ...base64Variants(raw)]) {
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b
    if (isGzip) yield { name: name.replace('base64', 'gzip64'), bytes: inflate(bytes, 'gzip', budgetFor(raw)).bytes }
  }
  yield { name: 'gzip64:base64', bytes: whole }
}

function filesIn(raw: Buffer, ...formats: readonly Format[]): readonly Embedded[] {
  const budget = budgetFor(raw)
  return formats.flatMap((format) => [...format.extract(raw, { type: 'application/mac-binhex40', name: '' }, budget)])
}

function budgetFor(raw: Buffer): Budget {
  return { files: MOST_FILES, inflatedBytes: Math.min(MOST_ROOM, Math.max(LEAST_ROOM, HIGHEST_RATIO * raw.length)) }
}

function decoding({ kind, bytes, name }: Embedded): Decoding {
  return { name: kind, bytes, fileName: name }
}
