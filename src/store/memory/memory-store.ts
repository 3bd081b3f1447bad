/**
 * The store that forgets: for tests, for `memory:` on trial, and the reference that the others are compared with. Bounded, so that a
 * daemon that runs on it for weeks does not grow; what is beyond the bound is forgotten oldest first and asked again.
 */
import { type Clock, Fault, type KnownContent } from '../../core/index.ts'
import { requireDigests } from '../digest.ts'
import type {
  Analysis,
  AnalysisChange,
  AnalysisKey,
  Known,
  LookupQuery,
  Store,
  StoryDraft,
  StoryQuery,
} from '../store.ts'
import { advanceAnalysis, claimAnalysis, isExpired, newAnalysis } from './leases.ts'
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
  readonly #facts = new Map<string, KnownContent>()
  readonly #analyses = new Map<string, Analysis>()
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
      const content = this.#facts.get(identity([query.recipe, digest]))
      if (content) facts.set(digest, content)
    }
    const analyses = query.analyses.flatMap((key) => this.#analyses.get(identityOf(key)) ?? [])
    const now = this.#clock.now()
    return { facts, analyses, story: this.#stories.continued(query.storyKey, now), now }
  }

  async saveFacts(recipe: string, contents: readonly KnownContent[]): Promise<void> {
    this.#requireOpen()
    requireDigests(contents.map((content) => content.sha256))
    for (const content of contents) {
      const key = identity([recipe, content.sha256])
      if (content.within || !this.#facts.get(key)?.within) this.#facts.set(key, content)
    }
    forgetOldest(this.#facts, MAX_FACTS, () => true)
  }

  async openStory(draft: StoryDraft): Promise<void> {
    this.#requireOpen()
    requireDigests(draft.samples.map((judged) => judged.sample.sha256))
    this.#stories.open(draft, this.#clock.now())
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
      return changed !== undefined
    })
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
