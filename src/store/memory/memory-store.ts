/**
 * The store that forgets: for tests, for `memory:` on trial, and the reference that the others are compared with. Bounded, so that a
 * daemon that runs on it for weeks does not grow; what is beyond the bound is forgotten oldest first and asked again.
 */
import { type Clock, Fault, type KnownContent, type Report } from '../../core/index.ts'
import { requireDigests, requireOverride, requireSwitch } from '../digest.ts'
import type { Held, HeldQuery } from '../held.ts'
import { LONGEST_NOTE, NOTES_KEPT } from '../note.ts'
import type { Override } from '../override.ts'
import type { Removal } from '../removal.ts'
import { familiesOf } from '../row.ts'
import type {
  Analysis,
  AnalysisChange,
  AnalysisKey,
  AnalysisNote,
  AnalysisQuery,
  History,
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
import { type HeldEntry, isHeldAsked, isHeldMeant } from './held.ts'
import { advanceAnalysis, claimAnalysis, isExpired, newAnalysis } from './leases.ts'
import {
  type Fact,
  isAnalysisMeant,
  isFactMeant,
  isOverrideMeant,
  isSightingMeant,
  isStoryMeant,
  removeFrom,
} from './removal.ts'
import { analysesOf, cancelled, messagesOf, retried } from './search.ts'
import { Stories } from './stories.ts'

const MAX_FACTS = 200_000
const MAX_ANALYSES = 200_000
const MAX_STORIES = 10_000

/** Makes a store that lives in this process only. */
export function createMemoryStore(options: { readonly clock: Clock }): Store {
  return new MemoryStore(options.clock)
}

class MemoryStore implements Store {
  readonly #clock: Clock
  readonly #facts = new Map<string, Fact>()
  readonly #sightings = new Map<string, History>()
  readonly #overrides = new Map<string, Override>()
  readonly #switches = new Map<string, Switch>()
  readonly #notes = new Map<string, readonly AnalysisNote[]>()
  readonly #analyses = new Map<string, Analysis>()
  readonly #held = new Map<string, HeldEntry>()
  readonly #stories = new Stories(MAX_STORIES)
  #isOpen = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async start(): Promise<void> {
    this.#isOpen = true
  }

  async stop(): Promise<void> {
    this.#isOpen = false
  }

  async check(): Promise<void> {
    this.#requireOpen()
  }

  async lookup(query: LookupQuery): Promise<Known> {
    this.#requireOpen()
    requireDigests(query.digests)
    requireDigests(query.analyses.map((key) => key.sha256))
    const facts = new Map<string, KnownContent>()
    for (const digest of query.digests) {
      const key = identity([query.recipe, digest])
      const fact = this.#facts.get(key)
      if (!fact) continue
      facts.set(digest, fact.content)
      this.#facts.set(key, { ...fact, used: this.#clock.now() })
    }
    const analyses = query.analyses.flatMap((key) => this.#analyses.get(identityOf(key)) ?? [])
    const now = this.#clock.now()
    const known = { facts, analyses, story: this.#stories.continued(query.storyKey, now), now }
    return query.history ? { ...known, history: this.#history(query.digests) } : known
  }

  async saveFacts(recipe: string, contents: readonly KnownContent[]): Promise<void> {
    this.#requireOpen()
    requireDigests(contents.map((content) => content.sha256))
    for (const content of contents) {
      const key = identity([recipe, content.sha256])
      const before = this.#facts.get(key)?.content
      const kept = content.within || !before?.within ? content : before
      this.#facts.set(key, { recipe, content: kept, used: this.#clock.now() })
    }
    forgetOldest(this.#facts, MAX_FACTS, () => true)
  }

  async openStory(draft: StoryDraft): Promise<void> {
    this.#requireOpen()
    requireDigests(draft.samples.map((judged) => judged.sample.sha256))
    const now = this.#clock.now()
    const isNew = this.#stories.open(draft, now)
    for (const sha256 of new Set(draft.samples.map(({ sample }) => sample.sha256))) {
      const { firstSeen = now, count = 0 } = this.#sightings.get(sha256) ?? {}
      this.#sightings.set(sha256, { firstSeen, lastSeen: now, count: count + (isNew ? 1 : 0) })
    }
    forgetOldest(this.#sightings, MAX_FACTS, () => true)
  }

  async answerStory(...args: Parameters<Store['answerStory']>): Promise<void> {
    this.#requireOpen()
    this.#stories.answer(...args)
  }

  async stories(query: StoryQuery, limit: number) {
    this.#requireOpen()
    return this.#stories.find(query, limit)
  }

  async claim(
    keys: readonly AnalysisKey[],
    owner: string,
    leaseMs: number,
    failedBefore = 0,
  ): Promise<readonly Analysis[]> {
    this.#requireOpen()
    requireDigests(keys.map((key) => key.sha256))
    const now = this.#clock.now()
    const rows = keys.map((key) => {
      if (!this.#analyses.has(identityOf(key))) this.#notes.delete(identityOf(key))
      const row = this.#analyses.get(identityOf(key)) ?? newAnalysis(key, now)
      const claimed = claimAnalysis(row, owner, now, leaseMs, failedBefore)
      this.#analyses.set(identityOf(key), claimed)
      return claimed
    })
    forgetOldest(this.#analyses, MAX_ANALYSES, (row) => row.state === 'reported' || row.state === 'failed')
    return rows
  }

  async takeOver(owner: string, leaseMs: number, limit: number): Promise<readonly Analysis[]> {
    this.#requireOpen()
    const now = this.#clock.now()
    const left = [...this.#analyses.values()].filter((row) => row.state === 'submitted' && isExpired(row, now))
    const oldest = left.sort((a, b) => a.leaseUntil - b.leaseUntil).slice(0, limit)
    const taken = oldest.map((row) => claimAnalysis(row, owner, now, leaseMs, 0))
    for (const row of taken) this.#analyses.set(identityOf(row), row)
    return taken
  }

  async advance(changes: readonly AnalysisChange[], leaseMs: number): Promise<readonly boolean[]> {
    this.#requireOpen()
    const now = this.#clock.now()
    return changes.map((change) => {
      const id = identityOf(change.key)
      const row = this.#analyses.get(id)
      const changed = row && advanceAnalysis(row, change, now, leaseMs)
      if (changed) this.#analyses.set(id, changed)
      if (changed && change.note) this.#note(id, { at: now, ...change.note })
      return changed !== undefined
    })
  }

  async renew(key: AnalysisKey, updated: number, report: Report): Promise<boolean> {
    this.#requireOpen()
    requireDigests([key.sha256])
    const row = this.#analyses.get(identityOf(key))
    if (row?.state !== 'reported' || row.updated !== updated) return false
    this.#analyses.set(identityOf(key), { ...row, report, updated: this.#clock.now() })
    return true
  }

  async messages(query: MessageQuery, limit: number) {
    this.#requireOpen()
    if (query.sha256 !== undefined) requireDigests([query.sha256])
    return messagesOf(this.#stories.byRef.values(), query, this.#clock.now()).slice(0, limit)
  }

  async verdicts(digests: readonly string[], limit: number): Promise<ReadonlyMap<string, readonly PastVerdict[]>> {
    this.#requireOpen()
    requireDigests(digests)
    return new Map(digests.map((digest) => [digest, this.#stories.verdicts(digest, limit)]))
  }

  async analyses(query: AnalysisQuery, limit: number): Promise<readonly Analysis[]> {
    this.#requireOpen()
    if (query.sha256 !== undefined) requireDigests([query.sha256])
    return analysesOf(this.#analyses.values(), query, this.#clock.now()).slice(0, limit)
  }

  async analysisNotes(key: AnalysisKey): Promise<readonly AnalysisNote[]> {
    this.#requireOpen()
    requireDigests([key.sha256])
    return this.#analyses.has(identityOf(key)) ? (this.#notes.get(identityOf(key)) ?? []) : []
  }

  async retryAnalyses(query: AnalysisQuery, limit: number): Promise<number> {
    return this.#change(query, limit, retried)
  }

  async cancelAnalyses(query: AnalysisQuery, limit: number): Promise<number> {
    return this.#change(query, limit, cancelled)
  }

  async switches(): Promise<Switches> {
    this.#requireOpen()
    return { switches: [...this.#switches.values()], now: this.#clock.now() }
  }

  async setSwitch(draft: SwitchDraft, lastsMs: number): Promise<Switch> {
    this.#requireOpen()
    requireSwitch(draft, lastsMs)
    const now = this.#clock.now()
    const made: Switch = { ...draft, made: now, until: now + Math.round(lastsMs) }
    this.#switches.set(identity([draft.kind, draft.name]), made)
    return made
  }

  async removeSwitch(kind: Switch['kind'], name: string): Promise<boolean> {
    this.#requireOpen()
    const key = identity([kind, name])
    const counted = (this.#switches.get(key)?.until ?? 0) > this.#clock.now()
    this.#switches.delete(key)
    return counted
  }

  async overrides(): Promise<readonly Override[]> {
    this.#requireOpen()
    return [...this.#overrides.values()]
  }

  async setOverride(override: Omit<Override, 'made'>): Promise<void> {
    this.#requireOpen()
    requireOverride(override)
    const key = identity([override.kind, override.value, override.verdict])
    this.#overrides.delete(key)
    this.#overrides.set(key, { ...override, made: this.#clock.now() })
  }

  async removeOverride(kind: Override['kind'], value: string): Promise<number> {
    this.#requireOpen()
    const isAbout = (one: Override) => one.kind === kind && one.value === value
    return removeFrom(this.#overrides, isAbout, Number.POSITIVE_INFINITY, false)
  }

  async saveHeld(held: Held): Promise<void> {
    this.#requireOpen()
    this.#held.set(identity([held.host, held.instance, held.queueId]), { held, updated: this.#clock.now() })
  }

  async held(query: HeldQuery, limit: number): Promise<readonly Held[]> {
    this.#requireOpen()
    const asked = [...this.#held.values()].map(({ held }) => held).filter((held) => isHeldAsked(query, held))
    return asked.sort((a, b) => a.at - b.at || (a.queueId < b.queueId ? -1 : 1)).slice(0, limit)
  }

  async remove(removal: Removal, limit: number, isDryRun = false): Promise<number> {
    this.#requireOpen()
    if (removal.sha256 !== undefined) requireDigests([removal.sha256])
    const now = this.#clock.now()
    const before = removal.olderThanMs === undefined ? Number.POSITIVE_INFINITY : now - removal.olderThanMs
    switch (removal.from) {
      case 'facts':
        return removeFrom(this.#facts, (fact) => isFactMeant(removal, fact, before), limit, isDryRun)
      case 'analyses': {
        const isSpared = ({ sha256 }: Analysis) =>
          removal.sparesOpenStories === true && this.#stories.hasOpen(sha256, now)
        const mayGo = (row: Analysis) => isAnalysisMeant(removal, row, before) && !isSpared(row)
        return removeFrom(this.#analyses, mayGo, limit, isDryRun)
      }
      case 'stories':
        return removeFrom(this.#stories.byRef, (story) => isStoryMeant(removal, story, before), limit, isDryRun)
      case 'sightings': {
        const mayGo = (seen: History, digest: string) => isSightingMeant(removal, digest, seen, before)
        return removeFrom(this.#sightings, mayGo, limit, isDryRun)
      }
      case 'overrides':
        return removeFrom(this.#overrides, (one) => isOverrideMeant(removal, one, before), limit, isDryRun)
      case 'held':
        if (removal.sha256 !== undefined) return 0
        return removeFrom(this.#held, (entry) => isHeldMeant(entry, before), limit, isDryRun)
      default:
        return removal satisfies never
    }
  }

  #change(
    query: AnalysisQuery,
    limit: number,
    to: (row: Analysis, query: AnalysisQuery, now: number) => Analysis | undefined,
  ): number {
    this.#requireOpen()
    if (query.sha256 !== undefined) requireDigests([query.sha256])
    const changed = [...this.#analyses.values()].flatMap((row) => to(row, query, this.#clock.now()) ?? [])
    for (const row of changed.slice(0, limit)) this.#analyses.set(identityOf(row), row)
    return Math.min(changed.length, limit)
  }

  #note(id: string, note: AnalysisNote): void {
    const detail = note.detail.slice(0, LONGEST_NOTE)
    this.#notes.set(id, [...(this.#notes.get(id) ?? []), { ...note, detail }].slice(-NOTES_KEPT))
    forgetOldest(this.#notes, MAX_ANALYSES, () => true)
  }

  #history(digests: readonly string[]): ReadonlyMap<string, History> {
    const found = new Map<string, History>()
    for (const digest of new Set(digests)) {
      const seen = this.#sightings.get(digest)
      if (!seen) continue
      const reports = [...this.#analyses.values()].flatMap(({ sha256, report }) =>
        sha256 === digest && report ? [report] : [],
      )
      const scores = reports.flatMap(({ score = [] }) => score)
      const worst = scores.length > 0 ? { worstScore: Math.max(...scores) } : {}
      found.set(digest, { ...seen, ...worst, ...familiesOf(reports.flatMap(({ families = [] }) => families)) })
    }
    return found
  }

  #requireOpen(): void {
    if (!this.#isOpen) throw new Fault('store-unavailable', 'the store in memory is not open')
  }
}

function identityOf(key: AnalysisKey): string {
  return identity([key.analyzer, key.optionsDigest, key.revision, key.sha256])
}

function identity(parts: readonly string[]): string {
  return JSON.stringify(parts)
}

function forgetOldest<T>(map: Map<string, T>, max: number, mayGo: (value: T) => boolean): void {
  if (map.size <= max) return
  for (const [key, value] of map) {
    if (mayGo(value)) map.delete(key)
    if (map.size <= max) return
  }
}
