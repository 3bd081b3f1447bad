/**
 * One analysis that this process holds the lease of: `leased → submitting → submitted → reported | failed`, each step written to
 * the store before the next begins. A step that the store refuses means that the lease is lost: the run ends without a word.
 */
import type { Analyzer, Submission } from '../analyzers/analyzer.ts'
import { type Cause, type Clock, causeOf, Fault, pause, type Report } from '../core/index.ts'
import type { AnalysisChange } from '../store/store.ts'
import { Deadline } from './deadline.ts'
import type { Follower, TaskEnd } from './follower.ts'
import type { Lane } from './lane.ts'
import { type Lease, LeaseLost } from './lease.ts'
import type { SchedulerOptions } from './options.ts'
import type { Asker, Want } from './work.ts'

/** What a run works with; the signal fires when the scheduler stops or the lease is lost. */
export interface RunContext {
  readonly analyzer: Analyzer
  readonly lane: Lane
  readonly follower: Follower
  readonly clock: Clock
  readonly options: SchedulerOptions
  readonly signal: AbortSignal
}

/** Whose sample it is; without it, as after a restart, what was submitted is followed and nothing is submitted. */
export interface Errand {
  readonly want: Want
  readonly asker: Asker
}

/** How a run ended; `lost` is somebody else's now. */
export type Ended =
  | { readonly state: 'reported'; readonly report: Report }
  | { readonly state: 'failed'; readonly cause: Cause; readonly detail: string }
  | { readonly state: 'lost' }
  /** Nobody could take the sample now: the row is free again, and somebody who asks later tries anew. */
  | { readonly state: 'refused'; readonly cause: Cause; readonly detail: string }

/** Causes of the moment: they say nothing about the sample. */
const PASSING: readonly Cause[] = ['analyzer-unavailable', 'overloaded']

/** Runs the analysis to its end; rejects only when the store is away or the scheduler stops. */
export async function runAnalysis(lease: Lease, errand: Errand | undefined, context: RunContext): Promise<Ended> {
  const run = new Run(lease, errand, context)
  try {
    return await run.toItsEnd()
  } catch (error) {
    if (error instanceof LeaseLost || lease.isLost) return { state: 'lost' }
    if (context.signal.aborted || causeOf(error) === 'store-unavailable') throw error
    const cause = causeOf(error)
    const detail = error instanceof Error ? error.message : String(error)
    return PASSING.includes(cause) ? run.refuse(cause, detail) : run.fail(cause, detail)
  }
}

class Run {
  readonly #lease: Lease
  readonly #errand: Errand | undefined
  readonly #context: RunContext
  /** Counts from when the analyzer first had the sample, whoever handed it over. */
  #deadline: Deadline | undefined
  #attempts: number

  constructor(lease: Lease, errand: Errand | undefined, context: RunContext) {
    this.#lease = lease
    this.#errand = errand
    this.#context = context
    this.#attempts = lease.row.attempts
  }

  async toItsEnd(): Promise<Ended> {
    const { row } = this.#lease
    const { lane, signal } = this.#context
    const isSubmitted = row.state === 'submitted'
    const { want, asker } = this.#errand ?? {}
    if (!want && !isSubmitted) throw new Fault('internal', 'nothing to submit')
    const inLine = { client: asker?.client ?? '', size: want?.size ?? 0, isHeld: asker?.isHeld ?? (() => false) }
    const turn = isSubmitted ? lane.occupy(inLine.client) : await lane.take(inLine, signal)
    let isReported = false
    try {
      const taskId = isSubmitted ? row.taskId : await this.#submit(row.state === 'submitting' ? row.marker : '')
      const ended = await this.#tries(taskId)
      isReported = ended.state === 'reported'
      return ended
    } finally {
      this.#deadline?.cancel()
      turn[isReported ? 'reported' : 'gaveUp']()
    }
  }

  async fail(cause: Cause, detail: string): Promise<Ended> {
    const note = this.#note(cause, detail)
    await this.#lease.write({ state: 'failed', cause, note })
    return { state: 'failed', cause, detail: note.detail }
  }

  /** Attempts count what was tried with the sample: a closed door is none. */
  async refuse(cause: Cause, detail: string): Promise<Ended> {
    const { attempts, marker } = this.#lease.row
    const note = this.#note(cause, detail)
    await this.#lease.write({ state: 'wanted', attempts: Math.max(attempts, this.#attempts - 1), marker, note })
    return { state: 'refused', cause, detail: note.detail }
  }

  /** For who asks later what the attempts came to. An analyzer may say back what password it was told. */
  #note(cause: Cause, detail: string): NonNullable<AnalysisChange['note']> {
    const passwords = this.#errand?.want.passwords ?? []
    const discreet = passwords.reduce((text, password) => text.replaceAll(password, '…'), detail)
    return { attempt: this.#attempts, cause, detail: discreet }
  }

  async #tries(first: string): Promise<Ended> {
    for (let taskId = first; ; taskId = await this.#submit('')) {
      const end = await this.#follow(taskId)
      if (!end) return this.#giveUp(taskId)
      if (end.state === 'reported') return this.#report(end.report)
      const mayRetry = end.mayRetry && this.#attempts < this.#context.options.attempts
      if (!mayRetry) return this.fail(end.cause, end.detail)
      if (!this.#errand) return this.#leaveToNext(end.cause, end.detail)
      await this.#lease.write({ state: 'submitted', note: this.#note(end.cause, end.detail) })
      await pause(this.#context.clock, this.#context.options.poll, this.#context.signal)
      if (this.#deadline?.isOver) return this.#giveUp(taskId)
    }
  }

  /** A crash between these two writes leaves `submitting`: its next owner finds the task by digest and marker. */
  async #submit(left: string): Promise<string> {
    const { analyzer, clock, options, signal } = this.#context
    const { sha256, token } = this.#lease.row
    if (!this.#errand) throw new Fault('internal', 'nothing to submit')
    const found = left === '' ? undefined : await analyzer.find(sha256, left, signal)
    // One for each attempt: the task of an earlier one is not what a search should find.
    const marker = left || markerOf(sha256, token, this.#attempts, this.#errand.want.variant)
    if (found === undefined) {
      this.#attempts += 1
      const isFirst = this.#deadline === undefined
      if (isFirst) this.#deadline = new Deadline(clock, options.maxAge)
      const step = { state: 'submitting', marker, attempts: this.#attempts } as const
      await this.#lease.write(isFirst ? { ...step, begins: true } : step)
    }
    const taskId = found ?? (await analyzer.submit(submissionOf(this.#errand.want, marker, signal), signal))
    await this.#lease.write({ state: 'submitted', taskId })
    return taskId
  }

  /** Its end, or nothing where it takes longer than it may. What an earlier owner submitted is as old as the store says. */
  #follow(taskId: string): Promise<TaskEnd | undefined> {
    const { follower, clock, options, signal } = this.#context
    const { begun, updated } = this.#lease.row
    const age = begun === 0 ? 0 : Math.max(0, updated - begun)
    this.#deadline ??= new Deadline(clock, options.maxAge - age)
    return follower.follow(taskId, this.#deadline, signal)
  }

  async #report(report: Report): Promise<Ended> {
    await this.#lease.write({ state: 'reported', report })
    return { state: 'reported', report }
  }

  async #giveUp(taskId: string): Promise<Ended> {
    const { analyzer, options, signal } = this.#context
    await analyzer.cancel(taskId, signal).catch(() => undefined)
    return this.fail('analysis-expired', `no report after ${options.maxAge} ms`)
  }

  /** Nobody here has the bytes: the next retry of a mail with the sample brings them. */
  async #leaveToNext(cause: Cause, detail: string): Promise<Ended> {
    const note = this.#note(cause, detail)
    await this.#lease.write({ state: 'wanted', attempts: this.#attempts, marker: '', note })
    return { state: 'refused', cause, detail: note.detail }
  }
}

function submissionOf(want: Want, marker: string, signal: AbortSignal): Submission {
  const { sha256, size, type, name = '', passwords, variant } = want
  return {
    ...{ sha256, size, type, marker, fileName: sha256, givenName: name, bytes: () => want.bytes(signal) },
    ...(passwords && { passwords }),
    ...(variant && { variant }),
  }
}

/** A task with the password must not be found for the analysis without it. */
function markerOf(sha256: string, token: number, attempts: number, variant = ''): string {
  return [sha256.slice(0, 16), token, attempts, variant.slice(0, 8)].filter((part) => part !== '').join('-')
}
