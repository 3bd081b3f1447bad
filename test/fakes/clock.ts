import type { Clock } from '../../src/core/index.ts'

/** A clock that stands still until it is told to go on. */
export class FakeClock implements Clock {
  #now = 1_800_000_000_000
  #timers: { readonly at: number; readonly ms: number; readonly call: () => void }[] = []

  readonly now = () => this.#now

  readonly after = (ms: number, call: () => void) => {
    const timer = { at: this.#now + ms, ms, call }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  /** How many calls are waiting. */
  get waiting(): number {
    return this.#timers.length
  }

  /** How many calls are waiting that were asked for after this time. */
  waitingFor(ms: number): number {
    return this.#timers.filter((timer) => timer.ms === ms).length
  }

  /** Lets time pass up to the next call, if one is waiting. */
  async next(): Promise<void> {
    const at = Math.min(...this.#timers.map((timer) => timer.at))
    if (Number.isFinite(at)) await this.advance(Math.max(0, at - this.#now))
  }

  /** Lets time pass; whatever became due is called in order, and what that begins has had its turn when this resolves. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    for (;;) {
      await settle()
      const next = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
      if (!next) break
      this.#now = Math.max(this.#now, next.at)
      this.#timers = this.#timers.filter((other) => other !== next)
      next.call()
    }
    this.#now = end
    await settle()
  }
}

/** Gives everything that waits for nothing but promises its turn. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i += 1) await new Promise((resolve) => setImmediate(resolve))
}

/** Gives everything else its turn until it is so: for what waits for a disk, which no clock tells. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}
