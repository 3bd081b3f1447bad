/** What operators decide, what was seen earlier, and what is removed. */
import type { Connection } from 'mariadb'
import type { Override } from '../override.ts'
import { type Removal, whereOf } from '../removal.ts'
import { historyEntry, overrideOf } from '../row.ts'
import type { History } from '../store.ts'
import { ABANDONED_AFTER_MS } from '../story-life.ts'
import { type Changed, hexList, inTransaction, type Row, type Statement } from './sql.ts'

const TABLES: Readonly<Record<Removal['from'], string>> = {
  facts: 'facts',
  analyses: 'analysis',
  stories: 'story',
  sightings: 'sighting',
  overrides: 'operator_override',
  held: 'held',
}

/** Removes so many rows, or counts all that would go. */
export async function remove(
  connection: Connection,
  removal: Removal,
  limit: number,
  isDryRun: boolean,
  time: string,
): Promise<number> {
  const table = TABLES[removal.from]
  const { sql, values } = whereOf(removal, time, ABANDONED_AFTER_MS)
  if (isDryRun) {
    const [row] = await connection.query<readonly Row[]>(`SELECT COUNT(*) AS n FROM ${table} WHERE ${sql}`, values)
    return Number(row?.n)
  }
  if (removal.from === 'stories') return removeStories(connection, sql, values, limit)
  const { affectedRows } = await connection.query<Changed>(`DELETE FROM ${table} WHERE ${sql} LIMIT ?`, [
    ...values,
    limit,
  ])
  return affectedRows
}

/** Stories with their tries and samples, all or nothing. */
async function removeStories(
  connection: Connection,
  sql: string,
  values: readonly string[],
  limit: number,
): Promise<number> {
  const found = await connection.query<readonly Row[]>(`SELECT id FROM story WHERE ${sql} ORDER BY id LIMIT ?`, [
    ...values,
    limit,
  ])
  if (found.length === 0) return 0
  const ids = found.map((row) => Number(row.id)).join(',')
  const answers = await inTransaction<Changed>(connection, [
    { sql: `DELETE FROM story_sample WHERE story IN (${ids})` },
    { sql: `DELETE FROM story_try WHERE story IN (${ids})` },
    { sql: `DELETE FROM story WHERE id IN (${ids})` },
  ])
  return answers.at(-1)?.affectedRows ?? 0
}

/** What was seen of each digest. */
export function historyStatement(digests: readonly string[]): Statement {
  return {
    sql: `SELECT LOWER(HEX(sha256)) AS sha256, first_seen, last_seen, count, (SELECT MAX(CAST(JSON_VALUE(a.report, '$.score') AS DOUBLE))
        FROM analysis a WHERE a.sha256 = s.sha256) AS score,
        (SELECT GROUP_CONCAT(JSON_COMPACT(JSON_QUERY(a.report, '$.families')) SEPARATOR '\n')
        FROM analysis a WHERE a.sha256 = s.sha256) AS families
      FROM sighting s FORCE INDEX (PRIMARY) WHERE sha256 IN (${hexList(digests)})`,
  }
}

export function historyOf(rows: readonly Row[]): ReadonlyMap<string, History> {
  return new Map(rows.map(historyEntry))
}

export async function overrides(connection: Connection): Promise<readonly Override[]> {
  const rows = await connection.query<readonly Row[]>(
    'SELECT kind, value, verdict, reason, who, made, until FROM operator_override ORDER BY made, kind, value, verdict',
  )
  return rows.map(overrideOf)
}

export async function setOverride(
  connection: Connection,
  override: Omit<Override, 'made'>,
  time: string,
): Promise<void> {
  const { kind, value, verdict, reason, who, until } = override
  await connection.query(
    `REPLACE INTO operator_override (kind, value, verdict, reason, who, made, until) VALUES (?, ?, ?, ?, ?, ${time}, ?)`,
    [kind, value, verdict, reason, who, until],
  )
}

export async function removeOverride(connection: Connection, kind: string, value: string): Promise<number> {
  const { affectedRows } = await connection.query<Changed>(
    'DELETE FROM operator_override WHERE kind = ? AND value = ?',
    [kind, value],
  )
  return affectedRows
}
