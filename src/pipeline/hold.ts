import type { Clock } from '../core/index.ts'
import type { Budget } from './budget.ts'

/** The time that one answer is held: it takes a slot of a few and ends with the profile's patience or the caller's. */
export class Hold {
  readonly signal: AbortSignal
  /** Resolves with the signal: one promise for all waits, so that a long hold does not gather listeners. */
  readonly over: Promise<void>
  readonly #slots: Budget
  readonly #clock: Clock
  readonly #ms: number
  readonly #over = new AbortController()
  #cancel: (() => void) | undefined

  constructor(slots: Budget, clock: Clock, ms: number, signal: AbortSignal) {
    this.#slots = slots
    this.#clock = clock
    this.#ms = ms
    this.signal = AbortSignal.any([signal, this.#over.signal])
    this.over = new Promise((resolve) => {
      if (this.signal.aborted) resolve()
      else this.signal.addEventListener('abort', () => resolve(), { once: true })
    })
  }

  /** Begins at the first call; false when no slot is free: the message is then not held at all. */
  begin(): boolean {
    if (this.#cancel) return true
    if (!this.#slots.take(1)) return false
    this.#cancel = this.#clock.after(this.#ms, () => this.#over.abort())
    return true
  }

  end(): void {
    if (!this.#cancel) return
    this.#cancel()
    this.#slots.give(1)
    this.#cancel = undefined
  }
}
