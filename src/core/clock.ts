/** Time as it is handed to whoever needs it, so that tests need not wait. */
export interface Clock {
  /** Unix time in milliseconds. */
  readonly now: () => number
  /** Calls back after that many milliseconds; the result cancels. Never keeps the process alive. */
  readonly after: (ms: number, call: () => void) => () => void
}

/** Waits so long, or rejects with the signal's reason as soon as it fires. */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      cancel()
      reject(signal.reason)
    }
    const cancel = clock.after(ms, () => {
      signal.removeEventListener('abort', stop)
      resolve()
    })
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
}

/** Something that is done again and again, so long after each time that it ended; `round` must not reject. */
export class Repeated {
  readonly #clock: Clock
  readonly #ms: number
  readonly #round: () => Promise<void>
  #cancel: () => void = () => undefined
  #isStopped = false

  constructor(clock: Clock, ms: number, round: () => Promise<void>) {
    this.#clock = clock
    this.#ms = ms
    this.#round = round
  }

  /** Does it now, and from then on again and again; resolves when it was done once. */
  async start(): Promise<void> {
    await this.#round()
    if (!this.#isStopped) this.#cancel = this.#clock.after(this.#ms, () => void this.start())
  }

  /** What runs is not interrupted. */
  stop(): void {
    this.#isStopped = true
    this.#cancel()
  }
}
