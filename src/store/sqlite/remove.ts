/** The writer's side of what operators decide and of what is removed: rare, so nothing is prepared beforehand. */
import type { DatabaseSync } from 'node:sqlite'
import type { Override } from '../override.ts'
import { type Removal, whereOf } from '../removal.ts'
import { ABANDONED_AFTER_MS } from '../story-life.ts'
import type { Operation } from './operation.ts'

const TABLES: Readonly<Record<Removal['from'], readonly [table: string, key: string]>> = {
  facts: ['known', 'id'],
  analyses: ['analysis', 'rowid'],
  stories: ['story', 'id'],
  sightings: ['sighting', 'sha256'],
  overrides: ['override', '(kind, value, verdict)'],
  held: ['held', '(host, instance, queue_id)'],
}

/** Removes so many rows, or counts all that would go. Tries and samples of stories go with them. */
export function remove(
  database: DatabaseSync,
  { removal, limit, isDryRun }: Extract<Operation, { kind: 'remove' }>,
  now: number,
): number {
  const [table, key] = TABLES[removal.from]
  const { sql, values } = whereOf(removal, String(now), ABANDONED_AFTER_MS)
  if (isDryRun) return Number(database.prepare(`SELECT count(*) AS n FROM ${table} WHERE ${sql}`).get(...values)?.n)
  const columns = key.replace(/[()]/g, '')
  const statement = `DELETE FROM ${table} WHERE ${key} IN (SELECT ${columns} FROM ${table} WHERE ${sql} LIMIT ?)`
  return Number(database.prepare(statement).run(...values, limit).changes)
}

/** Adds it, or replaces the one with the same verdict. */
export function setOverride(database: DatabaseSync, override: Omit<Override, 'made'>, now: number): undefined {
  const { kind, value, verdict, reason, who, until } = override
  database
    .prepare(
      'INSERT OR REPLACE INTO override (kind, value, verdict, reason, who, made, until) VALUES (?, ?, ?, ?, ?, ?, ?)',
    )
    .run(kind, value, verdict, reason, who, now, until)
}

/** Removes all about one thing; says how many there were. */
export function removeOverride(database: DatabaseSync, kind: string, value: string): number {
  return Number(database.prepare('DELETE FROM override WHERE kind = ? AND value = ?').run(kind, value).changes)
}
