/**
 * Removes what is too old, in small pieces with pauses, so that nobody waits: SQLite does it in the writer's thread between commits, MariaDB on
 * one connection. Every node does it; what one has removed the others no longer find.
 */
import type { Clock } from '../core/index.ts'
import type { StoreEvent } from './event.ts'
import type { KeepOptions } from './options.ts'
import type { Removal } from './removal.ts'
import type { Store } from './store.ts'
import { ABANDONED_AFTER_MS } from './story-life.ts'

/** One piece: some milliseconds of the writer. */
const ROWS_AT_ONCE = 200
const PAUSE_MS = 50
const DAY_MS = 86_400_000
/** An analysis that nobody finished nor asked for again. */
const LEFT_MS = 7 * DAY_MS
/** How long an override that ended is still told. */
const ENDED_OVERRIDE_MS = 30 * DAY_MS

export class Retention {
  readonly #store: Pick<Store, 'remove'>
  readonly #keep: KeepOptions
  readonly #clock: Clock
  readonly #onEvent: (event: StoreEvent) => void
  #cancel: () => void = () => undefined
  #isStopped = false

  constructor(
    store: Pick<Store, 'remove'>,
    keep: KeepOptions,
    clock: Clock,
    onEvent: (event: StoreEvent) => void = () => undefined,
  ) {
    this.#store = store
    this.#keep = keep
    this.#clock = clock
    this.#onEvent = onEvent
  }

  /** The first round comes after one interval: a start has other work. */
  start(): void {
    this.#schedule()
  }

  stop(): void {
    this.#isStopped = true
    this.#cancel()
  }

  #schedule(): void {
    if (this.#isStopped) return
    this.#cancel = this.#clock.after(this.#keep.every, () => void this.#round().finally(() => this.#schedule()))
  }

  /** A store that is away ends the round; the next one begins anew. */
  async #round(): Promise<void> {
    for (const removal of removalsOf(this.#keep)) {
      const count = await this.#removeAll(removal).catch(() => undefined)
      if (count === undefined || this.#isStopped) return
      if (count > 0) this.#onEvent({ kind: 'removed', from: removal.from, count })
    }
  }

  async #removeAll(removal: Removal): Promise<number> {
    for (let total = 0; ; ) {
      const count = await this.#store.remove(removal, ROWS_AT_ONCE)
      total += count
      if (count < ROWS_AT_ONCE || this.#isStopped) return total
      await new Promise<void>((resolve) => {
        this.#cancel = this.#clock.after(PAUSE_MS, resolve)
      })
    }
  }
}

/** What is too old, by kind. Reports and failures that a story goes on with stay until it is answered. */
export function removalsOf(keep: KeepOptions): readonly Removal[] {
  const analyses = { from: 'analyses', sparesOpenStories: true } as const
  return [
    { from: 'facts', olderThanMs: keep.facts },
    { ...analyses, which: 'bad', olderThanMs: keep.badReports },
    { ...analyses, which: 'harmless', olderThanMs: keep.otherReports },
    { ...analyses, which: 'failed', olderThanMs: ABANDONED_AFTER_MS },
    { ...analyses, which: 'left', olderThanMs: LEFT_MS },
    { from: 'stories', which: 'accepted', olderThanMs: keep.accepted },
    { from: 'stories', which: 'other', olderThanMs: keep.refused },
    { from: 'sightings', olderThanMs: keep.sightings },
    { from: 'overrides', olderThanMs: ENDED_OVERRIDE_MS },
    // As long as their stories: what was let go is told when it turns bad.
    { from: 'held', olderThanMs: Math.max(keep.held, keep.refused) },
  ]
}
