/** What a transfer encoding may mean to one mail program or another: every distinct outcome. */
import type { Decoder } from './decoder.ts'
import { decoderFor } from './encoding.ts'

/** One outcome: what was done differently, and the bytes. */
export interface Decoding {
  readonly name: string
  readonly bytes: Buffer
}

/** All bytes that a decoder gives. */
export function decodeWhole(decoder: Decoder, raw: Buffer): Buffer {
  const pieces: Buffer[] = []
  decoder.write(raw, (bytes) => pieces.push(bytes))
  decoder.end((bytes) => pieces.push(bytes))
  return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces)
}

/** Every distinct outcome that a plausible decoder has for the token of a Content-Transfer-Encoding, the strict one first. */
export function decodings(raw: Buffer, encoding: string): readonly Decoding[] {
  return [{ name: encoding, bytes: decodeWhole(decoderFor(encoding), raw) }]
}

/** Which encodings the bytes look like, whatever is declared. */
export function sniffEncodings(_raw: Buffer): readonly string[] {
  return []
}
