// One header as the MTA sent it: bytes first, text on request.
import { isUtf8 } from 'node:buffer'

/** A header of the message: folds kept as sent (Postfix: LF and white space), bytes of any charset. */
export interface HeaderField {
  /** A view of the bytes read; copy it to keep few bytes of a large message for long. */
  readonly name: Buffer
  /** A view of the bytes read; with `headerLeadingSpace` it begins with what followed the colon. */
  readonly value: Buffer
  readonly nameText: string
  /** UTF-8 where the bytes are valid UTF-8, else one character per byte. */
  readonly valueText: string
}

/** Reads the payload of SMFIC_HEADER; undefined when a terminator is missing. */
export function readHeader(payload: Buffer): HeaderField | undefined {
  const nameEnd = payload.indexOf(0)
  const valueEnd = payload.length - 1
  if (nameEnd < 0 || nameEnd === valueEnd || payload[valueEnd] !== 0) return undefined
  return new PayloadHeader(payload, nameEnd)
}

// Up to the last NUL and not the next one: a header may hold NUL bytes, and Postfix sends them.
class PayloadHeader implements HeaderField {
  readonly #payload: Buffer
  readonly #nameEnd: number

  constructor(payload: Buffer, nameEnd: number) {
    this.#payload = payload
    this.#nameEnd = nameEnd
  }

  get name(): Buffer {
    return this.#payload.subarray(0, this.#nameEnd)
  }

  get value(): Buffer {
    return this.#payload.subarray(this.#nameEnd + 1, this.#payload.length - 1)
  }

  get nameText(): string {
    return this.#payload.toString('latin1', 0, this.#nameEnd)
  }

  get valueText(): string {
    const value = this.value
    return isUtf8(value) ? value.toString('utf8') : value.toString('latin1')
  }
}
