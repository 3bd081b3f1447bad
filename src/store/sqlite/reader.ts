/**
 * Reads in the main thread: prepared statements that find rows by a key, never a search. A reader never waits: what would make it wait is
 * an error.
 */
import type { DatabaseSync } from 'node:sqlite'
import type { KnownContent, Story } from '../../core/index.ts'
import { isDigest } from '../digest.ts'
import type { Held, HeldQuery } from '../held.ts'
import type { Override } from '../override.ts'
import { analysisOf, historyEntry, overrideOf, parsed, pastVerdictOf, storyOf, switchOf } from '../row.ts'
import type { History, Known, LookupQuery, PastVerdict, StoryQuery, Switches } from '../store.ts'
import { ABANDONED_AFTER_MS, TRIES_TOLD } from '../story-life.ts'
import { openForReading } from './database.ts'
import { factsId } from './draft.ts'
import { findHeld } from './held.ts'
import type { Row } from './operation.ts'
import { ANALYSIS_COLUMNS, keysJson } from './rows.ts'

/** That facts are in use is noted once a day: enough to keep them for days. */
const USED_AT_LEAST_MS = 86_400_000

/** What a lookup found, and the rows of facts whose use is to be noted. */
export interface Found {
  readonly known: Known
  readonly unused: readonly number[]
}

export class Reader {
  readonly #database: DatabaseSync
  readonly #statements: ReturnType<typeof prepare>

  constructor(path: string) {
    this.#database = openForReading(path)
    this.#statements = prepare(this.#database)
  }

  close(): void {
    this.#database.close()
  }

  check(): void {
    this.#statements.check.get()
  }

  /** Everything about one message in one read transaction, with one statement for all digests. `now` is null for the database's time. */
  lookup(query: LookupQuery, time: number | null): Found {
    return this.#inTransaction(() => {
      const { facts, analyses, openStory, clock } = this.#statements
      const now = time ?? Number(clock.get()?.now)
      const rows = facts.all(query.recipe, JSON.stringify(query.digests.map(factsId)))
      const running = query.analyses.length === 0 ? [] : analyses.all(keysJson(query.analyses))
      const row = query.storyKey === '' ? undefined : openStory.get(query.storyKey, now, ABANDONED_AFTER_MS)
      const unused = rows.filter(({ used }) => Number(used) < now - USED_AT_LEAST_MS).map(({ id }) => Number(id))
      return {
        unused,
        known: {
          facts: factsOf(rows, query.digests),
          analyses: running.map(analysisOf),
          story: row && this.#storyOf(row),
          now,
          ...(query.history && { history: this.#history(query.digests) }),
        },
      }
    })
  }

  overrides(): readonly Override[] {
    return this.#statements.overrides.all().map(overrideOf)
  }

  /** `time` is null for the database's own. */
  switches(time: number | null): Switches {
    const { switches, clock } = this.#statements
    return { switches: switches.all().flatMap(switchOf), now: time ?? Number(clock.get()?.now) }
  }

  verdicts(sha256: string, limit: number): readonly PastVerdict[] {
    return this.#statements.verdicts.all(Buffer.from(sha256, 'hex'), limit).map(pastVerdictOf)
  }

  held(query: HeldQuery, limit: number): readonly Held[] {
    return findHeld(this.#database, query, limit)
  }

  #history(digests: readonly string[]): ReadonlyMap<string, History> {
    return new Map(this.#statements.history.all(JSON.stringify(digests)).map(historyEntry))
  }

  /** Row ids of the stories that match, newest first. */
  find(query: StoryQuery, limit: number): readonly number[] {
    return this.#found(query, limit).map((row) => Number(row.id))
  }

  story(id: number): Story | undefined {
    return this.#inTransaction(() => {
      const row = this.#statements.story.get(id)
      return row && this.#storyOf(row)
    })
  }

  #found(query: StoryQuery, limit: number): readonly Row[] {
    const { byRef, byQueueId, byDigest } = this.#statements
    if ('ref' in query) return byRef.all(query.ref, limit)
    if ('queueId' in query) return byQueueId.all(query.queueId, limit)
    return isDigest(query.sha256) ? byDigest.all(Buffer.from(query.sha256, 'hex'), limit) : []
  }

  #storyOf(row: Row): Story {
    const id = Number(row.id)
    return storyOf(row, this.#statements.tries.all(id, TRIES_TOLD), this.#statements.samples.all(id))
  }

  #inTransaction<T>(read: () => T): T {
    this.#statements.begin.run()
    try {
      return read()
    } finally {
      // SQLite ends the transaction by itself after some errors; a COMMIT would then hide the error.
      if (this.#database.isTransaction) this.#statements.commit.run()
    }
  }
}

/** Two digests may share a row id: what is of another digest is not known. */
function factsOf(rows: readonly Row[], digests: readonly string[]): ReadonlyMap<string, KnownContent> {
  const asked = new Set(digests)
  const contents = rows.map((row) => parsed<KnownContent>(row.content)).filter(({ sha256 }) => asked.has(sha256))
  return new Map(contents.map((content) => [content.sha256, content]))
}

function prepare(database: DatabaseSync) {
  const story = 'SELECT id, ref, key, first_seen, facts, outcome FROM story'
  return {
    begin: database.prepare('BEGIN'),
    commit: database.prepare('COMMIT'),
    check: database.prepare('SELECT version FROM schema'),
    clock: database.prepare("SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER) AS now"),
    facts: database.prepare(`
      SELECT f.id, f.content, f.used FROM json_each(?2) d CROSS JOIN known f ON f.id = d.value AND f.recipe = ?1`),
    history: database.prepare(`
      SELECT d.value AS sha256, s.first_seen, s.last_seen, s.count,
        (SELECT max(a.report ->> '$.score') FROM analysis a WHERE a.sha256 = s.sha256) AS score,
        (SELECT group_concat(a.report -> '$.families', char(10)) FROM analysis a WHERE a.sha256 = s.sha256) AS families
      FROM json_each(?1) d CROSS JOIN sighting s ON s.sha256 = unhex(d.value)`),
    overrides: database.prepare('SELECT * FROM override ORDER BY made, kind, value, verdict'),
    switches: database.prepare('SELECT * FROM operator_switch ORDER BY made, kind, name'),
    verdicts: database.prepare(`
      SELECT s.ref, s.tried, s.facts, p.sample
      FROM (SELECT story, sample FROM story_sample WHERE sha256 = ?1 ORDER BY story DESC LIMIT ?2) p
      CROSS JOIN story s ON s.id = p.story ORDER BY p.story DESC`),
    analyses: database.prepare(`
      SELECT ${ANALYSIS_COLUMNS} FROM json_each(?1) k CROSS JOIN analysis a ON a.sha256 = unhex(k.value ->> 0)
        AND a.analyzer = k.value ->> 1 AND a.options = k.value ->> 2 AND a.revision = k.value ->> 3
      ORDER BY k.key`),
    openStory: database.prepare(`
      ${story} WHERE key = ?1 AND key <> '' AND is_over = 0
        AND tried >= coalesce(?2, CAST(unixepoch('subsec') * 1000 AS INTEGER)) - ?3
      ORDER BY id DESC LIMIT 1`),
    story: database.prepare(`${story} WHERE id = ?`),
    byRef: database.prepare('SELECT id FROM story WHERE ref = ? LIMIT ?'),
    byQueueId: database.prepare(
      'SELECT DISTINCT story AS id FROM story_try WHERE queue_id = ? ORDER BY story DESC LIMIT ?',
    ),
    byDigest: database.prepare(
      'SELECT DISTINCT story AS id FROM story_sample WHERE sha256 = ? ORDER BY story DESC LIMIT ?',
    ),
    tries: database.prepare(`
      SELECT queue_id, at, state, recipients, answer FROM story_try WHERE story = ? ORDER BY id DESC LIMIT ?`),
    samples: database.prepare('SELECT sample FROM story_sample WHERE story = ? ORDER BY position'),
  }
}
