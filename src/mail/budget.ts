/**
 * What reading one message may cost beyond what must be read: counted, never timed, so that the same message is read alike everywhere.
 * Everything that is guessed draws on it: names, other types and boundaries, other ways to decode, files within texts.
 */

/** Decoded bytes for each byte of the message, and what a small message may cost at least. */
const DECODED_PER_BYTE = 4
const LEAST_DECODED = 1024 ** 2
/** One step is what takes half a microsecond or so. What a small message may cost, and for each byte of it besides. */
const LEAST_STEPS = 1_000_000
const STEPS_PER_BYTE = 0.1
/** What most programs read of names is read beyond the end, but not for ever. */
const MOST_OVERDRAWN = 50_000
/** What was guessed of so many short texts is remembered. */
const MOST_GUESSED = 2000

/** Shared by everything that is read of one message; once it is spent, nothing more is guessed. */
export class Budget {
  readonly #guessed = new Map<string, readonly string[]>()
  readonly #all: number
  #bytes: number
  #steps: number
  #isSpent = false

  /** `before`: what of the same message was read already. */
  constructor(messageBytes = 0, before?: Budget) {
    this.#bytes = Math.max(LEAST_DECODED, DECODED_PER_BYTE * messageBytes)
    this.#all = LEAST_STEPS + STEPS_PER_BYTE * messageBytes
    this.#steps = this.#all - (before?.used ?? 0)
    if (before !== undefined) this.#guessed = before.#guessed
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

  /** Steps for what must be read in any case: it leaves less for guesses, but not nothing. */
  countSteps(count: number): void {
    this.#steps = Math.max(Math.min(this.#steps, this.#all / 4), this.#steps - count)
  }

  /** Steps that are left. */
  get left(): number {
    return this.#steps
  }

  /** Steps that were taken. */
  get used(): number {
    return this.#all - this.#steps
  }

  /** Something had to be left out. */
  get isSpent(): boolean {
    return this.#isSpent
  }

  /** Not even the cheap reading goes on. */
  get isOverdrawn(): boolean {
    return this.#steps < -MOST_OVERDRAWN
  }

  /** Too little is left to read the same message once more. */
  get isHalfUsed(): boolean {
    return this.used > this.#all / 2
  }

  /** What was guessed of the same text. */
  guessed(text: string): readonly string[] | undefined {
    return this.#guessed.get(text)
  }

  /** Remembers what was guessed. */
  remember(text: string, guesses: readonly string[]): void {
    if (this.#guessed.size < MOST_GUESSED) this.#guessed.set(text, guesses)
  }

  #check(left: number): boolean {
    if (left < 0) this.#isSpent = true
    return !this.#isSpent
  }
}
