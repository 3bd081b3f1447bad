/** What reading a message again may cost: counted, never timed, so that the same message is read alike everywhere. */

/** Decoded bytes for each byte of the message, and what a small message may cost at least. */
const DECODED_PER_BYTE = 4
const LEAST_DECODED = 1024 ** 2
/** Looking at a delimiter, a line of a header, a part: each is one step or some. */
const STEPS_PER_BYTE = 1
const LEAST_STEPS = 1_000_000

/** Shared by everything that is read of one message; once it is spent, nothing more is read. */
export class Budget {
  #bytes: number
  #steps: number
  #isSpent = false

  constructor(messageBytes: number) {
    this.#bytes = Math.max(LEAST_DECODED, DECODED_PER_BYTE * messageBytes)
    this.#steps = Math.max(LEAST_STEPS, STEPS_PER_BYTE * messageBytes)
  }

  /** Takes decoded bytes off; false where there are not so many left. */
  takeBytes(count: number): boolean {
    this.#bytes -= count
    return this.#check(this.#bytes)
  }

  /** Takes steps off; false where there are not so many left. */
  takeSteps(count: number): boolean {
    this.#steps -= count
    return this.#check(this.#steps)
  }

  /** Something had to be left out. */
  get isSpent(): boolean {
    return this.#isSpent
  }

  #check(left: number): boolean {
    if (left < 0) this.#isSpent = true
    return !this.#isSpent
  }
}
