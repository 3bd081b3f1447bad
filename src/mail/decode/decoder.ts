/** A content transfer encoding is undone piece by piece; any split of the input gives the same bytes. */
import type { AnomalyName } from '../../core/index.ts'

/** Whole lines of base64 letters within what was written: from and to in the raw bytes, and what ends each line. */
export interface Run {
  readonly from: number
  readonly to: number
  readonly lineEnd: string
}

/** Takes decoded bytes, which are the taker's to keep; with the run that they are the decoding of, where they are one. */
export type Deliver = (bytes: Buffer, run?: Run) => void

/** Tells of an oddity, and where in the encoded content the line begins that has it, if that is known. */
export type OnOddity = (name: AnomalyName, line?: number) => void

/** Gives memory of that length to decode into. */
export type Space = (length: number) => Buffer

export interface Decoder {
  /** Delivers the decoded bytes of what was written so far, in order. */
  write(raw: Buffer, deliver: Deliver): void
  /** Delivers what was still held back. */
  end(deliver: Deliver): void
}
