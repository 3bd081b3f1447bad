/** What a transfer encoding may mean to one mail program or another: every distinct outcome. */
import { base64Variants } from './base64-variants.ts'
import { decoderFor } from './encoding.ts'
import { binhexVariants, gzipVariants, uuVariants, yencVariants } from './packed-variants.ts'
import { quotedPrintableVariants } from './quoted-printable-variants.ts'
import { type Decoding, decodeWhole, type Variants } from './variant.ts'

export { sniffEncodings } from './sniff-encodings.ts'
export type { Decoding } from './variant.ts'

/** More outcomes than this are not kept of one part. */
const MOST_DECODINGS = 12

/** By the token without a leading `x-`. Only the first two stand in RFC 2045; MIME-tools, Python or GMime know the others. */
const VARIANTS: Readonly<Record<string, Variants>> = {
  base64: base64Variants,
  'quoted-printable': quotedPrintableVariants,
  uuencode: uuVariants,
  uuencoded: uuVariants,
  uue: uuVariants,
  uu: uuVariants,
  xxencode: uuVariants,
  xxe: uuVariants,
  'begin-base64': uuVariants,
  yenc: yencVariants,
  yencode: yencVariants,
  binhex: binhexVariants,
  binhex40: binhexVariants,
  'mac-binhex40': binhexVariants,
  'mac-binhex': binhexVariants,
  hqx: binhexVariants,
  gzip64: gzipVariants,
}

/** The first outcome alone: what most decoders make of it. */
export function firstDecoding(raw: Buffer, encoding: string): Decoding {
  const token = encoding.trim().toLowerCase()
  const isDecoded = token === 'base64' || token === 'quoted-printable'
  return { name: token, bytes: isDecoded ? decodeWhole(decoderFor(token), raw) : raw }
}

/**
 * Every distinct outcome that a plausible decoder has for the token of a Content-Transfer-Encoding, the strict one first; for a
 * token that nobody knows the bytes as they stand.
 */
export function decodings(raw: Buffer, encoding: string): readonly Decoding[] {
  const token = encoding.trim().toLowerCase()
  const variants = VARIANTS[token.replace(/^x-/, '')]
  const strict = firstDecoding(raw, encoding)
  const distinct: Decoding[] =
    token === 'base64' || token === 'quoted-printable' || variants === undefined ? [strict] : []
  for (const each of variants?.(raw) ?? []) {
    if (distinct.length >= MOST_DECODINGS) break
    if (each.bytes.length > 0 && !distinct.some(({ bytes }) => bytes.equals(each.bytes))) distinct.push(each)
  }
  return distinct.length > 0 ? distinct : [strict]
}
