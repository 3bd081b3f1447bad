/** A content transfer encoding is undone piece by piece; any split of the input gives the same bytes. */
import { createBase64Decoder } from './base64.ts'
import { createQuotedPrintableDecoder } from './quoted-printable.ts'

export interface Decoder {
  /** Decoded bytes of what was written so far and not yet handed out; they are the caller's to keep. */
  write(raw: Buffer): Buffer
  /** What was still held back. */
  end(): Buffer
}

const identity: Decoder = { write: (raw) => raw, end: () => EMPTY }
const EMPTY = Buffer.alloc(0)

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
