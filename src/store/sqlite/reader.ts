/**
 * Reads in the main thread: prepared statements that find rows by a key, never a search. A reader never waits: what would make it wait is
 * an error.
 */
import type { DatabaseSync } from 'node:sqlite'
import type { KnownContent, Story } from '../../core/index.ts'
import { isDigest } from '../digest.ts'
import type { Known, LookupQuery, StoryQuery } from '../store.ts'
import { ABANDONED_AFTER_MS, TRIES_TOLD } from '../story-life.ts'
import { openForReading } from './database.ts'
import type { Row } from './operation.ts'
import { ANALYSIS_COLUMNS, analysisOf, keysJson, parsed, storyOf } from './rows.ts'

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
  lookup(query: LookupQuery, now: number | null): Known {
    return this.#inTransaction(() => {
      const { facts, analyses, openStory } = this.#statements
      const contents = facts.all(query.recipe, JSON.stringify(query.digests))
      const running = query.analyses.length === 0 ? [] : analyses.all(keysJson(query.analyses))
      const row = query.storyKey === '' ? undefined : openStory.get(query.storyKey, now, ABANDONED_AFTER_MS)
      return {
        facts: new Map(contents.map((found) => contentEntry(found))),
        analyses: running.map(analysisOf),
        story: row && this.#storyOf(row),
        now: now ?? Number(this.#statements.clock.get()?.now),
      }
    })
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

function contentEntry(row: Row): [string, KnownContent] {
  const content = parsed<KnownContent>(row.content)
  return [content.sha256, content]
}

function prepare(database: DatabaseSync) {
  const story = 'SELECT id, ref, key, first_seen, facts, outcome FROM story'
  return {
    begin: database.prepare('BEGIN'),
    commit: database.prepare('COMMIT'),
    check: database.prepare('SELECT version FROM schema'),
    clock: database.prepare("SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER) AS now"),
    facts: database.prepare(`
      SELECT f.content FROM json_each(?2) d CROSS JOIN facts f ON f.sha256 = unhex(d.value) AND f.recipe = ?1`),
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
