/** Which decoder undoes which content transfer encoding. */
import { createBase64Decoder, type Padding } from './base64.ts'
import type { Decoder, Space } from './decoder.ts'
import { createQuotedPrintableDecoder } from './quoted-printable.ts'

const identity: Decoder = { write: (raw, deliver) => deliver(raw), end: () => undefined }

/** The decoder for the exact token of a Content-Transfer-Encoding (RFC 2045 section 6.1); unknown ones leave the bytes alone. */
export function decoderFor(encoding: string, padding?: Padding, space?: Space): Decoder {
  switch (encoding) {
    case 'base64':
      return createBase64Decoder(padding, space)
    case 'quoted-printable':
      return createQuotedPrintableDecoder(padding?.onOddity)
    default:
      return identity
  }
}
