import type { Clock } from '../core/index.ts'

/** Milliseconds of each step of one message, for its line in the log. */
export class StopWatch {
  readonly #clock: Clock
  readonly #began: number
  readonly #steps: Record<string, number> = {}
  #last: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#began = clock.now()
    this.#last = this.#began
  }

  /** The step that ends now. */
  step(name: string): void {
    const now = this.#clock.now()
    this.#steps[name] = now - this.#last
    this.#last = now
  }

  times(): Readonly<Record<string, number>> {
    return { ...this.#steps, total: this.#last - this.#began }
  }
}
