// One promise of a hook being waited for: its deadline, the keep-alive frames while end of message is worked on, and the
// rule that an answer which comes after the wait was given up is dropped.
import type { Clock, Timer } from './clock.ts'
import type { Reply, Stage } from './reply.ts'

/** What a hold tells its engine. */
export interface HoldCallbacks {
  settled(reply: Reply | undefined): void
  failed(error: unknown): void
  progress(): void
  deadline(elapsedMs: number): void
  late(stage: Stage, elapsedMs: number): void
}

/** How long a hold lasts, and how often the MTA is told so. */
export interface HoldTimes {
  readonly clock: Clock
  readonly deadlineMs: number
  readonly progressEveryMs: number
}

/** Waits for one answer; exactly one of settled, failed, deadline is called, or none after `cancel`. */
export class Hold {
  readonly stage: Stage
  readonly #callbacks: HoldCallbacks
  readonly #times: HoldTimes
  readonly #startedAt: number
  #timer: Timer
  #isOver = false

  constructor(stage: Stage, answer: PromiseLike<Reply | undefined>, times: HoldTimes, callbacks: HoldCallbacks) {
    this.stage = stage
    this.#callbacks = callbacks
    this.#times = times
    this.#startedAt = times.clock.now()
    answer.then(
      (reply) => this.#end() && this.#callbacks.settled(reply),
      (error: unknown) => this.#end() && this.#callbacks.failed(error),
    )
    this.#arm()
  }

  /** Gives up: nobody waits for the answer any more. */
  cancel(): void {
    this.#isOver = true
    this.#times.clock.clearTimeout(this.#timer)
  }

  #elapsed(): number {
    return this.#times.clock.now() - this.#startedAt
  }

  #end(): boolean {
    if (this.#isOver) {
      this.#callbacks.late(this.stage, this.#elapsed())
      return false
    }
    this.cancel()
    return true
  }

  #arm(): void {
    const { clock, deadlineMs, progressEveryMs } = this.#times
    const left = Math.max(0, deadlineMs - this.#elapsed())
    const wait = progressEveryMs > 0 ? Math.min(left, progressEveryMs) : left
    this.#timer = clock.setTimeout(() => this.#tick(), wait)
  }

  #tick(): void {
    if (this.#isOver) return
    if (this.#elapsed() >= this.#times.deadlineMs) {
      this.cancel()
      this.#callbacks.deadline(this.#elapsed())
      return
    }
    this.#callbacks.progress()
    this.#arm()
  }
}
