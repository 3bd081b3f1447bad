/** Leases that are only to live on: one statement for all of a node, or a few where their states and tokens differ. */
import type { Connection } from 'mariadb'
import type { AnalysisChange } from '../store.ts'
import { analysisId, type Changed, HELD, hexList, type Row, type Statement, together } from './sql.ts'

const ONLY_THESE: ReadonlySet<string> = new Set(['key', 'owner', 'token', 'state'])
const HELD_STATES: ReadonlySet<string> = new Set(['leased', 'submitting', 'submitted'])

/** Whether the changes only extend leases, each row once. */
export function areBeats(changes: readonly AnalysisChange[]): boolean {
  const isBeat = (one: AnalysisChange) =>
    HELD_STATES.has(one.state) && Object.keys(one).every((field) => ONLY_THESE.has(field))
  return changes.every(isBeat) && new Set(changes.map(({ key }) => analysisId(key))).size === changes.length
}

/** Extends them and says for each whether it is still held; what the counts of the statements do not tell is read back. */
export async function beat(
  connection: Connection,
  changes: readonly AnalysisChange[],
  leaseMs: number,
  time: string,
): Promise<readonly boolean[]> {
  const alike = Map.groupBy(changes, ({ owner, token, state }) => JSON.stringify([owner, token, state]))
  const groups = [...alike.values()].map((group) => ({ group, which: whichOf(group) }))
  const answers = await together<Changed>(
    connection,
    groups.map(({ group, which }) => ({
      sql: `UPDATE analysis SET state = ?, updated = ${time}, lease_until = ${time} + ? WHERE ${which.sql} ORDER BY id`,
      values: [group[0]?.state ?? '', leaseMs, ...(which.values ?? [])],
    })),
  )
  const isAll = groups.every(({ group }, n) => answers[n]?.affectedRows === group.length)
  if (isAll) return changes.map(() => true)
  const held = await together<readonly Row[]>(
    connection,
    groups.map(({ which }) => ({ ...which, sql: `SELECT LOWER(HEX(id)) AS id FROM analysis WHERE ${which.sql}` })),
  )
  const ids = new Set(held.flat().map(({ id }) => id))
  return changes.map(({ key }) => ids.has(analysisId(key)))
}

/** The rows of a group as far as they are held by it. Sorted, so that two nodes lock in the same order. */
function whichOf(group: readonly AnalysisChange[]): Statement {
  const ids = group.map(({ key }) => analysisId(key)).sort()
  const [first] = group
  return {
    sql: `id IN (${hexList(ids)}) AND owner = ? AND token = ? AND ${HELD}`,
    values: [first?.owner ?? '', first?.token ?? 0],
  }
}
