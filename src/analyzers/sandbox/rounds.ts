/**
 * Asks one host in rounds how its tasks stand: a few calls a round however many tasks there are. What the list of the host does not tell is
 * asked task by task, the one that was silent longest first. Rounds run only while there is something to ask.
 */
import type { Clock } from '../../core/index.ts'
import { Throttled } from '../http/client.ts'
import { HttpFault } from '../http/fault.ts'
import { type Ended, failed, messageOf, NotYet, type TaskState } from './api.ts'
import type { SandboxHost } from './host.ts'
import type { SandboxTask } from './task.ts'

/** So many tasks are asked one by one in a round; with no more than these the list is not asked for. */
const SINGLY = 3
/** Reports that are fetched at a time: each may be hundreds of megabytes. */
const FETCHES = 2
/** A task is lost when it was not known so often, over so long a time: another answer may come between. */
const CONFIRMATIONS = 3
const CONFIRM_MS = 20_000
/** A report that cannot be read is fetched so often. */
const READS = 3
/** A task that nobody has asked for is not followed any more: whoever asks later begins anew with its handle. */
const FORGET_MS = 15 * 60_000
/** However often it is told to hurry, a host is left alone so long between two rounds. */
const HURRY_MS = 1000
const LONGEST_PAUSE_MS = 60_000

export interface RoundsOptions {
  readonly clock: Clock
  readonly pollMs: number
  readonly lateMs: number
  readonly lostMs: number
  /** The host answered, or did not. */
  readonly onAnswer: (error: unknown) => void
}

/** What is remembered of one task of the sandbox. */
interface Watched {
  readonly task: SandboxTask
  heardAt: number
  goneSince: number
  goneTimes: number
  endedAt: number
  reads: number
  isFetching: boolean
}

export class Rounds {
  readonly #host: SandboxHost
  readonly #options: RoundsOptions
  readonly #watched = new Map<number, Watched>()
  readonly #stop = new AbortController()
  #fetching = 0
  #cancel: (() => void) | undefined
  #isRunning = false
  #pauseMs: number
  /** Since when the host has not answered; 0: it does. */
  #silentSince = 0
  /** When the last round began; and whether something ended while it ran, which it may have missed. */
  #askedAt = 0
  #isHurried = false
  /** It wants no calls before. */
  #quietUntil = 0

  constructor(host: SandboxHost, options: RoundsOptions) {
    this.#host = host
    this.#options = options
    this.#pauseMs = options.pollMs
  }

  /** The task that is followed under a number. */
  taskOf(number: number): SandboxTask | undefined {
    return this.#watched.get(number)?.task
  }

  /** Follows a task. Whoever has one of its numbers already has lost it: a sandbox that was set up anew gives them again. */
  watch(task: SandboxTask): void {
    for (const number of task.open) {
      this.#end(number, failed(this.#told(`it has given the number ${number} to another task`), true))
      this.#watched.set(number, this.#begin(task))
    }
    this.#plan(this.#pauseMs)
  }

  stop(): void {
    this.#stop.abort(new Error('the filter is stopping'))
    this.#cancel?.()
    this.#watched.clear()
  }

  /** Something says that an analysis has ended: asks now, but not more often than it would be any use. */
  hurry(): void {
    const gapMs = HURRY_MS - (this.#options.clock.now() - this.#askedAt)
    this.#cancel?.()
    this.#cancel = undefined
    this.#isHurried = this.#isRunning
    this.#plan(Math.max(0, Math.min(gapMs, this.#pauseMs)))
  }

  #begin(task: SandboxTask): Watched {
    const heardAt = this.#options.clock.now()
    return { task, heardAt, goneSince: 0, goneTimes: 0, endedAt: 0, reads: 0, isFetching: false }
  }

  #plan(ms: number): void {
    if (this.#cancel || this.#isRunning || this.#watched.size === 0 || this.#stop.signal.aborted) return
    this.#cancel = this.#options.clock.after(ms, () => {
      this.#cancel = undefined
      void this.#round()
    })
  }

  async #round(): Promise<void> {
    const quietMs = this.#quietUntil - this.#options.clock.now()
    if (quietMs > 0) {
      this.#plan(quietMs)
      return
    }
    this.#isRunning = true
    this.#askedAt = this.#options.clock.now()
    try {
      this.#forget()
      const asked = [...this.#watched].filter(([, { endedAt }]) => endedAt === 0)
      if (asked.length > SINGLY) await this.#askAll(asked)
      await this.#askSingly(asked)
      this.#answered()
    } catch (error) {
      this.#silent(error)
    } finally {
      this.#isRunning = false
      this.#fetchReports()
      this.#plan(this.#isHurried ? Math.min(HURRY_MS, this.#pauseMs) : this.#pauseMs)
      this.#isHurried = false
    }
  }

  async #askAll(asked: readonly (readonly [number, Watched])[]): Promise<void> {
    const numbers = asked.map(([number]) => number)
    const since = Math.min(...asked.map(([, { task }]) => task.since))
    const states = await this.#host.api.states(numbers, since, this.#stop.signal)
    for (const [number, state] of states) this.#learn(number, state)
  }

  async #askSingly(asked: readonly (readonly [number, Watched])[]): Promise<void> {
    const now = this.#options.clock.now()
    const silent = asked
      .filter(([number, one]) => this.#watched.get(number) === one && one.endedAt === 0)
      .sort(([, a], [, b]) => a.heardAt - b.heardAt)
    for (const [number, one] of silent.slice(0, SINGLY)) {
      const state = await this.#host.api.state(number, this.#stop.signal)
      one.heardAt = now
      this.#learn(number, state)
    }
  }

  #learn(number: number, state: TaskState): void {
    const one = this.#watched.get(number)
    if (!one) return
    const now = this.#options.clock.now()
    one.heardAt = now
    if (state.state !== 'gone') one.goneTimes = 0
    if (state.state === 'ended') one.endedAt ||= now
    else if (state.state === 'failed') this.#end(number, failed(this.#told(state.detail), state.mayRetry))
    else if (state.state === 'moved') this.#move(number, one, state.to)
    else if (state.state === 'gone') this.#gone(number, one)
  }

  #gone(number: number, one: Watched): void {
    const now = this.#options.clock.now()
    if (one.goneTimes === 0) one.goneSince = now
    one.goneTimes += 1
    if (one.goneTimes < CONFIRMATIONS || now - one.goneSince < CONFIRM_MS) return
    this.#end(number, failed(this.#told('it does not know the task any more: deleted, or set up anew'), true))
  }

  #move(number: number, one: Watched, to: number): void {
    this.#watched.delete(number)
    one.task.moved(number, to)
    if (one.task.open.includes(to)) this.#watched.set(to, this.#begin(one.task))
  }

  #fetchReports(): void {
    for (const [number, one] of this.#watched) {
      if (this.#fetching >= FETCHES || this.#options.clock.now() < this.#quietUntil) return
      if (one.endedAt > 0 && !one.isFetching) void this.#fetch(number, one)
    }
  }

  async #fetch(number: number, one: Watched): Promise<void> {
    one.isFetching = true
    this.#fetching += 1
    try {
      this.#end(number, await this.#host.api.report(number, one.task.sha256, this.#stop.signal))
    } catch (error) {
      this.#unread(number, one, error)
    } finally {
      one.isFetching = false
      this.#fetching -= 1
      // The next waits for no round.
      if (this.#fetching === 0 && !this.#isRunning) this.#fetchSoon()
    }
  }

  #fetchSoon(): void {
    const isWaiting = [...this.#watched.values()].some(({ endedAt, reads }) => endedAt > 0 && reads === 0)
    if (isWaiting && !this.#stop.signal.aborted) this.#fetchReports()
  }

  #unread(number: number, one: Watched, error: unknown): void {
    one.reads += 1
    if (this.#stop.signal.aborted || this.#isThrottled(error)) return
    if (error instanceof HttpFault && !error.mayHaveActed) return
    const lateMs = this.#options.clock.now() - one.endedAt
    const isOver = error instanceof NotYet ? lateMs >= this.#options.lateMs : one.reads >= READS
    if (isOver) this.#end(number, failed(this.#told(messageOf(error)), true))
  }

  #end(number: number, end: Ended): void {
    const one = this.#watched.get(number)
    if (!one) return
    this.#watched.delete(number)
    one.task.learn(number, end)
    if (one.task.progress.state === 'running') return
    for (const [other, { task }] of this.#watched) if (task === one.task) this.#watched.delete(other)
  }

  #answered(): void {
    this.#silentSince = 0
    this.#pauseMs = this.#options.pollMs
    this.#options.onAnswer(undefined)
  }

  /** The host did not answer, or wants to be left alone for a while: its tasks wait, but not for ever. */
  #silent(error: unknown): void {
    if (this.#stop.signal.aborted) return
    const { clock, lostMs } = this.#options
    const now = clock.now()
    if (this.#isThrottled(error)) return
    this.#silentSince ||= now
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS)
    this.#options.onAnswer(error)
    if (now - this.#silentSince < lostMs) return
    const end = failed(this.#told(`it did not answer for ${lostMs} ms: ${messageOf(error)}`), true)
    for (const number of [...this.#watched.keys()]) this.#end(number, end)
  }

  #isThrottled(error: unknown): boolean {
    if (!(error instanceof Throttled)) return false
    this.#quietUntil = this.#options.clock.now() + error.ms
    return true
  }

  #forget(): void {
    const now = this.#options.clock.now()
    for (const [number, { task }] of this.#watched) {
      if (task.progress.state !== 'running') this.#watched.delete(number)
      else if (now - task.askedAt > FORGET_MS) task.giveUp(failed(this.#told('nobody asked for it any more'), true))
    }
  }

  #told(detail: string): string {
    return `${this.#host.name}: ${detail}`
  }
}
