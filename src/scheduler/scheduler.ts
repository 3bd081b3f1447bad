/**
 * Runs analyses durably and each only once: whoever wants a report joins the analysis that is under way, here or on another node,
 * or begins it. Waiting costs a map entry, not a thread.
 */
import { randomUUID } from 'node:crypto'
import type { Analyzer } from '../analyzers/analyzer.ts'
import { type Cause, type Clock, Fault, type RoleState } from '../core/index.ts'
import type { Analysis, AnalysisKey, Store } from '../store/store.ts'
import { describeError, type Logger } from '../telemetry/index.ts'
import { type RunContext, runAnalysis } from './analysis-run.ts'
import type { SchedulerOptions } from './options.ts'
import { keyOf, type Standing, type Want } from './work.ts'

export interface SchedulerDeps {
  readonly store: Store
  readonly analyzers: ReadonlyMap<string, Analyzer>
  readonly clock: Clock
  readonly log: Logger
  readonly options: SchedulerOptions
}

interface Run {
  readonly done: Promise<void>
}

export class Scheduler {
  readonly #deps: SchedulerDeps
  readonly #owner = randomUUID()
  readonly #stop = new AbortController()
  readonly #runs = new Map<string, Run>()
  /** What no instance could take a moment ago, and why: whoever asks at once is told so instead of trying again. */
  readonly #refused = new Map<string, Cause>()

  constructor(deps: SchedulerDeps) {
    this.#deps = deps
  }

  /** Starts the analyzers; one that does not start is out of service and logged, mail goes on. */
  async start(): Promise<void> {
    const { analyzers, log } = this.#deps
    const starting = [...analyzers.values()].map((analyzer) =>
      analyzer.start(this.#stop.signal).catch((error: unknown) => {
        log.error({ analyzer: analyzer.name, cause: describeError(error) }, 'analyzer did not start')
      }),
    )
    await Promise.all(starting)
  }

  /** Lets go of all analyses; their leases expire and another node, or the next start, takes over. */
  async stop(): Promise<void> {
    this.#stop.abort(new Fault('shutting-down'))
    await Promise.allSettled([...this.#runs.values()].map((run) => run.done))
    await Promise.allSettled([...this.#deps.analyzers.values()].map((analyzer) => analyzer.stop()))
  }

  /** 1, 2 or 3; an analyzer that is not there counts as the dearest. */
  tierOf(analyzer: string): number {
    return this.#deps.analyzers.get(analyzer)?.tier ?? 3
  }

  /**
   * Joins or creates the analyses in one statement and says how each stands, in order; several wants may be the same. Rejects with `store-unavailable` when
   * that cannot be known.
   */
  async want(wants: readonly Want[]): Promise<readonly Standing[]> {
    const { store, options } = this.#deps
    const asked = wants.map((want) => ({ want, key: this.#key(want) }))
    const keys = new Map(asked.map(({ key }) => [keyOf(key), key]))
    const refused = new Map(asked.map(({ want, key }) => [keyOf(key), this.#refusal(want, key)]))
    for (const [key, cause] of refused) if (cause !== undefined) keys.delete(key)
    const rows = await store.claim([...keys.values()], this.#owner, options.lease)
    const rowOf = new Map(rows.map((row) => [keyOf(row), row]))
    return asked.map(({ want, key }) => {
      const cause = refused.get(keyOf(key))
      if (cause !== undefined) return { state: { state: 'failed', cause }, changed: Promise.resolve() }
      return this.#standing(want, rowOf.get(keyOf(key)))
    })
  }

  #key(want: Want): AnalysisKey {
    const analyzer = this.#deps.analyzers.get(want.analyzer)
    if (!analyzer) throw new Fault('analyzer-unavailable', `no analyzer is named ${want.analyzer}`)
    const { name, optionsDigest } = analyzer
    return { analyzer: name, optionsDigest, revision: analyzer.revision(), sha256: want.sha256 }
  }

  #standing(want: Want, row: Analysis | undefined): Standing {
    if (!row) throw new Fault('store-unavailable', 'the store did not answer for every analysis')
    const state = stateOf(row)
    if (state.state !== 'pending') return { state, changed: Promise.resolve() }
    const running = this.#runs.get(keyOf(row))
    if (running) return { state, changed: running.done }
    return { state, changed: row.owner === this.#owner ? this.#begin(row, want) : this.#pause() }
  }

  #begin(row: Analysis, want: Want): Promise<void> {
    want.retain()
    const done = this.#run(row, want).finally(() => {
      this.#runs.delete(keyOf(row))
      want.release()
    })
    this.#runs.set(keyOf(row), { done })
    return done
  }

  async #run(row: Analysis, want: Want): Promise<void> {
    const { log } = this.#deps
    const about = { analyzer: row.analyzer, sha256: row.sha256 }
    try {
      const ended = await runAnalysis(row, want, this.#context(row))
      if (ended.state === 'refused') this.#refuse(keyOf(row), ended.cause)
      log[ended.state === 'reported' ? 'info' : 'warn']({ ...about, ...ended }, 'analysis ended')
    } catch (error) {
      log.warn({ ...about, cause: describeError(error) }, 'analysis left to the next owner')
    }
  }

  /** Why it was refused a moment ago, while there is still no place for it. */
  #refusal({ analyzer }: Want, key: AnalysisKey): Cause | undefined {
    const cause = this.#refused.get(keyOf(key))
    const hasPlace = () => (this.#deps.analyzers.get(analyzer)?.capacity().free ?? 0) > 0
    return cause === undefined || hasPlace() ? undefined : cause
  }

  #refuse(key: string, cause: Cause): void {
    this.#refused.set(key, cause)
    this.#deps.clock.after(this.#deps.options.poll, () => this.#refused.delete(key))
  }

  #context(row: Analysis): RunContext {
    const { analyzers, store, clock, options } = this.#deps
    const analyzer = analyzers.get(row.analyzer)
    if (!analyzer) throw new Fault('analyzer-unavailable', `no analyzer is named ${row.analyzer}`)
    return { analyzer, store, clock, options, signal: this.#stop.signal }
  }

  /** Another node works on it: ask the store again after a while. */
  #pause(): Promise<void> {
    return new Promise((resolve) => this.#deps.clock.after(this.#deps.options.poll, resolve))
  }
}

function stateOf(row: Analysis): RoleState {
  if (row.state === 'reported' && row.report) return { state: 'reported', report: row.report }
  if (row.state === 'failed') return { state: 'failed', cause: row.cause || 'analyzer-failed' }
  return { state: 'pending' }
}
