/**
 * Watches one instance: checks it at the start, then at its interval, and soon again (with growing pauses) while it is out of service.
 * The check is the only way back into service, so that no mail is risked to find out whether an instance works again.
 */
import type { Clock } from '../core/index.ts'

const FIRST_PAUSE_MS = 1000

export interface WatchOptions {
  readonly clock: Clock
  readonly intervalMs: number
  /** Resolves with whether the instance is in service; never rejects. */
  readonly check: (signal: AbortSignal) => Promise<boolean>
}

export class Watch {
  readonly #options: WatchOptions
  readonly #stop = new AbortController()
  #cancel: (() => void) | undefined
  #checking: Promise<void> | undefined
  #pauseMs = FIRST_PAUSE_MS
  #dueAt = Number.POSITIVE_INFINITY

  constructor(options: WatchOptions) {
    this.#options = options
  }

  /** Checks now; a check that runs already is joined. Resolves when it has ended, the next is then planned. */
  now(): Promise<void> {
    this.#cancel?.()
    this.#checking ??= this.#check().finally(() => {
      this.#checking = undefined
    })
    return this.#checking
  }

  /** There is reason for doubt: do not wait for the interval. A check that runs, or is due as soon, is not put off. */
  soon(): void {
    const { clock } = this.#options
    if (this.#checking || this.#dueAt <= clock.now() + FIRST_PAUSE_MS) return
    this.#pauseMs = FIRST_PAUSE_MS
    this.#plan(FIRST_PAUSE_MS)
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    this.#cancel?.()
    await this.#checking
  }

  async #check(): Promise<void> {
    const { signal } = this.#stop
    if (signal.aborted) return
    const works = await this.#options.check(signal)
    if (works) this.#pauseMs = FIRST_PAUSE_MS
    this.#plan(works ? this.#options.intervalMs : this.#pauseMs)
    if (!works) this.#pauseMs = Math.min(this.#pauseMs * 2, this.#options.intervalMs)
  }

  #plan(ms: number): void {
    this.#cancel?.()
    if (this.#stop.signal.aborted) return
    this.#dueAt = this.#options.clock.now() + ms
    this.#cancel = this.#options.clock.after(ms, () => void this.now())
  }
}
