/**
 * The contract of every analyzer driver. A driver is a folder beside this file; only `main.ts` names it. Life: constructed
 * without side effects → `start` → `submit`, `poll` → `stop` (which also works after a `start` that failed half-way).
 *
 * A driver never says "clean": it hands over a validated report with the evidence that the sample was analysed, or a failure.
 * One name stands for one or several instances of a service; which of them works is the driver's business and stands in the report.
 */
import type { Cause, Clock, Report } from '../core/index.ts'

/** What is handed over for analysis. */
export interface Submission {
  readonly sha256: string
  readonly size: number
  /** Name of the sample in the analyzer: its digest; a driver adds the extension that opens it. */
  readonly fileName: string
  /** What the sender called it; a driver hands it on only where its options say so, and never lets it decide how the sample is opened. */
  readonly givenName?: string
  readonly type: string
  /** Unique mark that the analyzer stores with the task, so that a task created before a crash is found again. */
  readonly marker: string
  /**
   * Passwords that open it, the likeliest first; a driver hands on the first where its options say so. They are nowhere but in memory:
   * no driver writes them into a task id, an event or an error.
   */
  readonly passwords?: readonly string[]
  /** Tells submissions of the same bytes apart that may end otherwise, as with and without a password; empty where there is but one. */
  readonly variant?: string
  /** Streams the bytes; called once per attempt, until the task has ended. */
  readonly bytes: () => AsyncIterable<Uint8Array>
}

/** How a sandbox takes containers and what is locked. */
export interface SampleView {
  /** Whether passwords are told to it at all. */
  readonly sharesPasswords: boolean
  /** Whether it can be told this one. */
  takesPassword(value: string): boolean
}

/** How an analysis stands, as the analyzer says. */
export type Progress =
  | { readonly state: 'running' }
  | { readonly state: 'reported'; readonly report: Report }
  | { readonly state: 'failed'; readonly cause: Cause; readonly detail: string; readonly mayRetry: boolean }

/** A machine in which a sandbox runs samples, as it says itself. */
export interface Machine {
  readonly name: string
  readonly platform: string
  readonly tags: readonly string[]
  /** Whether something runs in it now. */
  readonly busy: boolean
}

/** Health of one instance, asked now. */
export interface AnalyzerHealth {
  readonly instance: string
  /** Whether it takes samples: reachable, and its self-test passed. */
  readonly ok: boolean
  /** Why not, with what helps; or what an operator should know all the same. Empty where all is well. */
  readonly detail: string
  /** Of engine and signatures, empty where it did not say. */
  readonly version: string
  /** Whether it recognised the known-bad test file and nothing else. */
  readonly selfTest: 'passed' | 'failed' | 'not run'
  /** What the instance says of its own work, where it does. */
  readonly load?: { readonly threads: number; readonly threadsMax: number; readonly queued: number }
  /** Its machines, where it is a sandbox and tells them; `load` counts them instead of threads. */
  readonly machines?: readonly Machine[]
  /** Milliseconds of the self-test. */
  readonly latencyMs?: number
}

/** How much the driver could take now. */
export interface Capacity {
  readonly instances: number
  readonly inService: number
  /** Samples that the instances work on for us. */
  readonly running: number
  /** Samples that wait for a free place. */
  readonly waiting: number
  /** Free places on instances that are in service. */
  readonly free: number
}

/** Something that an operator should see in the log. */
export interface AnalyzerEvent {
  readonly level: 'info' | 'warn'
  readonly analyzer: string
  readonly instance: string
  readonly event: 'in service' | 'out of service' | 'signatures changed' | 'signatures old'
  readonly detail: string
}

/** What every driver is given of the world. */
export interface AnalyzerDeps {
  readonly clock: Clock
  readonly onEvent: (event: AnalyzerEvent) => void
}

export interface Analyzer {
  /** Name in the configuration. */
  readonly name: string
  readonly type: string
  /** 1 antivirus, 2 look-up by digest, 3 sandbox: cheap ones are asked before dear ones. */
  readonly tier: 1 | 2 | 3
  /** Digest of all options that change the answer; part of the key of every report. */
  readonly optionsDigest: string
  /**
   * Present where it runs samples: of a container it gets the only file that can do anything, where there is but one. Absent where it
   * looks into containers itself, as antivirus programs do.
   */
  readonly view?: SampleView
  /** Version of engine and signatures now; part of the key of every report. */
  revision(): string
  /** Resolves when every instance was tried; rejects when none is in service, and goes on trying by itself. */
  start(signal: AbortSignal): Promise<void>
  stop(): Promise<void>
  /**
   * Hands the sample over and returns the task id to poll; an id is never used again, also not after a restart. Throws a `Fault`:
   * `analyzer-unavailable` or `overloaded` when no instance takes it now, anything else when none ever will. An aborted signal rejects,
   * here and in `poll`: what ends because we stop is no end of the analysis.
   */
  submit(submission: Submission, signal: AbortSignal): Promise<string>
  /** Asks how several tasks stand, in one call where the API allows; answers in the same order. May wait a few seconds for an end. */
  poll(taskIds: readonly string[], signal: AbortSignal): Promise<readonly Progress[]>
  /** Tasks that carry this marker or digest, so that a crash between submission and its record costs no second run. */
  find(sha256: string, marker: string, signal: AbortSignal): Promise<string | undefined>
  /** Ends a task that nobody waits for any more; one that is not known is none. */
  cancel(taskId: string, signal: AbortSignal): Promise<void>
  /** Somebody says that an analysis has ended: ask now. Whatever was said counts for nothing else, and may be said in vain or often. */
  hurry?(): void
  capacity(): Capacity
  /** Asks every instance now, self-test included; works before `start`. */
  health(signal: AbortSignal): Promise<readonly AnalyzerHealth[]>
}
