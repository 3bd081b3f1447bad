/** The lines of one header as they come. */
import { CR, LF } from './line.ts'

export class Head {
  #pieces: Buffer[] = []
  #bytes = 0
  /** The byte after what was kept begins a line. */
  #isLineStart = true

  get bytes(): number {
    return this.#bytes
  }

  keep(piece: Buffer): void {
    if (piece.length === 0) return
    this.#pieces.push(piece)
    this.#bytes += piece.length
    this.#isLineStart = piece.at(-1) === LF
  }

  /** What was kept; then it is empty. */
  take(): Buffer {
    const block = this.#pieces.length === 1 ? (this.#pieces[0] as Buffer) : Buffer.concat(this.#pieces)
    this.#pieces = []
    this.#bytes = 0
    this.#isLineStart = true
    return block
  }

  /** Where the first whole line at or after `from` begins; the end of the data if none does. */
  lineFrom(data: Buffer, from: number): number {
    if (this.#isLineStart) return from
    const newline = data.indexOf(LF, from)
    return newline < 0 ? data.length : newline + 1
  }
}

/** Whether the line that ends there is blank, which ends a header. */
export function isBlank(data: Buffer, line: number, newline: number): boolean {
  return newline === line || (newline === line + 1 && data[line] === CR)
}
