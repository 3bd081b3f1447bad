/** Small pieces put together before they are looked at: what is done for each write would else be done for each byte. */

const LEAST_BYTES = 16_384

export class Batch {
  #pieces: Buffer[] = []
  #bytes = 0

  /** Takes the next bytes; returns what is enough to be looked at. */
  add(piece: Buffer): Buffer | undefined {
    if (this.#bytes === 0 && piece.length >= LEAST_BYTES) return piece
    this.#pieces.push(piece)
    this.#bytes += piece.length
    return this.#bytes >= LEAST_BYTES ? this.rest() : undefined
  }

  /** What is left. */
  rest(): Buffer {
    const pieces = this.#pieces
    this.#pieces = []
    this.#bytes = 0
    return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces)
  }
}
