/**
 * The parser processes: as many at work as the options say, one warm spare, and the queue before them. The spare also reads
 * whole messages while other jobs go at the pace of their client, so that a slow client never has all processes.
 */
import type { Clock } from '../core/index.ts'
import type { OnEvent } from './events.ts'
import type { InspectorOptions } from './options.ts'
import { ParserProcess } from './parser-process.ts'

/** Processes beyond those at work, so that a kill does not cost a start. */
const SPARES = 1
/** A replacement a second, so that mail that kills cannot keep the machine busy with starts. */
const REPLACEMENT_MS = 1000

/** Whoever has waited so long goes first, whatever its size: small messages go before large ones, but not for ever. */
const PATIENCE_MS = 1000

/** Someone who waits for a process. */
export interface Waiter {
  /** Bytes of its message when all are there; undefined while more are to come. */
  readonly wholeBytes: number | undefined
  /** It is its turn. */
  begin(process: ParserProcess): void
}

export interface PoolDeps {
  readonly options: InspectorOptions
  readonly command: readonly string[]
  readonly clock: Clock
  readonly onEvent: OnEvent
}

export class Pool {
  readonly #deps: PoolDeps
  readonly #processes = new Set<ParserProcess>()
  readonly #idle: ParserProcess[] = []
  /** Who waits, since when. */
  readonly #queue = new Map<Waiter, number>()
  #missing = 0
  #nextReplacement = 0
  #stopTimer: (() => void) | undefined
  #isStopped = false
  #started: { resolve: () => void; reject: (error: Error) => void } | undefined

  constructor(deps: PoolDeps) {
    this.#deps = deps
  }

  get size(): number {
    return this.#processes.size
  }

  get idle(): number {
    return this.#idle.length
  }

  get pids(): readonly number[] {
    return [...this.#processes].map((process) => process.pid)
  }

  get waiting(): number {
    return this.#queue.size
  }

  get busyPids(): readonly number[] {
    return [...this.#processes].filter((process) => process.isBusy).map((process) => process.pid)
  }

  /** Starts all; resolves when the first is ready, rejects when the first to end does so before that. */
  start(): Promise<void> {
    const started = new Promise<void>((resolve, reject) => {
      this.#started = { resolve, reject }
    })
    for (let i = 0; i < this.#deps.options.processes + SPARES; i += 1) this.#spawn()
    return started
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#stopTimer?.()
    this.#idle.length = 0
    await Promise.all([...this.#processes].map((process) => process.stop()))
  }

  /** Waits for a process, which may come at once; false where too many of its kind, whole or not, wait already. */
  enter(waiter: Waiter): boolean {
    const isWhole = waiter.wholeBytes !== undefined
    if (!this.#hasRoom(isWhole) && this.#waiting(isWhole) >= this.#deps.options.queue) return false
    this.#queue.set(waiter, this.#deps.clock.now())
    this.#next()
    return true
  }

  /** Waits no more. */
  leave(waiter: Waiter): void {
    this.#queue.delete(waiter)
  }

  #waiting(whole: boolean): number {
    let waiting = 0
    for (const { wholeBytes } of this.#queue.keys()) if ((wholeBytes !== undefined) === whole) waiting += 1
    return waiting
  }

  #hasRoom(forWhole: boolean): boolean {
    if (this.#idle.length === 0) return false
    let busy = 0
    let tied = 0
    for (const process of this.#processes) {
      if (process.isBusy) busy += 1
      if (process.isTied) tied += 1
    }
    return busy < this.#deps.options.processes || (forWhole && tied > 0)
  }

  /** The process used last is taken first: its code and caches are warm. */
  #next(): void {
    for (;;) {
      const waiter = this.#nextWaiter()
      if (waiter === undefined) return
      const process = this.#idle.pop()
      if (!process?.isIdle) continue
      this.#queue.delete(waiter)
      waiter.begin(process)
    }
  }

  /** The smallest message that is there whole, so that many do not wait for one; but first whoever has waited too long. */
  #nextWaiter(): Waiter | undefined {
    if (this.#queue.size === 0 || !this.#hasRoom(true)) return undefined
    const mayBeTied = this.#hasRoom(false)
    const longest = this.#deps.clock.now() - PATIENCE_MS
    let next: Waiter | undefined
    for (const [waiter, since] of this.#queue) {
      if (waiter.wholeBytes === undefined && !mayBeTied) continue
      next ??= waiter
      if (since <= longest) return waiter
      if ((waiter.wholeBytes ?? Infinity) < (next.wholeBytes ?? Infinity)) next = waiter
    }
    return next
  }

  #spawn(): void {
    const { command, options, clock, onEvent } = this.#deps
    const begun = clock.now()
    const process = new ParserProcess(
      command,
      options,
      {
        ready: (it) => {
          onEvent({ kind: 'process-ready', level: 'info', pid: it.pid, detail: `after ${clock.now() - begun} ms` })
          this.#started?.resolve()
          this.#started = undefined
          this.#rest(it)
        },
        idle: (it) => this.#rest(it),
        ended: (it, why) => this.#ended(it, why),
      },
      clock,
    )
    this.#processes.add(process)
  }

  #rest(process: ParserProcess): void {
    if (this.#isStopped) return
    this.#idle.push(process)
    this.#next()
  }

  #ended(process: ParserProcess, why: string): void {
    this.#processes.delete(process)
    const at = this.#idle.indexOf(process)
    if (at >= 0) this.#idle.splice(at, 1)
    if (this.#isStopped) return
    const detail = `${why}, after ${process.messages} messages`
    this.#deps.onEvent({ kind: 'process-ended', level: process.isRetired ? 'info' : 'warn', pid: process.pid, detail })
    this.#started?.reject(new Error(`a parser process does not start: ${why}`))
    this.#started = undefined
    this.#missing += 1
    this.#replace()
    this.#next()
  }

  #replace(): void {
    if (this.#missing === 0 || this.#stopTimer || this.#isStopped) return
    const { clock } = this.#deps
    const wait = this.#nextReplacement - clock.now()
    if (wait > 0) {
      this.#stopTimer = clock.after(wait, () => {
        this.#stopTimer = undefined
        this.#replace()
      })
      return
    }
    this.#nextReplacement = clock.now() + REPLACEMENT_MS
    this.#missing -= 1
    this.#spawn()
    this.#replace()
  }
}
