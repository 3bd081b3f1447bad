/**
 * Places on the instances of one analyzer: the least loaded in service gets the next sample, whoever finds all places taken waits in
 * line for a limited time, and an instance that fails several times in a row is closed until whoever watches it opens it again.
 * Closing drains: what runs there goes on.
 */
import { type Clock, Fault } from '../core/index.ts'
import type { Capacity } from './analyzer.ts'

/** Failures in a row that close an instance. */
const TOLERATED_FAILURES = 3

export interface PoolOptions {
  /** Samples at a time on one instance. */
  readonly concurrency: number
  /** Samples that may wait for a place, and how long. */
  readonly queue: number
  readonly waitMs: number
}

/** A place on an instance; exactly one of its two ends must be called. */
export interface Place<I> {
  readonly instance: I
  /** The instance did what it should. */
  done(): void
  /** It did not; `isDown` closes it at once, otherwise it has to happen several times in a row. */
  failed(why: string, isDown: boolean): void
  /** The work ended for a reason of our own. */
  giveBack(): void
}

interface Seat<I> {
  readonly instance: I
  readonly name: string
  running: number
  failures: number
  lastTaken: number
  /** Why it takes nothing; empty while it is in service. */
  closed: string
}

interface Waiter<I> {
  readonly avoid: ReadonlySet<I>
  readonly take: (seat: Seat<I>) => void
  readonly refuse: (error: unknown) => void
}

export class Pool<I extends { readonly name: string }> {
  readonly #seats: readonly Seat<I>[]
  readonly #options: PoolOptions
  readonly #clock: Clock
  readonly #onClosed: (instance: I, why: string) => void
  readonly #waiters = new Set<Waiter<I>>()
  #taken = 0

  constructor(
    instances: readonly I[],
    options: PoolOptions,
    clock: Clock,
    onClosed: (instance: I, why: string) => void,
  ) {
    this.#seats = instances.map((instance) => {
      return { instance, name: instance.name, running: 0, failures: 0, lastTaken: 0, closed: 'not tested yet' }
    })
    this.#options = options
    this.#clock = clock
    this.#onClosed = onClosed
  }

  /** A place on the least loaded instance in service but those to avoid; rejects when there is none or none gets free in time. */
  take(signal: AbortSignal, avoid: ReadonlySet<I>): Promise<Place<I>> {
    return new Promise<Seat<I>>((resolve, reject) => {
      signal.throwIfAborted()
      const open = this.#open(avoid)
      if (open.length === 0) throw this.#unavailable(avoid)
      const free = leastLoaded(open, this.#options.concurrency)
      if (free) return resolve(this.#occupy(free))
      if (this.#waiters.size >= this.#options.queue) throw overloaded(`${this.#waiters.size} samples wait already`)
      this.#wait(signal, avoid, resolve, reject)
    }).then((seat) => this.#place(seat))
  }

  /** A place for what runs there already, whether or not there is room. */
  join(instance: I): Place<I> {
    return this.#place(this.#occupy(this.#seatOf(instance)))
  }

  /** Puts an instance into service. */
  open(instance: I): void {
    const seat = this.#seatOf(instance)
    seat.closed = ''
    seat.failures = 0
    this.#serve()
  }

  /** Takes an instance out of service; whoever waits and has no other instance is told. */
  close(instance: I, why: string): void {
    const seat = this.#seatOf(instance)
    const wasOpen = seat.closed === ''
    seat.closed = why
    for (const waiter of this.#waiters) {
      if (this.#open(waiter.avoid).length === 0) waiter.refuse(this.#unavailable(waiter.avoid))
    }
    if (wasOpen) this.#onClosed(instance, why)
  }

  isOpen(instance: I): boolean {
    return this.#seatOf(instance).closed === ''
  }

  capacity(): Capacity {
    const open = this.#open(new Set())
    return {
      instances: this.#seats.length,
      inService: open.length,
      running: this.#seats.reduce((sum, { running }) => sum + running, 0),
      waiting: this.#waiters.size,
      free: open.reduce((sum, { running }) => sum + this.#options.concurrency - running, 0),
    }
  }

  /** Why nothing can be handed over: each instance with its reason. */
  why(): string {
    return this.#seats.map(({ name, closed }) => `${name}: ${closed === '' ? 'tried' : closed}`).join('; ')
  }

  #open(avoid: ReadonlySet<I>): readonly Seat<I>[] {
    return this.#seats.filter(({ closed, instance }) => closed === '' && !avoid.has(instance))
  }

  #occupy(seat: Seat<I>): Seat<I> {
    this.#taken += 1
    seat.running += 1
    seat.lastTaken = this.#taken
    return seat
  }

  #place(seat: Seat<I>): Place<I> {
    const leave = () => {
      seat.running -= 1
      this.#serve()
    }
    return {
      instance: seat.instance,
      done: () => {
        seat.failures = 0
        leave()
      },
      failed: (why, isDown) => {
        seat.failures += 1
        if (seat.closed === '' && (isDown || seat.failures >= TOLERATED_FAILURES)) this.close(seat.instance, why)
        leave()
      },
      giveBack: leave,
    }
  }

  #wait(
    signal: AbortSignal,
    avoid: ReadonlySet<I>,
    resolve: (seat: Seat<I>) => void,
    reject: (error: unknown) => void,
  ): void {
    const leave = () => {
      cancel()
      signal.removeEventListener('abort', stop)
      this.#waiters.delete(waiter)
    }
    const refuse = (error: unknown) => {
      leave()
      reject(error)
    }
    const take = (seat: Seat<I>) => {
      leave()
      resolve(this.#occupy(seat))
    }
    const waiter = { avoid, take, refuse }
    const stop = () => refuse(signal.reason)
    const cancel = this.#clock.after(this.#options.waitMs, () => {
      refuse(overloaded(`no place got free within ${this.#options.waitMs} ms`))
    })
    signal.addEventListener('abort', stop, { once: true })
    this.#waiters.add(waiter)
  }

  /** First come, first served, as far as the free places are on instances that fit. */
  #serve(): void {
    const { concurrency } = this.#options
    for (const waiter of this.#waiters) {
      if (!this.#seats.some(({ closed, running }) => closed === '' && running < concurrency)) return
      const free = leastLoaded(this.#open(waiter.avoid), concurrency)
      if (free) waiter.take(free)
    }
  }

  #seatOf(instance: I): Seat<I> {
    const seat = this.#seats.find((one) => one.instance === instance)
    if (!seat) throw new Fault('internal', `${instance.name} is no instance of this pool`)
    return seat
  }

  #unavailable(avoid: ReadonlySet<I>): Fault {
    const how = avoid.size > 0 ? 'no further instance is in service' : 'no instance is in service'
    return new Fault('analyzer-unavailable', `${how}: ${this.why()}`)
  }
}

function leastLoaded<I>(seats: readonly Seat<I>[], concurrency: number): Seat<I> | undefined {
  const free = seats.filter(({ running }) => running < concurrency)
  return free.sort((a, b) => a.running - b.running || a.lastTaken - b.lastTaken)[0]
}

function overloaded(why: string): Fault {
  return new Fault('overloaded', `every place of the analyzer is taken: ${why}`)
}
