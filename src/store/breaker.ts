/**
 * Remembers that the store is away, so that callers get their fault at once instead of each waiting for its own time-out, and finds
 * out once a second whether it is back. One probe at a time; a probe that hangs is waited for.
 */
import type { Fault } from '../core/index.ts'
import type { StoreEvent } from './event.ts'

const PROBE_EVERY_MS = 1000

export class Breaker {
  readonly #probe: () => Promise<Fault | undefined>
  readonly #onEvent: (event: StoreEvent) => void
  #fault: Fault | undefined
  #since = 0
  #timer: NodeJS.Timeout | undefined
  #isStopped = false

  /** `probe` brings the store back and resolves to the fault that it met, if any; it never rejects. */
  constructor(probe: () => Promise<Fault | undefined>, onEvent: (event: StoreEvent) => void) {
    this.#probe = probe
    this.#onEvent = onEvent
  }

  /** Why the store is away, undefined while it is not. */
  get fault(): Fault | undefined {
    return this.#fault
  }

  open(fault: Fault): void {
    if (this.#isStopped || this.#fault) return
    this.#fault = fault
    this.#since = performance.now()
    this.#onEvent({ kind: 'unavailable', fault })
    this.#schedule()
  }

  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
  }

  #schedule(): void {
    this.#timer = setTimeout(() => void this.#tryAgain(), PROBE_EVERY_MS)
    this.#timer.unref()
  }

  async #tryAgain(): Promise<void> {
    const fault = await this.#probe()
    if (this.#isStopped) return
    this.#fault = fault
    if (fault) return this.#schedule()
    this.#onEvent({ kind: 'recovered', awayMs: Math.round(performance.now() - this.#since) })
  }
}
