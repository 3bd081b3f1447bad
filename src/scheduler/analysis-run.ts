/**
 * One analysis that this process holds the lease of: `leased → submitting → submitted → reported | failed`, each step written to
 * the store before the next begins. A step that the store refuses means that the lease is lost: the run ends without a word.
 */
import type { Analyzer, Progress, Submission } from '../analyzers/analyzer.ts'
import { type Cause, type Clock, causeOf, Fault, type Report } from '../core/index.ts'
import type { Analysis, AnalysisChange, Store } from '../store/store.ts'
import type { SchedulerOptions } from './options.ts'
import type { Want } from './work.ts'

export interface RunContext {
  readonly analyzer: Analyzer
  readonly store: Store
  readonly clock: Clock
  readonly options: SchedulerOptions
  readonly signal: AbortSignal
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

class LeaseLost extends Error {}

/** Runs the analysis to its end; rejects only when the store is away or the scheduler stops. */
export async function runAnalysis(row: Analysis, want: Want, context: RunContext): Promise<Ended> {
  const giveUpAt = context.clock.now() + context.options.maxAge
  try {
    const taskId = row.state === 'submitted' ? row.taskId : await submit(row, want, context)
    return await follow(row, want, taskId, giveUpAt, context)
  } catch (error) {
    if (error instanceof LeaseLost) return { state: 'lost' }
    if (context.signal.aborted || causeOf(error) === 'store-unavailable') throw error
    const cause = causeOf(error)
    const detail = error instanceof Error ? error.message : String(error)
    return PASSING.includes(cause) ? refuse(row, context, cause, detail) : fail(row, context, cause, detail)
  }
}

/** A crash between these two writes leaves `submitting`: its next owner finds the task by digest and marker. */
async function submit(row: Analysis, want: Want, context: RunContext): Promise<string> {
  const { analyzer, signal } = context
  // One for each attempt: the task of an earlier one is not what a search should find.
  const marker = row.marker || `${row.sha256.slice(0, 16)}-${row.token}-${row.attempts + 1}`
  const found = row.state === 'submitting' ? await analyzer.find(row.sha256, marker, signal) : undefined
  if (found === undefined) await write(row, context, { state: 'submitting', marker, attempts: row.attempts + 1 })
  const taskId = found ?? (await analyzer.submit(submissionOf(want, marker, signal), signal))
  await write(row, context, { state: 'submitted', taskId })
  return taskId
}

function submissionOf(want: Want, marker: string, signal: AbortSignal): Submission {
  const { sha256, size, type } = want
  return { sha256, size, type, marker, fileName: sha256, bytes: () => want.bytes(signal) }
}

async function follow(
  row: Analysis,
  want: Want,
  taskId: string,
  giveUpAt: number,
  context: RunContext,
): Promise<Ended> {
  const { analyzer, options, clock, signal } = context
  for (;;) {
    const [progress] = await analyzer.poll([taskId], signal)
    if (progress === undefined) throw new Fault('analyzer-failed', 'the analyzer gave no answer about the task')
    if (progress.state !== 'running') return conclude(row, want, progress, giveUpAt, context)
    if (clock.now() >= giveUpAt) return fail(row, context, 'analysis-expired', `no report after ${options.maxAge} ms`)
    await write(row, context, { state: 'submitted' })
    await pause(options.poll, context)
  }
}

async function conclude(
  row: Analysis,
  want: Want,
  progress: Exclude<Progress, { state: 'running' }>,
  giveUpAt: number,
  context: RunContext,
): Promise<Ended> {
  if (progress.state === 'reported') {
    await write(row, context, { state: 'reported', report: progress.report })
    return { state: 'reported', report: progress.report }
  }
  const attempts = row.attempts + 1
  if (!progress.mayRetry || attempts >= context.options.attempts) {
    return fail(row, context, progress.cause, progress.detail)
  }
  await pause(context.options.poll, context)
  const again: Analysis = { ...row, attempts, state: 'leased', marker: '' }
  return follow(again, want, await submit(again, want, context), giveUpAt, context)
}

async function fail(row: Analysis, context: RunContext, cause: Cause, detail: string): Promise<Ended> {
  await write(row, context, { state: 'failed', cause })
  return { state: 'failed', cause, detail }
}

/** Attempts count what was tried with the sample: a closed door is none. */
async function refuse(row: Analysis, context: RunContext, cause: Cause, detail: string): Promise<Ended> {
  const { attempts, marker } = row
  await write(row, context, { state: 'wanted', attempts, marker })
  return { state: 'refused', cause, detail }
}

async function write(
  row: Analysis,
  context: RunContext,
  change: Omit<AnalysisChange, 'key' | 'owner' | 'token'>,
): Promise<void> {
  const { analyzer, optionsDigest, revision, sha256, owner, token } = row
  const key = { analyzer, optionsDigest, revision, sha256 }
  const [held] = await context.store.advance([{ key, owner, token, ...change }], context.options.lease)
  if (!held) throw new LeaseLost()
}

/** Waits, or rejects when the scheduler stops. */
function pause(ms: number, { clock, signal }: RunContext): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      cancel()
      reject(new Fault('shutting-down'))
    }
    const cancel = clock.after(ms, () => {
      signal.removeEventListener('abort', stop)
      resolve()
    })
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
}
