/** What a sandbox of any make must be able to say about one host: the drivers `cape` and `cuckoo` implement it, all else is common. */
import { Fault } from '../../core/index.ts'
import type { Machine, Progress, Submission } from '../analyzer.ts'

/** How one task of a sandbox stands. */
export type TaskState =
  | { readonly state: 'running' }
  /** Its report should be there. */
  | { readonly state: 'ended' }
  | { readonly state: 'failed'; readonly detail: string; readonly mayRetry: boolean }
  /** The sandbox does not know it. */
  | { readonly state: 'gone' }
  /** It is continued under another number. */
  | { readonly state: 'moved'; readonly to: number }

export type Ended = Exclude<Progress, { readonly state: 'running' }>

/** What a host says of itself. */
export interface Described {
  readonly version: string
  readonly pending?: number
  /** How many machines it has and how many are busy, also where it does not name them. */
  readonly counts?: { readonly all: number; readonly busy: number }
  readonly machines?: readonly Machine[]
}

export interface SandboxApi {
  /** Where it is, for people. */
  readonly name: string
  /** Hands the sample over; the numbers of all tasks that came of it, at least one. Throws `Refused` for what it will never take. */
  submit(submission: Submission, signal: AbortSignal): Promise<readonly number[]>
  /** Asks about many tasks with a number of calls that does not grow with them; it may learn nothing of some. */
  states(tasks: readonly number[], since: number, signal: AbortSignal): Promise<ReadonlyMap<number, TaskState>>
  state(task: number, signal: AbortSignal): Promise<TaskState>
  /** The end of a task by its report, which must be about this digest; throws `NotYet` while there is none. */
  report(task: number, sha256: string, signal: AbortSignal): Promise<Ended>
  /** Tasks with this digest and marker. */
  find(sha256: string, marker: string, signal: AbortSignal): Promise<readonly number[]>
  /**
   * The tasks whose reports together speak for these bytes, whoever handed them over: the newest that was reported, of each file where they
   * are a container; none where nobody did, or of some file there is no report.
   */
  reported(sha256: string, signal: AbortSignal): Promise<readonly number[]>
  cancel(task: number, signal: AbortSignal): Promise<void>
  /** Proves that the API answers and takes our token. */
  describe(signal: AbortSignal): Promise<Described>
  close(): void
}

/** It said that it does not take this sample, or not with these options: asking again changes nothing. */
export class Refused extends Fault {
  constructor(detail: string) {
    super('analyzer-refused', withoutPasswords(detail))
  }
}

/** The report is not there yet. */
export class NotYet extends Fault {
  constructor(detail: string) {
    super('analyzer-failed', detail)
  }
}

/** The end of an analysis that came to nothing. */
export function failed(detail: string, mayRetry: boolean): Ended {
  return { state: 'failed', cause: 'analyzer-failed', detail: withoutPasswords(detail), mayRetry }
}

/** A guest that fails may tell with which options; a task of before a restart is read by who does not know its password. */
function withoutPasswords(text: string): string {
  return text.replace(/(password["']?\s{0,3}[=:]\s{0,3}["']?)[^\s"',}]+/gi, '$1…')
}

/** Takes what was told to a sandbox out of an error and its causes: an answer may say it back. */
export function hush(error: unknown, passwords: readonly string[] = []): unknown {
  for (let one = error, depth = 0; one instanceof Error && depth < 8; one = one.cause, depth += 1) {
    for (const password of passwords) one.message = one.message.replaceAll(password, '…')
  }
  return error
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
