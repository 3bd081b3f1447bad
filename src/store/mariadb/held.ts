/** Held messages in MariaDB: each host writes its own, single statements. */
import type { Connection } from 'mariadb'
import { type Held, type HeldQuery, heldWhere, isOver } from '../held.ts'
import { parsed } from '../row.ts'
import type { Row } from './sql.ts'

/** Writes what is known of a held message in place of what was known. */
export async function saveHeld(connection: Connection, held: Held, time: string): Promise<void> {
  const { host, instance, queueId, ref, state, at } = held
  await connection.query(
    `REPLACE INTO held (host, instance, queue_id, ref, is_over, at, updated, held) VALUES (?, ?, ?, ?, ?, ?, ${time}, ?)`,
    [host, instance, queueId, ref, isOver(state) ? 1 : 0, at, JSON.stringify(held)],
  )
}

/** The oldest first. */
export async function findHeld(connection: Connection, query: HeldQuery, limit: number): Promise<readonly Held[]> {
  const { sql, values } = heldWhere(query)
  const rows = await connection.query<readonly Row[]>(
    `SELECT held FROM held WHERE ${sql} ORDER BY at, queue_id LIMIT ?`,
    [...values, limit],
  )
  return rows.map((row) => parsed<Held>(row.held))
}
