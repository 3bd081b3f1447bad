/** What takes longer than a point read: done in a thread of its own, which only reads. Blocks its thread, so never the main one. */
import type { DatabaseSync } from 'node:sqlite'
import type { Story } from '../../core/index.ts'
import { analysisOf, noteOf } from '../row.ts'
import { analysesWhere, messagesStatement } from '../search.ts'
import type { Analysis, AnalysisKey, AnalysisNote, AnalysisQuery, MessageQuery } from '../store.ts'
import { openForReading } from './database.ts'
import { Reader } from './reader.ts'
import { ANALYSIS_COLUMNS } from './rows.ts'

/** What is looked for; `now` is null for the database's own time. */
export type Search =
  | { readonly kind: 'messages'; readonly query: MessageQuery; readonly limit: number; readonly now: number | null }
  | { readonly kind: 'analyses'; readonly query: AnalysisQuery; readonly limit: number; readonly now: number | null }
  | { readonly kind: 'notes'; readonly key: AnalysisKey }

export type Searched = readonly Story[] | readonly Analysis[] | readonly AnalysisNote[]

export class Searcher {
  readonly #database: DatabaseSync
  readonly #reader: Reader

  constructor(path: string) {
    this.#database = openForReading(path)
    this.#reader = new Reader(path)
  }

  close(): void {
    this.#database.close()
    this.#reader.close()
  }

  search(search: Search): Searched {
    switch (search.kind) {
      case 'messages': {
        const { sql, values } = messagesStatement(search.query, this.#time(search.now), 'CROSS JOIN')
        const ids = this.#database.prepare(sql).all(...values, search.limit)
        return ids.flatMap(({ id }) => this.#reader.story(Number(id)) ?? [])
      }
      case 'analyses': {
        const { sql, values } = analysesWhere(search.query, this.#time(search.now))
        const statement = `SELECT ${ANALYSIS_COLUMNS} FROM analysis a WHERE ${sql} ORDER BY updated DESC, token DESC LIMIT ?`
        return this.#database
          .prepare(statement)
          .all(...values, search.limit)
          .map(analysisOf)
      }
      case 'notes': {
        const { sha256, analyzer, optionsDigest, revision } = search.key
        const statement = `SELECT at, attempt, cause, detail FROM analysis_note
          WHERE sha256 = unhex(?) AND analyzer = ? AND options = ? AND revision = ? ORDER BY id`
        return this.#database.prepare(statement).all(sha256, analyzer, optionsDigest, revision).map(noteOf)
      }
      default:
        return search satisfies never
    }
  }

  #time(now: number | null): string {
    return now === null ? "CAST(unixepoch('subsec') * 1000 AS INTEGER)" : String(now)
  }
}
