import type { Clock } from '../core/index.ts'
import type { HeldSlots } from './held-slots.ts'

/** The time that one answer is held: it takes a slot of a few and ends with the profile's patience or the caller's. */
export class Hold {
  /** Resolves when it is over: one promise for all waits, so that a long hold gathers nothing. */
  readonly over: Promise<void>
  readonly #slots: HeldSlots
  readonly #client: string
  readonly #clock: Clock
  readonly #ms: number
  readonly #signal: AbortSignal
  readonly #finish: () => void
  #cancel: (() => void) | undefined
  #isOver = false
  #endsAt: number | undefined

  constructor(slots: HeldSlots, client: string, clock: Clock, ms: number, signal: AbortSignal) {
    this.#slots = slots
    this.#client = client
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

  /** Somebody waits for the answer now. */
  get isHeld(): boolean {
    return this.#cancel !== undefined && !this.#isOver
  }

  /** How long it may last from now. */
  get leftMs(): number {
    return this.#endsAt === undefined ? this.#ms : Math.max(0, this.#endsAt - this.#clock.now())
  }

  /** Begins at the first call; false when no slot is free: the message is then not held at all. */
  begin(): boolean {
    if (this.#cancel) return true
    if (!this.#slots.take(this.#client)) return false
    this.#endsAt = this.#clock.now() + this.#ms
    this.#cancel = this.#clock.after(this.#ms, this.#finish)
    if (this.#signal.aborted) this.#finish()
    else this.#signal.addEventListener('abort', this.#finish, { once: true })
    return true
  }

  end(): void {
    if (!this.#cancel) return
    this.#cancel()
    this.#signal.removeEventListener('abort', this.#finish)
    this.#slots.give(this.#client)
    this.#cancel = undefined
  }
}
