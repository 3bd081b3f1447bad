// A clock that goes when it is told to.
import type { Clock, Timer } from './clock.ts'

interface FakeTimer {
  readonly at: number
  readonly callback: () => void
}

/** A clock for tests; `advance` runs what falls due, in order. */
export class FakeClock implements Clock {
  #now = 0
  readonly #timers = new Set<FakeTimer>()

  now(): number {
    return this.#now
  }

  setTimeout(callback: () => void, ms: number): Timer {
    const timer: FakeTimer = { at: this.#now + ms, callback }
    this.#timers.add(timer)
    return timer
  }

  clearTimeout(timer: Timer): void {
    this.#timers.delete(timer as FakeTimer)
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#timers.size
  }

  /** Lets time pass. */
  advance(ms: number): void {
    const end = this.#now + ms
    for (let due = this.#next(end); due !== undefined; due = this.#next(end)) {
      this.#timers.delete(due)
      this.#now = Math.max(this.#now, due.at)
      due.callback()
    }
    this.#now = end
  }

  #next(end: number): FakeTimer | undefined {
    let first: FakeTimer | undefined
    for (const timer of this.#timers) if (timer.at <= end && (first === undefined || timer.at < first.at)) first = timer
    return first
  }
}
