/**
 * The contract of every store: what all nodes know together. A store is a folder beside this file (`memory`, `sqlite`); one
 * contract test runs over all. Every method rejects with a `Fault('store-unavailable')` when the store cannot answer within its
 * statement time-out; nothing is retried by the caller except where it says so. A write that was rejected because its time was over may
 * still have happened. Times are the store's own clock, Unix milliseconds. Every `sha256` is 64 lower-case hex digits.
 */

import type { Answer, Cause, KnownContent, Outcome, Report, Story, StoryFacts, StorySample } from '../core/index.ts'
import type { Held, HeldQuery } from './held.ts'
import type { Override } from './override.ts'
import type { Removal } from './removal.ts'
import type { AnalysisQuery, MessageQuery } from './search.ts'
import type { Switch, SwitchDraft, Switches } from './switch.ts'

export type { Held, HeldKey, HeldOrder, HeldQuery, HeldState } from './held.ts'
export { heldOf, isLetGo } from './held.ts'
export type { Override } from './override.ts'
export type { Removal } from './removal.ts'
export type { AnalysisQuery, MessageQuery } from './search.ts'
export type { Brake, BrakeMode, DisabledRule, Switch, SwitchDraft, Switches } from './switch.ts'
export { describeSwitch } from './switch.ts'

/** Identity of an analysis: the same question about the same bytes. */
export interface AnalysisKey {
  readonly analyzer: string
  readonly optionsDigest: string
  readonly revision: string
  readonly sha256: string
}

/**
 * `wanted → leased → submitting → submitted → reported | failed`. Every write but the first checks owner and fencing token;
 * an expired lease may be taken over by anyone, who gets a higher token and the state, marker and task id as they were left.
 * `wanted` belongs to nobody (an owner gives a row back by advancing it to `wanted`); `reported` only gets a newer report (`renew`),
 * `failed` changes only for somebody who asks after it.
 */
export type AnalysisState = 'wanted' | 'leased' | 'submitting' | 'submitted' | 'reported' | 'failed'

export interface Analysis extends AnalysisKey {
  readonly state: AnalysisState
  readonly owner: string
  /** Fencing token: grows with every take-over. */
  readonly token: number
  /** 0 where nobody works on it (`wanted`, `reported`, `failed`). */
  readonly leaseUntil: number
  readonly attempts: number
  /** When it was handed to the analyzer first; 0 where it was not, or nobody noted it. Not what an earlier life of the row left in `leased`. */
  readonly begun: number
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
  /** Its age counts from now on. */
  readonly begins?: true
  readonly marker?: string
  readonly taskId?: string
  readonly report?: Report
  readonly cause?: Cause
  /** What an attempt came to that ended without a report: it is kept beside the row. */
  readonly note?: { readonly attempt: number; readonly cause: Cause; readonly detail: string }
}

/** One attempt that ended without a report. */
export interface AnalysisNote {
  readonly at: number
  readonly attempt: number
  readonly cause: string
  readonly detail: string
}

/** How one sample was judged in an earlier message. */
export interface PastVerdict {
  readonly ref: string
  /** The newest try of that message. */
  readonly at: number
  readonly profile: string
  readonly outcome: Outcome
}

/** All that one message asks of the store at once. */
export interface LookupQuery {
  readonly digests: readonly string[]
  /** Version of everything that facts depend on: code, limits, signature sets. */
  readonly recipe: string
  readonly analyses: readonly AnalysisKey[]
  /** The story's identity, empty to look for none. */
  readonly storyKey: string
  /** Whether it is asked too when and how often the digests were seen. */
  readonly history?: boolean
}

/** What is known of earlier messages with the same bytes. */
export interface History {
  /** Times of the store, Unix milliseconds. */
  readonly firstSeen: number
  readonly lastSeen: number
  /** In how many messages; retries count once. */
  readonly count: number
  /** The highest score of any report that is still kept; absent where none has a score. */
  readonly worstScore?: number
  /** The malware families that those reports name, the first few. */
  readonly families?: readonly string[]
}

export interface Known {
  readonly facts: ReadonlyMap<string, KnownContent>
  readonly analyses: readonly Analysis[]
  /**
   * The story that this message continues: the newest of the same key whose newest try has no final answer (anything but
   * `tempfail` is final) and is not older than five days.
   */
  readonly story: Story | undefined
  /** The store's clock at the time of the query. */
  readonly now: number
  /** Of the digests that were seen before; absent where it was not asked. */
  readonly history?: ReadonlyMap<string, History>
}

/**
 * A message about to be answered; with a `ref` that is known already it continues that story: a try is added, the samples and
 * what is said about the message are replaced, the recipients are joined, `firstSeen` stays.
 */
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
  /**
   * Opens, migrates, and proves that it can write. After a `Fault` the store goes on trying by itself until `stop`, so that a daemon may
   * start without it; after a `StoreRefused` (a newer schema, a foreign file) it does not.
   */
  start(): Promise<void>
  /** Writes out what is queued and closes; safe to call at any time, also twice. */
  stop(): Promise<void>
  /** Rejects when a read or a write does not work now. */
  check(): Promise<void>
  /** One batched query, whatever the number of digests. */
  lookup(query: LookupQuery): Promise<Known>
  /** Facts with what lies within a container are not replaced by such without. */
  saveFacts(recipe: string, contents: readonly KnownContent[]): Promise<void>
  /**
   * Writes the row `deciding` (and the samples) before it resolves, so that the end of the process cannot undo it, and where the answer is
   * `quarantine` a loss of power neither. Must be called before Postfix is answered.
   */
  openStory(draft: StoryDraft): Promise<void>
  /** Marks the newest try of the story under that queue id as answered; nothing happens where there is none. */
  answerStory(ref: string, queueId: string, answer: Answer): Promise<void>
  /** Newest story first. */
  stories(query: StoryQuery, limit: number): Promise<readonly Story[]>
  /** Stories that somebody looks for, the one with the newest try first. May take longer than mail waits; nobody else waits for it. */
  messages(query: MessageQuery, limit: number): Promise<readonly Story[]>
  /** How these bytes were judged in the newest messages that had them, at most `limit` for each digest. */
  verdicts(digests: readonly string[], limit: number): Promise<ReadonlyMap<string, readonly PastVerdict[]>>
  /**
   * Creates what is missing, takes over what is `wanted` or whose lease expired, and returns the row of each key as it is now, in the
   * order of the keys: those that carry this owner and a live lease are ours to work on. One batch, rows sorted by key. What failed before
   * `failedBefore` (a time of the store, 0 for never) begins anew, as if nobody had asked yet: a failure belongs to the stories that saw it.
   */
  claim(
    keys: readonly AnalysisKey[],
    owner: string,
    leaseMs: number,
    failedBefore?: number,
  ): Promise<readonly Analysis[]>
  /**
   * Takes over what was submitted and whose lease expired, the longest expired first and at most `limit`: its task id is all that is needed
   * to go on, so that analyses survive a restart although nobody asks.
   */
  takeOver(owner: string, leaseMs: number, limit: number): Promise<readonly Analysis[]>
  /**
   * Applies, in order, each change whose owner and token still hold the row, and says for each whether it did. Extends the lease; a
   * change to the same state does only that, and with a lease of 0 lets go of it as it is.
   */
  advance(changes: readonly AnalysisChange[], leaseMs: number): Promise<readonly boolean[]>
  /**
   * Puts a newer report in the place of one that was written at `updated`, and says whether that one was still there: of two who bring a
   * newer one the first counts.
   */
  renew(key: AnalysisKey, updated: number, report: Report): Promise<boolean>
  /** Analyses that somebody looks for, the one that changed last first. May take longer than mail waits; nobody else waits for it. */
  analyses(query: AnalysisQuery, limit: number): Promise<readonly Analysis[]>
  /** What its newest attempts came to, oldest first; what an analysis had that was removed went with it. */
  analysisNotes(key: AnalysisKey): Promise<readonly AnalysisNote[]>
  /** Makes failed analyses what they were when nobody had asked; says how many, at most `limit` at a time. */
  retryAnalyses(query: AnalysisQuery, limit: number): Promise<number>
  /**
   * Ends unfinished analyses as failed (`cancelled`) and takes them from whoever works on them, by a higher token; says how many, at most
   * `limit` at a time.
   */
  cancelAnalyses(query: AnalysisQuery, limit: number): Promise<number>
  /** All that is switched, also what ended and was not removed yet. */
  switches(): Promise<Switches>
  /** Switches it for so long, in the place of what was switched so before; says what counts now. */
  setSwitch(draft: SwitchDraft, lastsMs: number): Promise<Switch>
  /** Ends it at once; says whether there was one that counted. */
  removeSwitch(kind: Switch['kind'], name: string): Promise<boolean>
  /** Every override, also those that ended and were not removed yet. */
  overrides(): Promise<readonly Override[]>
  /** Adds it, or replaces the one with the same verdict about the same thing. An allowance for a family is refused. */
  setOverride(override: Omit<Override, 'made'>): Promise<void>
  /** Removes denial and allowance about one thing; says how many there were. */
  removeOverride(kind: Override['kind'], value: string): Promise<number>
  /** Writes what is known of a held message in place of what was known, so that the end of the process cannot undo it. */
  saveHeld(held: Held): Promise<void>
  /** Held messages, the oldest first. */
  held(query: HeldQuery, limit: number): Promise<readonly Held[]>
  /**
   * Removes at most `limit` rows and says how many, so that each piece is short; a `dryRun` counts all that would go. Whoever gets the
   * limit calls again.
   */
  remove(removal: Removal, limit: number, dryRun?: boolean): Promise<number>
}
