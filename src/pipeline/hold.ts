import type { Clock } from '../core/index.ts'
import type { Budget } from './budget.ts'

/** The time that one answer is held: it takes a slot of a few and ends with the profile's patience or the caller's. */
export class Hold {
  /** Resolves when it is over: one promise for all waits, so that a long hold gathers nothing. */
  readonly over: Promise<void>
  readonly #slots: Budget
  readonly #clock: Clock
  readonly #ms: number
  readonly #signal: AbortSignal
  readonly #finish: () => void
  #cancel: (() => void) | undefined
  #isOver = false

  constructor(slots: Budget, clock: Clock, ms: number, signal: AbortSignal) {
    this.#slots = slots
    this.#clock = clock
    this.#ms = ms
    this.#signal = signal
    const { promise, resolve } = Promise.withResolvers<void>()
    this.over = promise
    this.#finish = () => {
      this.#isOver = true
      resolve()
    }
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** Begins at the first call; false when no slot is free: the message is then not held at all. */
  begin(): boolean {
    if (this.#cancel) return true
    if (!this.#slots.take(1)) return false
    this.#cancel = this.#clock.after(this.#ms, this.#finish)
    if (this.#signal.aborted) this.#finish()
    else this.#signal.addEventListener('abort', this.#finish, { once: true })
    return true
  }

  end(): void {
    if (!this.#cancel) return
    this.#cancel()
    this.#signal.removeEventListener('abort', this.#finish)
    this.#slots.give(1)
    this.#cancel = undefined
  }
}
