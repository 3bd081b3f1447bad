/**
 * Runs analyses durably and each only once: whoever wants a report joins the analysis that is under way, here or on another node,
 * or begins it. Waiting costs a map entry, not a thread.
 */
import { randomUUID } from 'node:crypto'
import type { Analyzer, SampleView } from '../analyzers/analyzer.ts'
import { BAD_SCORE, type Cause, type Clock, Fault, type Report, type RoleState } from '../core/index.ts'
import { type Analysis, type AnalysisKey, heldOf, type Store } from '../store/store.ts'
import { describeError, type Logger } from '../telemetry/index.ts'
import { type Ended, type Errand, runAnalysis } from './analysis-run.ts'
import { Follower } from './follower.ts'
import { Lane } from './lane.ts'
import { Leases } from './lease.ts'
import type { SchedulerOptions } from './options.ts'
import { ageOf, renewalOf, renewedBy } from './renewal.ts'
import { deliveredWith, type Turned } from './turn.ts'
import { type Asker, keyOf, type Standing, type Want } from './work.ts'

export interface SchedulerDeps {
  readonly store: Store
  readonly analyzers: ReadonlyMap<string, Analyzer>
  readonly clock: Clock
  readonly log: Logger
  readonly options: SchedulerOptions
  /** Told of every analysis that ended here: how, and how long it took. */
  /** A sample was called bad whose mails were delivered. */
  readonly onTurned?: (turned: Turned) => void
  readonly onEnded?: (analyzer: string, state: Ended['state'], ms: number) => void
}

/** What this process has of an analyzer: its driver, the line before it, and who follows its tasks. */
interface Desk {
  readonly analyzer: Analyzer
  readonly lane: Lane
  readonly follower: Follower
}

interface Run {
  readonly done: Promise<void>
  readonly begun: number
}

/** What a claim came to, by key: rows, and what is told without one. */
interface Claimed {
  readonly rows: ReadonlyMap<string, Analysis>
  readonly told: ReadonlyMap<string, RoleState>
}

/** Sandboxes: what costs minutes. */
const DEAR = 3

/** Analyses of another's that are taken over at a time. */
const TAKEN_AT_ONCE = 200

/** Mails that the log names of those that were delivered with what is bad now. */
const MOST_TURNED = 100

export class Scheduler {
  readonly #deps: SchedulerDeps
  readonly #owner = randomUUID()
  readonly #stop = new AbortController()
  readonly #desks: ReadonlyMap<string, Desk>
  readonly #leases: Leases
  readonly #runs = new Map<string, Run>()
  /** What no instance could take a moment ago, and why: whoever asks at once is told so instead of trying again. */
  readonly #refused = new Map<string, Cause>()
  /** What is written down of reports, and nobody waits for. */
  readonly #notes = new Set<Promise<void>>()
  #cancelRound: (() => void) | undefined

  constructor(deps: SchedulerDeps) {
    const { analyzers, store, clock, options } = deps
    this.#deps = deps
    this.#desks = new Map([...analyzers].map(([name, analyzer]) => [name, this.#desk(analyzer)]))
    const onTrouble = (error: unknown) => deps.log.warn({ cause: describeError(error) }, 'leases not renewed')
    this.#leases = new Leases({ store, clock, leaseMs: options.lease, onTrouble })
  }

  /** Starts the analyzers; one that does not start is out of service and logged, mail goes on. What an earlier start left goes on too. */
  async start(): Promise<void> {
    const { analyzers, log } = this.#deps
    const starting = [...analyzers.values()].map((analyzer) =>
      analyzer.start(this.#stop.signal).catch((error: unknown) => {
        log.error({ analyzer: analyzer.name, cause: describeError(error) }, 'analyzer did not start')
      }),
    )
    await Promise.all(starting)
    await this.#round()
  }

  /** Lets go of all analyses, so that another node, or the next start, takes them over at once. */
  async stop(): Promise<void> {
    this.#cancelRound?.()
    const reason = new Fault('shutting-down')
    this.#stop.abort(reason)
    this.#leases.stop(reason)
    await Promise.allSettled([...this.#runs.values()].map(({ done }) => done))
    await Promise.allSettled(this.#notes)
    await this.#leases.letGo()
    await Promise.allSettled([...this.#deps.analyzers.values()].map((analyzer) => analyzer.stop()))
  }

  /** How many samples are at work and wait, by analyzer. */
  get lines(): ReadonlyMap<string, Pick<Lane, 'busy' | 'waiting'>> {
    return new Map(Array.from(this.#desks, ([name, { lane }]) => [name, lane]))
  }

  /** 1, 2 or 3; an analyzer that is not there counts as the dearest. */
  tierOf(analyzer: string): number {
    return this.#deps.analyzers.get(analyzer)?.tier ?? DEAR
  }

  /** How an analyzer wants containers and what is locked; undefined where it takes samples as they are. */
  viewOf(analyzer: string): SampleView | undefined {
    return this.#deps.analyzers.get(analyzer)?.view
  }

  /**
   * Joins or creates the analyses in one statement and says how each stands, in order; several wants may be the same. Rejects with `store-unavailable` when
   * that cannot be known.
   */
  async want(wants: readonly Want[], asker: Asker): Promise<readonly Standing[]> {
    const asked = wants.map((want) => ({ want, key: this.#key(want) }))
    const claimed = await this.#claim(new Map(asked.map(({ key }) => [keyOf(key), key])), asker)
    // What was claimed is begun before anything else is waited for: it may have ended by then.
    const standings = asked.map(({ want, key }) => this.#stand({ want, asker }, key, claimed))
    const renewed = await this.#renew(asked, claimed, asker)
    return standings.map((standing, i) => renewed.get(asked[i] ? keyOf(asked[i].key) : '') ?? standing)
  }

  async #claim(keys: Map<string, AnalysisKey>, asker: Asker): Promise<Claimed> {
    const { store, options } = this.#deps
    const told = new Map<string, RoleState>([...this.#refusals(keys), ...(await this.#capped(keys, asker))])
    const free = [...keys].flatMap(([id, key]) => (told.has(id) ? [] : [key]))
    const rows = await store.claim(free, this.#owner, options.lease, asker.failedBefore)
    return { told, rows: new Map(rows.map((row) => [keyOf(row), row])) }
  }

  #stand(errand: Errand, key: AnalysisKey, { told, rows }: Claimed): Standing {
    const state = told.get(keyOf(key))
    return state ? { state, changed: Promise.resolve() } : this.#standing(errand, rows.get(keyOf(key)))
  }

  /** Begins newer reports in the place of old ones; says how those stand that somebody must wait for, or that are there. */
  async #renew(
    asked: readonly { readonly want: Want; readonly key: AnalysisKey }[],
    { rows }: Claimed,
    asker: Asker,
  ): Promise<ReadonlyMap<string, Standing>> {
    const { options, clock } = this.#deps
    const due = asked.flatMap(({ want, key }) => {
      const row = this.tierOf(key.analyzer) === DEAR ? rows.get(keyOf(key)) : undefined
      const age = row ? ageOf(row, want, asker, options, clock.now()) : 'fresh'
      return row && age !== 'fresh' ? [{ want, id: keyOf(key), age, key: renewalOf(row) }] : []
    })
    const standings = new Map<string, Standing>()
    if (due.length === 0) return standings
    const claimed = await this.#claim(new Map(due.map(({ key }) => [keyOf(key), key])), asker)
    for (const { want, id, age, key } of due) {
      const isHeld = age === 'over' ? asker.isHeld : () => false
      const standing = this.#stand({ want, asker: { ...asker, isHeld } }, key, claimed)
      if (age === 'over' || standing.state.state === 'reported') standings.set(id, standing)
      // Whoever made it may have ended before he could put it in its place.
      if (standing.state.state === 'reported') this.#noteReport(key, standing.state.report)
    }
    return standings
  }

  #key(want: Want): AnalysisKey {
    const { analyzer } = this.#deskOf(want.analyzer)
    const { name } = analyzer
    // With a password it is another question: a report of before it was known says nothing of what it opens.
    const optionsDigest = [analyzer.optionsDigest, want.variant].filter(Boolean).join(' ')
    return { analyzer: name, optionsDigest, revision: analyzer.revision(), sha256: want.sha256 }
  }

  #standing(errand: Errand, row: Analysis | undefined): Standing {
    if (!row) throw new Fault('store-unavailable', 'the store did not answer for every analysis')
    const state = stateOf(row)
    if (state.state !== 'pending') return { state, changed: Promise.resolve() }
    const running = this.#runs.get(keyOf(row))
    const expectedMs = this.#expectedMs(row, running)
    const standing = { state, ...(expectedMs !== undefined && { expectedMs }) }
    if (running) return { ...standing, changed: running.done }
    if (row.owner !== this.#owner) return { ...standing, changed: this.#pause() }
    if (this.tierOf(row.analyzer) === DEAR) errand.asker.begun.add(keyOf(row))
    return { ...standing, changed: this.#begin(row, errand) }
  }

  #expectedMs({ analyzer }: Analysis, running: Run | undefined): number | undefined {
    const whole = this.#deskOf(analyzer).lane.expectedMs
    if (whole === undefined || !running) return whole
    return Math.max(0, whole - (this.#deps.clock.now() - running.begun))
  }

  #begin(row: Analysis, errand?: Errand): Promise<void> {
    errand?.want.retain()
    const done = this.#run(row, errand)
    this.#runs.set(keyOf(row), { done, begun: this.#deps.clock.now() })
    return done
  }

  async #run(row: Analysis, errand?: Errand): Promise<void> {
    const { clock, options, log } = this.#deps
    const about = { analyzer: row.analyzer, sha256: row.sha256 }
    const lease = this.#leases.hold(row)
    const begun = clock.now()
    try {
      const { signal } = lease
      const ended = await runAnalysis(lease, errand, { ...this.#deskOf(row.analyzer), clock, options, signal })
      this.#note(row, ended)
      if (ended.state === 'lost') this.#later(row, this.#dropCancelled(row))
      this.#deps.onEnded?.(row.analyzer, ended.state, clock.now() - begun)
      if (ended.state === 'reported') this.#noteReport(row, ended.report, 'new')
      log[ended.state === 'reported' ? 'info' : 'warn']({ ...about, ...ended }, 'analysis ended')
    } catch (error) {
      log.warn({ ...about, cause: describeError(error) }, 'analysis left to the next owner')
    } finally {
      if (!this.#stop.signal.aborted) this.#leases.end(lease)
      this.#runs.delete(keyOf(row))
      errand?.want.release()
    }
  }

  #note(row: Analysis, ended: Ended): void {
    if (ended.state !== 'refused') return
    const key = keyOf(row)
    this.#refused.set(key, ended.cause)
    this.#deps.clock.after(this.#deps.options.poll, () => this.#refused.delete(key))
  }

  /** Puts a newer report in the place of an old one, and says which mails were delivered with what is bad. Nobody waits for it. */
  #noteReport(key: AnalysisKey, report: Report, isNew?: 'new'): void {
    this.#later(key, Promise.all([this.#replaceOld(key, report), isNew && this.#tellTurned(key, report)]))
  }

  #later({ analyzer, sha256 }: AnalysisKey, work: Promise<unknown>): void {
    const note = work
      .then(
        () => undefined,
        (error: unknown) => {
          this.#deps.log.warn({ analyzer, sha256, cause: describeError(error) }, 'analysis not followed up')
        },
      )
      .finally(() => this.#notes.delete(note))
    this.#notes.add(note)
  }

  /** What an operator took from us is not worth a place at the analyzer either. */
  async #dropCancelled(key: AnalysisKey): Promise<void> {
    const { analyses } = await this.#deps.store.lookup({ digests: [], recipe: '', analyses: [key], storyKey: '' })
    const [row] = analyses
    if (row?.cause !== 'cancelled' || row.taskId === '') return
    await this.#deskOf(key.analyzer).analyzer.cancel(row.taskId, this.#stop.signal)
    const { analyzer, sha256 } = key
    this.#deps.log.warn({ analyzer, sha256, taskId: row.taskId }, 'analysis cancelled')
  }

  async #replaceOld(key: AnalysisKey, report: Report): Promise<void> {
    const old = this.tierOf(key.analyzer) === DEAR ? renewedBy(key) : undefined
    if (old) await this.#deps.store.renew(old.key, old.updated, report)
  }

  async #tellTurned({ analyzer, sha256 }: AnalysisKey, { score = 0, families, link }: Report): Promise<void> {
    if (score < BAD_SCORE) return
    const stories = await this.#deps.store.stories({ sha256 }, MOST_TURNED)
    const messages = deliveredWith(sha256, stories, await heldOf(this.#deps.store, stories))
    if (messages.length === 0) return
    this.#deps.log.warn({ analyzer, sha256, score, families, link, messages }, 'verdict turned')
    this.#deps.onTurned?.({ analyzer, sha256, score, families: families ?? [], link: link ?? '', messages })
  }

  /** What was refused a moment ago, while there is still no place for it. */
  #refusals(keys: ReadonlyMap<string, AnalysisKey>): [string, RoleState][] {
    return [...keys].flatMap(([id, { analyzer }]) => {
      const cause = this.#refused.get(id)
      const hasPlace = () => (this.#deps.analyzers.get(analyzer)?.capacity().free ?? 0) > 0
      return cause === undefined || hasPlace() ? [] : [[id, { state: 'failed', cause }]]
    })
  }

  /** Dear analyses beyond those that a message may cause. What is known or under way costs nothing, so it is asked only where it matters. */
  async #capped(
    keys: ReadonlyMap<string, AnalysisKey>,
    { begun, failedBefore }: Asker,
  ): Promise<[string, RoleState][]> {
    const dear = [...keys].filter(([id, { analyzer }]) => this.tierOf(analyzer) === DEAR && !begun.has(id))
    const room = Math.max(0, this.#deps.options.runsPerMessage - begun.size)
    if (dear.length <= room) return []
    const analyses = dear.map(([, key]) => key)
    const { analyses: rows } = await this.#deps.store.lookup({ digests: [], recipe: '', analyses, storyKey: '' })
    const free = new Set(rows.filter((row) => costsNothing(row, failedBefore)).map((row) => keyOf(row)))
    const fresh = dear.filter(([id]) => !free.has(id))
    return fresh.slice(room).map(([id]) => [id, { state: 'capped' }])
  }

  #desk(analyzer: Analyzer): Desk {
    const { clock, options, log } = this.#deps
    const onTrouble = (error: unknown) =>
      log.warn(
        { analyzer: analyzer.name, cause: describeError(error) },
        'analyzer could not be asked how its tasks stand',
      )
    const follower = new Follower({ analyzer, clock, pollMs: options.poll, signal: this.#stop.signal, onTrouble })
    return { analyzer, lane: new Lane(analyzer, clock, options.queue), follower }
  }

  #deskOf(name: string): Desk {
    const desk = this.#desks.get(name)
    if (!desk) throw new Fault('analyzer-unavailable', `no analyzer is named ${name}`)
    return desk
  }

  /** Now and then: what was submitted by somebody who is gone is followed to its end, and who waits in line may have a place by now. */
  async #round(): Promise<void> {
    const { clock, options, store, log } = this.#deps
    for (const { lane } of this.#desks.values()) lane.look()
    try {
      const left = await store.takeOver(this.#owner, options.lease, TAKEN_AT_ONCE)
      if (this.#stop.signal.aborted) return
      for (const row of left) if (this.#desks.has(row.analyzer) && !this.#runs.has(keyOf(row))) void this.#begin(row)
    } catch (error) {
      log.warn({ cause: describeError(error) }, 'analyses of others not looked for')
    }
    if (this.#stop.signal.aborted) return
    this.#cancelRound = clock.after(options.lease / 4, () => void this.#round())
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

/** Whether asking after it begins no run: it has ended, or is at work. */
function costsNothing({ state, updated }: Analysis, failedBefore: number): boolean {
  if (state === 'failed') return updated >= failedBefore
  return state !== 'wanted'
}
