/**
 * The store of several nodes: one MariaDB, a single server or Galera. Every question is one round trip, whatever the number of samples;
 * what loses against another node is tried again here and nowhere else.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Connection } from 'mariadb'
import { type Answer, Fault, type KnownContent, type Report, type Story } from '../../core/index.ts'
import { Breaker } from '../breaker.ts'
import { requireDigests, requireOverride, requireSwitch } from '../digest.ts'
import { type StoreEvent, StoreRefused } from '../event.ts'
import type { Held, HeldQuery } from '../held.ts'
import type { MariadbOptions } from '../options.ts'
import type { Override } from '../override.ts'
import type { Removal } from '../removal.ts'
import type {
  Analysis,
  AnalysisChange,
  AnalysisKey,
  AnalysisNote,
  AnalysisQuery,
  Known,
  LookupQuery,
  MessageQuery,
  PastVerdict,
  Store,
  StoryDraft,
  StoryQuery,
  Switch,
  SwitchDraft,
  Switches,
} from '../store.ts'
import { listStories, verdicts } from './addresses.ts'
import {
  advance,
  analysesOf,
  analysisNotes,
  cancelAnalyses,
  claim,
  findAnalyses,
  findAnalysesStatement,
  renew,
  retryAnalyses,
  takeOver,
} from './analyses.ts'
import { connect, type Link } from './connect.ts'
import { factsOf, findFactsStatement, saveFactsStatements, touchStatement } from './facts.ts'
import { findHeld, saveHeld } from './held.ts'
import { migrate, type SchemaChange } from './migrate.ts'
import { MIGRATIONS } from './migrations.ts'
import { nameOf } from './name.ts'
import { historyOf, historyStatement, overrides, remove, removeOverride, setOverride } from './operator.ts'
import { Pool } from './pool.ts'
import { explainProblem, isConnectionLost } from './problem.ts'
import { analysisId, type Row, type Statement, timeSql, together } from './sql.ts'
import { answerStory, continuedOf, continuedStatements, findMessages, findStories, openStory } from './stories.ts'
import { removeSwitch, setSwitch, switches } from './switches.ts'

/** What the configuration says, and what a test may say besides. */
export interface MariadbSettings extends MariadbOptions {
  readonly onEvent?: (event: StoreEvent) => void
  /** Unix milliseconds; without it the database's own time counts. */
  readonly now?: () => number
}

/** Makes a store on a MariaDB; nothing is opened before `start`. */
export function createMariadbStore(settings: MariadbSettings): Store {
  return new MariadbStore(settings)
}

/** A start may have a large table to migrate; no mail waits for it. */
/** That facts are in use is noted once a day: enough to keep them for days. */
const USED_AT_LEAST_MS = 86_400_000
const MIGRATION_TIMEOUT_MS = 600_000
const PAUSE_MS = 5
/** Stories that are listed at a time, each a transaction of its own. */
const STORIES_AT_ONCE = 20
const LONGEST_PAUSE_MS = 200

type State = 'new' | 'open' | 'stopped'
type Work<T> = (connection: Connection, time: string) => Promise<T>

class MariadbStore implements Store {
  readonly #settings: MariadbSettings
  readonly #name: string
  readonly #pool: Pool
  readonly #breaker: Breaker
  #state: State = 'new'

  constructor(settings: MariadbSettings) {
    this.#settings = settings
    this.#name = nameOf(settings)
    const { connections, timeout: timeoutMs } = settings
    this.#pool = new Pool({ connect: () => connect(settings), connections, timeoutMs, name: this.#name })
    this.#breaker = new Breaker(
      () => this.#connect(),
      (event) => this.#report(event),
    )
  }

  async start(): Promise<void> {
    if (this.#state !== 'new') throw new Fault('internal', 'store: start was called twice')
    this.#state = 'open'
    const fault = await this.#reopen()
    if (!fault) return
    if (fault instanceof StoreRefused) await this.stop()
    else this.#breaker.open(fault)
    throw fault
  }

  async stop(): Promise<void> {
    if (this.#state === 'stopped') return
    this.#state = 'stopped'
    this.#breaker.stop()
    await this.#pool.close()
  }

  async check(): Promise<void> {
    await this.#do((connection, time) => proveWrite(connection, time))
  }

  async lookup(query: LookupQuery): Promise<Known> {
    requireDigests(query.digests)
    requireDigests(query.analyses.map((key) => key.sha256))
    const { known, unused } = await this.#do((connection, time) => lookup(connection, query, time))
    // Nobody waits for it, and a note that is lost is made at the next lookup.
    if (unused.length > 0) {
      this.#do((connection, time) => together(connection, [touchStatement(query.recipe, unused, time)])).catch(
        () => undefined,
      )
    }
    return known
  }

  async saveFacts(recipe: string, contents: readonly KnownContent[]): Promise<void> {
    requireDigests(contents.map((content) => content.sha256))
    await this.#do((connection, time) => together(connection, saveFactsStatements(recipe, contents, time)))
  }

  async openStory(draft: StoryDraft): Promise<void> {
    requireDigests(draft.samples.map((judged) => judged.sample.sha256))
    await this.#do((connection, time) => openStory(connection, draft, time), 'once')
  }

  async answerStory(ref: string, queueId: string, answer: Answer): Promise<void> {
    await this.#do((connection) => answerStory(connection, ref, queueId, answer))
  }

  async stories(query: StoryQuery, limit: number): Promise<readonly Story[]> {
    return this.#do((connection) => findStories(connection, query, limit))
  }

  async claim(
    keys: readonly AnalysisKey[],
    owner: string,
    leaseMs: number,
    failedBefore = 0,
  ): Promise<readonly Analysis[]> {
    requireDigests(keys.map((key) => key.sha256))
    if (keys.length === 0) return this.#do(async () => [])
    return this.#do((connection, time) => claim(connection, keys, { owner, leaseMs, failedBefore }, time))
  }

  async takeOver(owner: string, leaseMs: number, limit: number): Promise<readonly Analysis[]> {
    return this.#do((connection, time) => takeOver(connection, owner, leaseMs, limit, time), 'once')
  }

  async advance(changes: readonly AnalysisChange[], leaseMs: number): Promise<readonly boolean[]> {
    requireDigests(changes.map((change) => change.key.sha256))
    if (changes.length === 0) return this.#do(async () => [])
    return this.#do((connection, time) => advance(connection, changes, leaseMs, time), 'once')
  }

  async renew(key: AnalysisKey, updated: number, report: Report): Promise<boolean> {
    requireDigests([key.sha256])
    return this.#do((connection, time) => renew(connection, key, updated, report, time), 'once')
  }

  async messages(query: MessageQuery, limit: number): Promise<readonly Story[]> {
    if (query.sha256 !== undefined) requireDigests([query.sha256])
    const list = () => this.#do((connection) => listStories(connection, STORIES_AT_ONCE))
    while ((await list()) === STORIES_AT_ONCE);
    return this.#do((connection, time) => findMessages(connection, query, limit, time))
  }

  async verdicts(digests: readonly string[], limit: number): Promise<ReadonlyMap<string, readonly PastVerdict[]>> {
    requireDigests(digests)
    return this.#do((connection) => verdicts(connection, [...new Set(digests)], limit))
  }

  async analyses(query: AnalysisQuery, limit: number): Promise<readonly Analysis[]> {
    if (query.sha256 !== undefined) requireDigests([query.sha256])
    return this.#do((connection, time) => findAnalyses(connection, query, limit, time))
  }

  async analysisNotes(key: AnalysisKey): Promise<readonly AnalysisNote[]> {
    requireDigests([key.sha256])
    return this.#do((connection) => analysisNotes(connection, key))
  }

  async retryAnalyses(query: AnalysisQuery, limit: number): Promise<number> {
    if (query.sha256 !== undefined) requireDigests([query.sha256])
    return this.#do((connection, time) => retryAnalyses(connection, query, limit, time), 'once')
  }

  async cancelAnalyses(query: AnalysisQuery, limit: number): Promise<number> {
    if (query.sha256 !== undefined) requireDigests([query.sha256])
    return this.#do((connection, time) => cancelAnalyses(connection, query, limit, time), 'once')
  }

  async switches(): Promise<Switches> {
    return this.#do((connection, time) => switches(connection, time))
  }

  async setSwitch(draft: SwitchDraft, lastsMs: number): Promise<Switch> {
    requireSwitch(draft, lastsMs)
    return this.#do((connection, time) => setSwitch(connection, draft, lastsMs, time))
  }

  async removeSwitch(kind: Switch['kind'], name: string): Promise<boolean> {
    return this.#do((connection, time) => removeSwitch(connection, kind, name, time), 'once')
  }

  async overrides(): Promise<readonly Override[]> {
    return this.#do((connection) => overrides(connection))
  }

  async setOverride(override: Omit<Override, 'made'>): Promise<void> {
    requireOverride(override)
    await this.#do((connection, time) => setOverride(connection, override, time))
  }

  async removeOverride(kind: Override['kind'], value: string): Promise<number> {
    return this.#do((connection) => removeOverride(connection, kind, value), 'once')
  }

  async saveHeld(held: Held): Promise<void> {
    await this.#do((connection, time) => saveHeld(connection, held, time))
  }

  async held(query: HeldQuery, limit: number): Promise<readonly Held[]> {
    return this.#do((connection) => findHeld(connection, query, limit))
  }

  async remove(removal: Removal, limit: number, isDryRun = false): Promise<number> {
    if (removal.sha256 !== undefined) requireDigests([removal.sha256])
    return this.#do((connection, time) => remove(connection, removal, limit, isDryRun, time), 'once')
  }

  /**
   * The one place of retries: what lost against another transaction was not done and is done again, as long as its time lasts; after a
   * lost connection nobody knows, so only what may be done twice is, once.
   */
  async #do<T>(work: Work<T>, repeat: 'once' | 'again' = 'again'): Promise<T> {
    this.#requireOpen()
    if (this.#breaker.fault) throw this.#breaker.fault
    const end = performance.now() + this.#settings.timeout
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#pool.use(({ connection }) => work(connection, timeSql(this.#settings.now)))
      } catch (error) {
        this.#requireOpen()
        const problem = explainProblem(error, this.#name)
        const isLost = !(error instanceof Fault) && isConnectionLost(error)
        const mayRepeat = problem.kind === 'again' || (isLost && repeat === 'again' && attempt === 1)
        if (!mayRepeat || performance.now() > end) throw this.#faultOf(problem)
        // With chance in it, or two nodes that met once meet again.
        await pause(Math.random() * Math.min(LONGEST_PAUSE_MS, PAUSE_MS * 2 ** attempt))
      }
    }
  }

  #faultOf(problem: ReturnType<typeof explainProblem>): Fault {
    const fault = new Fault('store-unavailable', problem.message)
    if (problem.kind === 'away' && this.#state === 'open') this.#breaker.open(fault)
    return fault
  }

  #requireOpen(): void {
    if (this.#state !== 'open') throw new Fault('store-unavailable', `store ${this.#name} is not open`)
  }

  /** For the breaker: a schema that became too new while the store was away keeps it away. */
  async #connect(): Promise<Fault | undefined> {
    const fault = await this.#reopen()
    return fault instanceof StoreRefused ? new Fault('store-unavailable', fault.message) : fault
  }

  async #reopen(): Promise<Fault | StoreRefused | undefined> {
    try {
      const time = timeSql(this.#settings.now)
      const opened = await this.#pool.use((link) => open(link, this.#name, time), MIGRATION_TIMEOUT_MS)
      if (opened.from !== opened.to) this.#report({ kind: 'migrated', ...opened })
      return undefined
    } catch (error) {
      if (error instanceof StoreRefused || error instanceof Fault) return error
      return new Fault('store-unavailable', explainProblem(error, this.#name).message)
    }
  }

  #report(event: StoreEvent): void {
    this.#settings.onEvent?.(event)
  }
}

/** All about one message at once: what stands together here is written to the server together. */
async function lookup(
  connection: Connection,
  query: LookupQuery,
  time: string,
): Promise<{ readonly known: Known; readonly unused: readonly string[] }> {
  const { digests, recipe, analyses, storyKey, history } = query
  const hasDigests = digests.length > 0
  const ask = {
    clock: [{ sql: `SELECT ${time} AS now` }],
    facts: hasDigests ? [findFactsStatement(recipe, digests)] : [],
    analyses: analyses.length > 0 ? [findAnalysesStatement(new Set(analyses.map(analysisId)))] : [],
    history: hasDigests && history ? [historyStatement(digests)] : [],
    story: storyKey === '' ? [] : continuedStatements(storyKey, time),
  }
  const answers = [...(await together<readonly Row[]>(connection, Object.values(ask).flat()))]
  const answerTo = (asked: readonly Statement[]) => answers.splice(0, asked.length)
  const now = Number(answerTo(ask.clock)[0]?.[0]?.now)
  const rows = answerTo(ask.facts).flat()
  const facts = factsOf(rows)
  const known = {
    now,
    facts,
    analyses: analysesOf(analyses, answerTo(ask.analyses).flat()),
    ...(history && { history: historyOf(answerTo(ask.history).flat()) }),
    story: continuedOf(answerTo(ask.story)),
  }
  const found = [...facts.keys()]
  return { known, unused: found.filter((_, n) => Number(rows[n]?.used) < now - USED_AT_LEAST_MS) }
}

async function open({ connection }: Link, name: string, time: string): Promise<SchemaChange> {
  const change = await migrate(connection, name, MIGRATIONS)
  await proveWrite(connection, time)
  return change
}

async function proveWrite(connection: Connection, time: string): Promise<void> {
  await connection.query(`UPDATE schema_version SET checked = ${time}`)
}
