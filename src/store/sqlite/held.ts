/** Held messages in SQLite: few, and asked for by commands and by the release, so that nothing is prepared beforehand. */
import type { DatabaseSync } from 'node:sqlite'
import { type Held, type HeldQuery, heldWhere, isOver } from '../held.ts'
import { parsed } from '../row.ts'

/** Writes what is known of a held message in place of what was known. */
export function saveHeld(database: DatabaseSync, held: Held, now: number): undefined {
  const { host, instance, queueId, ref, state, at } = held
  database
    .prepare(
      `INSERT OR REPLACE INTO held (host, instance, queue_id, ref, is_over, at, updated, held)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(host, instance, queueId, ref, isOver(state) ? 1 : 0, at, now, JSON.stringify(held))
}

/** The oldest first. */
export function findHeld(database: DatabaseSync, query: HeldQuery, limit: number): readonly Held[] {
  const { sql, values } = heldWhere(query)
  const rows = database
    .prepare(`SELECT held FROM held WHERE ${sql} ORDER BY at, queue_id LIMIT ?`)
    .all(...values, limit)
  return rows.map((row) => parsed<Held>(row.held))
}
