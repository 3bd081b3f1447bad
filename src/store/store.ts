/**
 * The contract of every store: what all nodes know together. A store is a folder beside this file (`memory`, `sqlite`); one
 * contract test runs over all. Every method rejects with a `Fault('store-unavailable')` when the store cannot answer within its
 * statement time-out; nothing is retried by the caller except where it says so. Times are the store's own clock, Unix milliseconds.
 */
import type { Answer, Cause, Content, Outcome, Report, Story, StoryFacts, StorySample } from '../core/index.ts'

/** Identity of an analysis: the same question about the same bytes. */
export interface AnalysisKey {
  readonly analyzer: string
  readonly optionsDigest: string
  readonly revision: string
  readonly sha256: string
}

/**
 * `wanted → leased → submitting → submitted → reported | failed`. Every write but the first checks owner and fencing token;
 * an expired lease may be taken over by anyone, who gets a higher token.
 */
export type AnalysisState = 'wanted' | 'leased' | 'submitting' | 'submitted' | 'reported' | 'failed'

export interface Analysis extends AnalysisKey {
  readonly state: AnalysisState
  readonly owner: string
  /** Fencing token: grows with every take-over. */
  readonly token: number
  readonly leaseUntil: number
  readonly attempts: number
  readonly marker: string
  readonly taskId: string
  readonly report: Report | null
  readonly cause: Cause | ''
  readonly updated: number
}

/** What a lease holder changes; the state and any of the fields that go with it. */
export interface AnalysisChange {
  readonly key: AnalysisKey
  readonly owner: string
  readonly token: number
  readonly state: AnalysisState
  readonly attempts?: number
  readonly marker?: string
  readonly taskId?: string
  readonly report?: Report
  readonly cause?: Cause
}

/** All that one message asks of the store at once. */
export interface LookupQuery {
  readonly digests: readonly string[]
  /** Version of everything that facts depend on: code, limits, signature sets. */
  readonly recipe: string
  readonly analyses: readonly AnalysisKey[]
  /** The story's identity, empty to look for none. */
  readonly storyKey: string
}

export interface Known {
  readonly facts: ReadonlyMap<string, Content>
  readonly analyses: readonly Analysis[]
  /** The story that this message continues: the same key, not yet ended by a final answer. */
  readonly story: Story | undefined
}

/** A message about to be answered; with a `ref` that is known already it continues that story. */
export interface StoryDraft extends StoryFacts {
  readonly ref: string
  readonly key: string
  readonly queueId: string
  readonly samples: readonly StorySample[]
  readonly outcome: Outcome
  /** What will be answered. */
  readonly answer: Answer
}

/** What `why` asks for: any one of the three. */
export type StoryQuery = { readonly ref: string } | { readonly queueId: string } | { readonly sha256: string }

export interface Store {
  /** Opens, migrates, and proves that it can write. */
  start(): Promise<void>
  /** Writes out what is queued and closes; safe to call at any time, also twice. */
  stop(): Promise<void>
  /** Rejects when a read or a write does not work now. */
  check(): Promise<void>
  /** One batched query, whatever the number of digests. */
  lookup(query: LookupQuery): Promise<Known>
  saveFacts(recipe: string, contents: readonly Content[]): Promise<void>
  /** Writes the row `deciding` (and the samples), durable before it resolves. Must be called before Postfix is answered. */
  openStory(draft: StoryDraft): Promise<void>
  /** Marks the newest try of the story as answered. */
  answerStory(ref: string, queueId: string, answer: Answer): Promise<void>
  /** Newest first. */
  stories(query: StoryQuery, limit: number): Promise<readonly Story[]>
  /**
   * Creates what is missing, takes over what is `wanted` or whose lease expired, and returns all rows as they are now, in order
   * of the keys: those that carry this owner and a live lease are ours to work on. One statement per batch, rows sorted by key.
   */
  claim(keys: readonly AnalysisKey[], owner: string, leaseMs: number): Promise<readonly Analysis[]>
  /** Applies each change whose owner and token still hold the row; says for each whether it did. Extends the lease. */
  advance(changes: readonly AnalysisChange[], leaseMs: number): Promise<readonly boolean[]>
}
