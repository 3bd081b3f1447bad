/** One way to undo an encoding. */
import type { Decoder } from './decoder.ts'

/** One outcome: what was done differently, and the bytes. */
export interface Decoding {
  readonly name: string
  readonly bytes: Buffer
  /** The name that the encoding itself carries, as uuencode does. */
  readonly fileName?: string
}

/** All outcomes of one encoding, likely ones first; some may be equal. */
export type Variants = (raw: Buffer) => Iterable<Decoding>

/** So much is decoded at once, and into memory that is there: decoders make several copies of what they are given. */
const SLICE = 1024 * 1024

/** All bytes that a decoder gives. */
export function decodeWhole(decoder: Decoder, raw: Buffer): Buffer {
  if (raw.length > SLICE) return decodeInSlices(decoder, raw)
  const pieces: Buffer[] = []
  decoder.write(raw, (bytes) => pieces.push(bytes))
  decoder.end((bytes) => pieces.push(bytes))
  return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces)
}

/** No decoder gives more bytes than it takes. */
function decodeInSlices(decoder: Decoder, raw: Buffer): Buffer {
  const out = Buffer.allocUnsafeSlow(raw.length)
  let length = 0
  const take = (bytes: Buffer): void => {
    length += bytes.copy(out, length)
  }
  for (let at = 0; at < raw.length; at += SLICE) decoder.write(raw.subarray(at, at + SLICE), take)
  decoder.end(take)
  return out.subarray(0, length)
}
