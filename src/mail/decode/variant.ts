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

/** All bytes that a decoder gives. */
export function decodeWhole(decoder: Decoder, raw: Buffer): Buffer {
  const pieces: Buffer[] = []
  decoder.write(raw, (bytes) => pieces.push(bytes))
  decoder.end((bytes) => pieces.push(bytes))
  return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces)
}
