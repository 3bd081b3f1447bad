/**
 * The way to one analyzer: as many analyses at a time as its instances have places, the others wait in line. Who waits in a held answer
 * goes before who comes back later, small before large, and while others wait nobody's network has more than a quarter of the places, so
 * that one bulk mail of 300 unknown attachments does not starve the rest. From how long analyses took comes the time to expect.
 */
import type { Analyzer } from '../analyzers/analyzer.ts'
import { type Clock, Fault } from '../core/index.ts'

/** What being held is worth in line, and what size costs: time that somebody may have come later and still goes first. */
const HELD_MS = 300_000
const PER_MEGABYTE_MS = 1000
const LARGE_MS = 60_000

/** Durations of which the middle one is the expectation. */
const REMEMBERED = 63

/** Who asks for a turn. */
export interface InLine {
  readonly client: string
  readonly size: number
  readonly isHeld: () => boolean
}

interface Waiter extends InLine {
  readonly since: number
  readonly go: (turn: Turn) => void
}

/** A place at the analyzer; one of the two gives it back. */
export interface Turn {
  /** There is a report: how long it took is what others may expect. */
  reported(): void
  gaveUp(): void
}

export class Lane {
  readonly #analyzer: Pick<Analyzer, 'name' | 'capacity'>
  readonly #clock: Clock
  readonly #limit: number
  readonly #waiting = new Set<Waiter>()
  /** Clients of the analyses under way. */
  readonly #active = new Map<string, number>()
  #busy = 0
  /** When the last one came, so that a clock that is set back gives nobody who comes later an earlier place. */
  #newest = 0
  readonly #took: number[] = []

  /** At most `limit` wait; whoever comes then is refused as `overloaded`. */
  constructor(analyzer: Pick<Analyzer, 'name' | 'capacity'>, clock: Clock, limit: number) {
    this.#analyzer = analyzer
    this.#clock = clock
    this.#limit = limit
  }

  /** Resolves when it is this one's turn. Where no instance is in service it is at once: the driver says why it takes nothing. */
  async take(one: InLine, signal: AbortSignal): Promise<Turn> {
    signal.throwIfAborted()
    const isFree = this.#waiting.size === 0 && this.#hasPlace()
    return isFree ? this.#begin(one.client) : this.#wait(one, signal)
  }

  /** A place for what runs already, whether there is one or not; when it began nobody knows. */
  occupy(client: string): Turn {
    this.#busy += 1
    this.#active.set(client, (this.#active.get(client) ?? 0) + 1)
    const leave = () => this.#leave(client)
    return { reported: leave, gaveUp: leave }
  }

  /** Analyses under way. */
  get busy(): number {
    return this.#busy
  }

  /** Samples in line. */
  get waiting(): number {
    return this.#waiting.size
  }

  /** Milliseconds that somebody who comes now may expect to wait for a report; unknown before the first. */
  get expectedMs(): number | undefined {
    const middle = this.#took.toSorted((a, b) => a - b)[this.#took.length >> 1]
    return middle === undefined
      ? undefined
      : middle * (1 + Math.floor(this.#waiting.size / Math.max(1, this.#places())))
  }

  /** Looks again whether somebody may go: instances come back into service without a word. */
  look(): void {
    while (this.#waiting.size > 0 && this.#hasPlace()) {
      const next = this.#next()
      this.#waiting.delete(next)
      next.go(this.#begin(next.client))
    }
  }

  #wait(one: InLine, signal: AbortSignal): Promise<Turn> {
    if (this.#waiting.size >= this.#limit) {
      throw new Fault('overloaded', `${this.#waiting.size} samples wait for ${this.#analyzer.name} already`)
    }
    const { promise, resolve, reject } = Promise.withResolvers<Turn>()
    const { client, size, isHeld } = one
    this.#newest = Math.max(this.#newest, this.#clock.now())
    const waiter: Waiter = { client, size, isHeld, since: this.#newest, go: resolve }
    const stop = () => {
      this.#waiting.delete(waiter)
      reject(signal.reason)
    }
    signal.addEventListener('abort', stop, { once: true })
    this.#waiting.add(waiter)
    return promise.finally(() => signal.removeEventListener('abort', stop))
  }

  #begin(client: string): Turn {
    const begun = this.#clock.now()
    const { gaveUp } = this.occupy(client)
    const reported = () => {
      const ms = this.#clock.now() - begun
      if (ms >= 0) this.#took.push(ms)
      if (this.#took.length > REMEMBERED) this.#took.shift()
      gaveUp()
    }
    return { reported, gaveUp }
  }

  #leave(client: string): void {
    const left = (this.#active.get(client) ?? 1) - 1
    if (left === 0) this.#active.delete(client)
    else this.#active.set(client, left)
    this.#busy -= 1
    this.look()
  }

  #places(): number {
    const { running, free } = this.#analyzer.capacity()
    return running + free
  }

  #hasPlace(): boolean {
    return this.#busy < this.#places() || this.#analyzer.capacity().inService === 0
  }

  #next(): Waiter {
    const share = Math.max(1, Math.floor(this.#places() / 4))
    const modest = [...this.#waiting].filter(({ client }) => (this.#active.get(client) ?? 0) < share)
    const candidates = modest.length > 0 ? modest : [...this.#waiting]
    return candidates.reduce((first, one) => (place(one) < place(first) ? one : first))
  }
}

function place({ since, size, isHeld }: Waiter): number {
  return since - (isHeld() ? HELD_MS : 0) + Math.min(LARGE_MS, (size / 1_000_000) * PER_MEGABYTE_MS)
}
