/**
 * A message of which long runs of base64 lines are replaced by one line each: what mailparser is given, since its time goes into its
 * lines. No reader can find structure in such a run (`-`, `:` and blanks are no letters), and a line of the same kind stands in
 * its place, so a part is read alike with and without it. That it was is checked for each message: a part that mailparser saw must
 * be to the byte what the strict reading decodes from the skeleton, and then its content is what the strict reading decodes from
 * the message itself. Where any part is not, mailparser reads the message itself.
 *
 * The lines are random, so that no sender can write one, and no two are alike.
 */
import { randomBytes } from 'node:crypto'

/** A shorter run is not worth a second digest. */
const LEAST_BYTES = 2048
/** What the longest line of RFC 2045 (76 letters) decodes to. */
const TOKEN_BYTES = 57

/** A run that is left out, as absolute offsets, and the line in its place. */
export interface Cut {
  readonly from: number
  readonly to: number
  readonly line: Buffer
}

export class Skeleton {
  readonly #nonce = randomBytes(TOKEN_BYTES)
  #serial = 0
  #fed = 0
  #cuts: Cut[] = []

  /** Whether the skeleton differs from the message. */
  get isUsed(): boolean {
    return this.#serial > 0
  }

  /** Leaves out a run that was not handed on yet; returns what its line decodes to, undefined where it is too short. */
  cut(from: number, to: number, lineEnd: string): Buffer | undefined {
    if (lineEnd === '' || from < this.#fed || to - from < LEAST_BYTES) return undefined
    this.#serial++
    const token = Buffer.from(this.#nonce)
    token.writeUInt32BE(this.#serial)
    this.#cuts.push({ from, to, line: Buffer.from(token.toString('base64') + lineEnd) })
    return token
  }

  /** The pieces of the next chunk of the message, its cuts replaced. */
  pieces(chunk: Buffer): Buffer {
    const cuts = this.#cuts
    const start = this.#fed
    this.#cuts = []
    this.#fed += chunk.length
    if (cuts.length === 0) return chunk
    const pieces: Buffer[] = []
    let at = 0
    for (const { from, to, line } of cuts) {
      pieces.push(chunk.subarray(at, from - start), line)
      at = to - start
    }
    return Buffer.concat([...pieces, chunk.subarray(at)])
  }
}
