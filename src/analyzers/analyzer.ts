/**
 * The contract of every analyzer driver. A driver is a folder beside this file; only `main.ts` names it. Life: constructed
 * without side effects → `start` → `submit`, `poll` → `stop` (which also works after a `start` that failed half-way).
 *
 * A driver never says "clean": it hands over a validated report with the evidence that the sample was analysed, or a failure.
 */
import type { Cause, Report } from '../core/index.ts'

/** What is handed over for analysis. */
export interface Submission {
  readonly sha256: string
  readonly size: number
  /** Name that opens the sample in the analyzer: its digest with the extension of its type, never the sender's name. */
  readonly fileName: string
  readonly type: string
  /** Unique mark that the analyzer stores with the task, so that a task created before a crash is found again. */
  readonly marker: string
  /** Streams the bytes; may be called once per attempt. */
  readonly bytes: () => AsyncIterable<Uint8Array>
}

/** How an analysis stands, as the analyzer says. */
export type Progress =
  | { readonly state: 'running' }
  | { readonly state: 'reported'; readonly report: Report }
  | { readonly state: 'failed'; readonly cause: Cause; readonly detail: string; readonly mayRetry: boolean }

/** Health of one instance. */
export interface AnalyzerHealth {
  readonly instance: string
  readonly ok: boolean
  readonly detail: string
}

export interface Analyzer {
  /** Name in the configuration. */
  readonly name: string
  readonly type: string
  /** 1 antivirus, 2 look-up by digest, 3 sandbox: cheap ones are asked before dear ones. */
  readonly tier: 1 | 2 | 3
  /** Digest of all options that change the answer; part of the key of every report. */
  readonly optionsDigest: string
  /** Version of engine and signatures now; part of the key of every report. */
  revision(): string
  start(signal: AbortSignal): Promise<void>
  stop(): Promise<void>
  /** Hands the sample over and returns the task id to poll. Throws a `Fault` when no instance takes it. */
  submit(submission: Submission, signal: AbortSignal): Promise<string>
  /** Asks how several tasks stand, in one call where the API allows; answers in the same order. */
  poll(taskIds: readonly string[], signal: AbortSignal): Promise<readonly Progress[]>
  /** Tasks that carry this marker or digest, so that a crash between submission and its record costs no second run. */
  find(sha256: string, marker: string, signal: AbortSignal): Promise<string | undefined>
  health(signal: AbortSignal): Promise<readonly AnalyzerHealth[]>
}
