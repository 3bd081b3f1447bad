/** Rebuilds the header of a message from the fields that the mail server sends one by one. */
import type { HeaderField } from '../milter/index.ts'

/** Bytes that are collected before they are handed on. */
const ENOUGH = 64 * 1024

const COLON = Buffer.from(':')
const COLON_SPACE = Buffer.from(': ')
const END = Buffer.from('\r\n')

export class HeaderBlock {
  #pieces: Buffer[] = []
  #bytes = 0

  /** Adds a field as it stood: folds were sent as bare LF (Postfix milter8.c), and a space where the server ate it. */
  add(field: HeaderField, hasLeadingSpace: boolean): void {
    const value = unfolded(field.value)
    this.#pieces.push(field.name, hasLeadingSpace ? COLON : COLON_SPACE, value, END)
    this.#bytes += field.name.length + value.length + 4
  }

  /** The empty line that ends the header. */
  end(): void {
    this.#pieces.push(END)
    this.#bytes += END.length
  }

  get isLarge(): boolean {
    return this.#bytes >= ENOUGH
  }

  /** Hands over what was collected. */
  take(): Buffer {
    const block = Buffer.concat(this.#pieces)
    this.#pieces = []
    this.#bytes = 0
    return block
  }
}

/** Line ends within a value as they were in the message. Bytes stay bytes: latin1 is one to one. */
function unfolded(value: Buffer): Buffer {
  if (!value.includes(0x0a)) return value
  return Buffer.from(value.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1')
}
