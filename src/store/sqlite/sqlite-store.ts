/**
 * The embedded store: one SQLite file (WAL). All writes go through one thread of their own; point reads happen here. Never blocks the event
 * loop: the writer's lock waits and disk waits happen in its thread, and the reader does not wait.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Answer, Fault, type KnownContent, type Report, type Story } from '../../core/index.ts'
import { Breaker } from '../breaker.ts'
import { requireDigests, requireOverride, requireSwitch } from '../digest.ts'
import { type StoreEvent, StoreRefused } from '../event.ts'
import type { Held, HeldQuery } from '../held.ts'
import type { Override } from '../override.ts'
import type { Removal } from '../removal.ts'
import { analysisOf, switchOf } from '../row.ts'
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
import { endOf } from '../story-life.ts'
import { factsOperations, sizeOf, storyOperation } from './draft.ts'
import type { Operation, OperationValue, Row } from './operation.ts'
import { explainProblem, type Problem } from './problem.ts'
import { type Found, Reader } from './reader.ts'
import { changeRow, keysJson } from './rows.ts'
import { SearchThread } from './search-thread.ts'
import type { Search, Searched } from './searcher.ts'
import { problemFault, Writer } from './writer.ts'

/** Where the file lies and how long a statement may take. */
export interface SqliteOptions {
  readonly path: string
  readonly timeoutMs: number
  readonly onEvent?: (event: StoreEvent) => void
  /** Unix milliseconds; without it the database's own time counts. */
  readonly now?: () => number
  /** The writer thread's program. */
  readonly writerEntry?: URL
}

/** Makes a store on one SQLite file; nothing is opened before `start`. */
export function createSqliteStore(options: SqliteOptions): Store {
  return new SqliteStore(options)
}

/** So many digests take two or three milliseconds where each is in a page that was not read yet: all of nearly every message. */
const DIGESTS_AT_ONCE = 500
/** Stories that are listed in one commit, and past verdicts that are read in one turn of the loop. */
const STORIES_AT_ONCE = 200
const VERDICTS_AT_ONCE = 20

type State = 'new' | 'open' | 'stopped'

class SqliteStore implements Store {
  readonly #options: SqliteOptions
  readonly #writer: Writer
  readonly #breaker: Breaker
  readonly #searches: SearchThread
  #reader: Reader | undefined
  #state: State = 'new'
  #isDamaged = false

  constructor(options: SqliteOptions) {
    this.#options = options
    const { path, timeoutMs, now, writerEntry: entry = defaultEntry() } = options
    this.#searches = new SearchThread(path)
    this.#writer = new Writer({ path, timeoutMs, now, entry, onAway: (problem) => this.#goAway(problem) })
    this.#breaker = new Breaker(
      () => this.#connect(),
      (event) => this.#report(event),
    )
  }

  async start(): Promise<void> {
    if (this.#state !== 'new') throw new Fault('internal', 'store: start was called twice')
    this.#state = 'open'
    const problem = await this.#reopen()
    if (!problem) return
    if (!problem.isRefused) this.#goAway(problem)
    else await this.stop()
    throw problem.isRefused ? new StoreRefused(problem.message) : problemFault(problem)
  }

  async stop(): Promise<void> {
    if (this.#state === 'stopped') return
    this.#state = 'stopped'
    this.#breaker.stop()
    // First the reader: the last connection writes the log back into the file, and a read-only one cannot.
    this.#reader?.close()
    this.#reader = undefined
    await this.#searches.close()
    await this.#writer.close()
  }

  async check(): Promise<void> {
    await this.#write({ kind: 'check' })
    this.#read((reader) => reader.check())
  }

  async lookup(query: LookupQuery): Promise<Known> {
    requireDigests(query.digests)
    requireDigests(query.analyses.map((key) => key.sha256))
    const { known, unused } = await this.#lookUp(query)
    // Nobody waits for it, and a note that is lost is made at the next lookup.
    if (unused.length > 0) this.#write({ kind: 'touch', idsJson: JSON.stringify(unused) }).catch(() => undefined)
    return known
  }

  /** In pieces, others get their turn between: each digest may be a page that is not in memory. */
  async #lookUp(query: LookupQuery): Promise<Found> {
    const now = this.#now()
    const piece = (at: number) => query.digests.slice(at, at + DIGESTS_AT_ONCE)
    const first = this.#read((reader) => reader.lookup({ ...query, digests: piece(0) }, now))
    if (query.digests.length <= DIGESTS_AT_ONCE) return first
    const all = [first]
    for (let at = DIGESTS_AT_ONCE; at < query.digests.length; at += DIGESTS_AT_ONCE) {
      await nextTurn()
      const rest = { ...query, digests: piece(at), analyses: [], storyKey: '' }
      all.push(this.#read((reader) => reader.lookup(rest, now)))
    }
    return joined(first, all)
  }

  async saveFacts(recipe: string, contents: readonly KnownContent[]): Promise<void> {
    requireDigests(contents.map((content) => content.sha256))
    await Promise.all(factsOperations(recipe, contents).map((operation) => this.#write(operation)))
  }

  async openStory(draft: StoryDraft): Promise<void> {
    requireDigests(draft.samples.map((judged) => judged.sample.sha256))
    await this.#write(storyOperation(draft))
  }

  async answerStory(ref: string, queueId: string, answer: Answer): Promise<void> {
    await this.#write({ kind: 'answer', ref, queueId, answerJson: JSON.stringify(answer), ended: endOf(answer) })
  }

  async stories(query: StoryQuery, limit: number): Promise<readonly Story[]> {
    const stories: Story[] = []
    for (const id of this.#read((reader) => reader.find(query, limit))) {
      // One story of many samples takes a millisecond: others get their turn between two.
      await nextTurn()
      const story = this.#read((reader) => reader.story(id))
      if (story) stories.push(story)
    }
    return stories
  }

  async claim(
    keys: readonly AnalysisKey[],
    owner: string,
    leaseMs: number,
    failedBefore = 0,
  ): Promise<readonly Analysis[]> {
    requireDigests(keys.map((key) => key.sha256))
    const rows = await this.#write({ kind: 'claim', keysJson: keysJson(keys), owner, leaseMs, failedBefore })
    return (rows as readonly Row[]).map(analysisOf)
  }

  async takeOver(owner: string, leaseMs: number, limit: number): Promise<readonly Analysis[]> {
    const rows = await this.#write({ kind: 'takeOver', owner, leaseMs, limit })
    return (rows as readonly Row[]).map(analysisOf)
  }

  async advance(changes: readonly AnalysisChange[], leaseMs: number): Promise<readonly boolean[]> {
    requireDigests(changes.map((change) => change.key.sha256))
    return (await this.#write({ kind: 'advance', changes: changes.map(changeRow), leaseMs })) as readonly boolean[]
  }

  async renew(key: AnalysisKey, updated: number, report: Report): Promise<boolean> {
    requireDigests([key.sha256])
    const operation = { keysJson: keysJson([key]), updated, reportJson: JSON.stringify(report) }
    const [isRenewed = false] = (await this.#write({ kind: 'renew', ...operation })) as readonly boolean[]
    return isRenewed
  }

  async messages(query: MessageQuery, limit: number): Promise<readonly Story[]> {
    if (query.sha256 !== undefined) requireDigests([query.sha256])
    while (Number(await this.#write({ kind: 'list', limit: STORIES_AT_ONCE })) === STORIES_AT_ONCE) await nextTurn()
    return (await this.#search({ kind: 'messages', query, limit, now: this.#now() })) as readonly Story[]
  }

  async verdicts(digests: readonly string[], limit: number): Promise<ReadonlyMap<string, readonly PastVerdict[]>> {
    requireDigests(digests)
    const found = new Map<string, readonly PastVerdict[]>()
    for (const [n, digest] of [...new Set(digests)].entries()) {
      if (n % VERDICTS_AT_ONCE === VERDICTS_AT_ONCE - 1) await nextTurn()
      found.set(
        digest,
        this.#read((reader) => reader.verdicts(digest, limit)),
      )
    }
    return found
  }

  async analyses(query: AnalysisQuery, limit: number): Promise<readonly Analysis[]> {
    if (query.sha256 !== undefined) requireDigests([query.sha256])
    return (await this.#search({ kind: 'analyses', query, limit, now: this.#now() })) as readonly Analysis[]
  }

  async analysisNotes(key: AnalysisKey): Promise<readonly AnalysisNote[]> {
    requireDigests([key.sha256])
    return (await this.#search({ kind: 'notes', key })) as readonly AnalysisNote[]
  }

  async retryAnalyses(query: AnalysisQuery, limit: number): Promise<number> {
    if (query.sha256 !== undefined) requireDigests([query.sha256])
    return Number(await this.#write({ kind: 'retry', query, limit }))
  }

  async cancelAnalyses(query: AnalysisQuery, limit: number): Promise<number> {
    if (query.sha256 !== undefined) requireDigests([query.sha256])
    return Number(await this.#write({ kind: 'cancel', query, limit }))
  }

  async switches(): Promise<Switches> {
    return this.#read((reader) => reader.switches(this.#now()))
  }

  async setSwitch(draft: SwitchDraft, lastsMs: number): Promise<Switch> {
    requireSwitch(draft, lastsMs)
    const [row = {}] = (await this.#write({ kind: 'setSwitch', draft, lastsMs })) as readonly Row[]
    return firstOf(switchOf(row))
  }

  async removeSwitch(about: Switch['kind'], name: string): Promise<boolean> {
    return Number(await this.#write({ kind: 'removeSwitch', about, name })) > 0
  }

  async overrides(): Promise<readonly Override[]> {
    return this.#read((reader) => reader.overrides())
  }

  async setOverride(override: Omit<Override, 'made'>): Promise<void> {
    requireOverride(override)
    await this.#write({ kind: 'setOverride', override })
  }

  async removeOverride(about: Override['kind'], value: string): Promise<number> {
    return Number(await this.#write({ kind: 'removeOverride', about, value }))
  }

  async saveHeld(held: Held): Promise<void> {
    await this.#write({ kind: 'saveHeld', held })
  }

  async held(query: HeldQuery, limit: number): Promise<readonly Held[]> {
    return this.#read((reader) => reader.held(query, limit))
  }

  async remove(removal: Removal, limit: number, isDryRun = false): Promise<number> {
    if (removal.sha256 !== undefined) requireDigests([removal.sha256])
    return Number(await this.#write({ kind: 'remove', removal, limit, isDryRun }))
  }

  /** Null for the database's own time. */
  #now(): number | null {
    return this.#options.now?.() ?? null
  }

  async #search(search: Search): Promise<Searched> {
    this.#requireOpen()
    return this.#searches.search(search)
  }

  async #write(operation: Operation): Promise<OperationValue> {
    this.#requireOpen()
    if (this.#breaker.fault) throw this.#breaker.fault
    return this.#writer.write(operation, sizeOf(operation))
  }

  /** Reads go on while writes cannot, unless what they would say is in doubt. */
  #read<T>(read: (reader: Reader) => T): T {
    this.#requireOpen()
    const fault = this.#breaker.fault
    if (fault && (this.#isDamaged || !this.#reader)) throw fault
    if (!this.#reader) throw new Fault('store-unavailable', `store ${this.#options.path} is not open`)
    try {
      return read(this.#reader)
    } catch (error) {
      const problem = explainProblem(error, this.#options.path)
      if (problem.isDamaged) this.#goAway(problem)
      throw problemFault(problem)
    }
  }

  #requireOpen(): void {
    if (this.#state !== 'open') throw new Fault('store-unavailable', `store ${this.#options.path} is not open`)
  }

  #goAway(problem: Problem): void {
    if (this.#state !== 'open') return
    this.#isDamaged ||= problem.isDamaged
    const fault = problemFault(problem)
    this.#breaker.open(fault)
    this.#writer.abandon(fault)
  }

  async #connect(): Promise<Fault | undefined> {
    const problem = await this.#reopen()
    return problem && problemFault(problem)
  }

  /** Opens writer and reader anew and proves that both work; what was wrong before is forgotten only then. */
  async #reopen(): Promise<Problem | undefined> {
    try {
      const opened = await this.#writer.open(this.#isDamaged)
      if ('message' in opened) return opened
      if (this.#state !== 'open') return undefined
      await this.#writer.write({ kind: 'check' }, 0)
      if (this.#state !== 'open') return undefined
      this.#reader?.close()
      this.#reader = undefined
      this.#reader = new Reader(this.#options.path)
      this.#reader.check()
      this.#isDamaged = false
      if (opened.from !== opened.to) this.#report({ kind: 'migrated', ...opened })
      return undefined
    } catch (error) {
      return error instanceof Fault ? awayBecause(error) : explainProblem(error, this.#options.path)
    }
  }

  #report(event: StoreEvent): void {
    this.#options.onEvent?.(event)
  }
}

function joined({ known }: Found, all: readonly Found[]): Found {
  const history = known.history && { history: new Map(all.flatMap((one) => [...(one.known.history ?? [])])) }
  return {
    known: { ...known, facts: new Map(all.flatMap((one) => [...one.known.facts])), ...history },
    unused: all.flatMap(({ unused }) => unused),
  }
}

function firstOf(switched: readonly Switch[]): Switch {
  const [first] = switched
  if (!first) throw new Fault('internal', 'store: nothing was switched')
  return first
}

function awayBecause(fault: Fault): Problem {
  return { message: fault.message, isStoreAway: true, isRefused: false, isDamaged: false }
}

/** Beside this file, with the same ending: `.ts` in the tree, `.js` once built. */
function defaultEntry(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url)
}
