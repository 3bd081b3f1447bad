/** A content transfer encoding is undone piece by piece; any split of the input gives the same bytes. */
import { createBase64Decoder } from './base64.ts'
import { createQuotedPrintableDecoder } from './quoted-printable.ts'

/** Whole lines of base64 letters within what was written: from and to in the raw bytes, and what ends each line. */
export interface Run {
  readonly from: number
  readonly to: number
  readonly lineEnd: string
}

/** Takes decoded bytes, which are the taker's to keep; with the run that they are the decoding of, where they are one. */
export type Deliver = (bytes: Buffer, run?: Run) => void

export interface Decoder {
  /** Delivers the decoded bytes of what was written so far, in order. */
  write(raw: Buffer, deliver: Deliver): void
  /** Delivers what was still held back. */
  end(deliver: Deliver): void
}

const identity: Decoder = { write: (raw, deliver) => deliver(raw), end: () => undefined }

/** The decoder for the exact token of a Content-Transfer-Encoding (RFC 2045 section 6.1); unknown ones leave the bytes alone. */
export function decoderFor(encoding: string): Decoder {
  switch (encoding) {
    case 'base64':
      return createBase64Decoder()
    case 'quoted-printable':
      return createQuotedPrintableDecoder()
    default:
      return identity
  }
}
