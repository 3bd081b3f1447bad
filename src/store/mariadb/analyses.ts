/** Leases: one statement for each step whatever the number of rows, and what is ours is read back by owner and token. */
import type { Connection } from 'mariadb'
import type { Report } from '../../core/index.ts'
import { LONGEST_NOTE, NOTES_KEPT } from '../note.ts'
import { analysisOf, noteOf, textOf } from '../row.ts'
import { analysesWhere, UNFINISHED } from '../search.ts'
import type { Analysis, AnalysisChange, AnalysisKey, AnalysisNote, AnalysisQuery } from '../store.ts'
import { areBeats, beat } from './heartbeat.ts'
import { analysisId, type Changed, HELD, hexList, inTransaction, type Row, type Statement, together } from './sql.ts'

const COLUMNS = `LOWER(HEX(id)) AS id, LOWER(HEX(sha256)) AS sha256, analyzer, options, revision, state, owner, token,
  lease_until AS leaseUntil, attempts, begun, marker, task_id AS taskId, report, cause, updated`

/** Finds the rows of these keys. */
export function findAnalysesStatement(ids: Iterable<string>): Statement {
  return { sql: `SELECT ${COLUMNS} FROM analysis WHERE id IN (${hexList(ids)})` }
}

/** The rows in the order of the keys, each as often as it was asked for; what is not there is left out. */
export function analysesOf(keys: readonly AnalysisKey[], rows: readonly Row[]): readonly Analysis[] {
  const byId = new Map(rows.map((row) => [row.id, analysisOf(row)]))
  return keys.flatMap((key) => byId.get(analysisId(key)) ?? [])
}

/**
 * Creates, takes, reads back: three statements in one round trip, each a transaction of its own. Together in one they would hold locks
 * while they wait for others; apart, what a crash leaves between them is a row that is `wanted`, which anybody may take.
 */
export async function claim(
  connection: Connection,
  keys: readonly AnalysisKey[],
  { owner, leaseMs, failedBefore }: { owner: string; leaseMs: number; failedBefore: number },
  time: string,
): Promise<readonly Analysis[]> {
  const wanted = [...new Map(keys.map((key) => [analysisId(key), key]))].sort(([a], [b]) => (a < b ? -1 : 1))
  const ids = hexList(wanted.map(([id]) => id))
  const answers = await together<readonly Row[]>(connection, [
    {
      sql: `INSERT INTO analysis (id, sha256, analyzer, options, revision, state, owner, token, lease_until, attempts, marker, task_id, cause, updated)
        VALUES ${wanted.map(([id, key]) => `(x'${id}', x'${key.sha256}', ?, ?, ?, 'wanted', '', 0, 0, 0, '', '', '', ${time})`).join(', ')}
        ON DUPLICATE KEY UPDATE id = id`,
      values: wanted.flatMap(([, { analyzer, optionsDigest, revision }]) => [analyzer, optionsDigest, revision]),
    },
    ...(failedBefore > 0 ? [forgiveStatement(ids, failedBefore)] : []),
    {
      // Assignments are made from left to right: the state comes last, as the others do not depend on it.
      sql: `UPDATE analysis SET owner = ?, token = token + 1, lease_until = ${time} + ?, updated = ${time},
          state = IF(state = 'wanted', 'leased', state)
        WHERE id IN (${ids}) AND (state = 'wanted' OR (${HELD} AND lease_until <= ${time})) ORDER BY id`,
      values: [owner, leaseMs],
    },
    findAnalysesStatement(wanted.map(([id]) => id)),
  ])
  return analysesOf(keys, answers.at(-1) ?? [])
}

/** What failed earlier is made what it was when nobody had asked. */
function forgiveStatement(ids: string, failedBefore: number): Statement {
  return {
    sql: `UPDATE analysis SET state = 'wanted', owner = '', attempts = 0, begun = 0, marker = '', task_id = '', cause = ''
      WHERE id IN (${ids}) AND state = 'failed' AND updated < ? ORDER BY id`,
    values: [failedBefore],
  }
}

/** Takes what was submitted and is held by nobody; another node may take some of it first, so what became ours is read back. */
export async function takeOver(
  connection: Connection,
  owner: string,
  leaseMs: number,
  limit: number,
  time: string,
): Promise<readonly Analysis[]> {
  const left = await connection.query<readonly Row[]>(
    `SELECT LOWER(HEX(id)) AS id, token FROM analysis WHERE state = 'submitted' AND lease_until <= ${time}
      ORDER BY lease_until LIMIT ?`,
    [limit],
  )
  const ids = left.map((row) => textOf(row.id))
  if (ids.length === 0) return []
  const [, rows = []] = await together<readonly Row[]>(connection, [
    {
      sql: `UPDATE analysis SET owner = ?, token = token + 1, lease_until = ${time} + ?, updated = ${time}
        WHERE id IN (${hexList(ids)}) AND state = 'submitted' AND lease_until <= ${time} ORDER BY id`,
      values: [owner, leaseMs],
    },
    findAnalysesStatement(ids),
  ])
  const byId = new Map(rows.map((row) => [row.id, row]))
  return left.flatMap(({ id, token }) => {
    const row = byId.get(id ?? null)
    return row && row.owner === owner && row.token === Number(token) + 1 ? analysisOf(row) : []
  })
}

/** Leases that only live on are one statement; so is one change, and several are one transaction, sorted by row so that two nodes lock in the same order. */
export async function advance(
  connection: Connection,
  changes: readonly AnalysisChange[],
  leaseMs: number,
  time: string,
): Promise<readonly boolean[]> {
  if (areBeats(changes)) return beat(connection, changes, leaseMs, time)
  const sorted = changes
    .map((change, at) => ({ at, id: analysisId(change.key), change }))
    .sort((a, b) => (a.id === b.id ? a.at - b.at : a.id < b.id ? -1 : 1))
  const written = sorted.map(({ id, change }) => ({
    before: noteStatements(id, change, time),
    change: advanceStatement(id, change, leaseMs, time),
  }))
  const statements = written.flatMap(({ before, change }) => [...before, change])
  const send = statements.length === 1 ? together<Changed> : inTransaction<Changed>
  const answers = [...(await send(connection, statements))]
  const applied = changes.map(() => false)
  for (const [n, { at }] of sorted.entries()) {
    answers.splice(0, written[n]?.before.length ?? 0)
    // One row each: the count of rows that were found is exact.
    applied[at] = answers.shift()?.affectedRows === 1
  }
  return applied
}

/** Before the change, while the row still says whose it is; locked, as the change follows. */
function noteStatements(id: string, { note, owner, token }: AnalysisChange, time: string): readonly Statement[] {
  if (!note) return []
  const of = `analysis = x'${id}'`
  return [
    {
      sql: `INSERT INTO analysis_note (analysis, at, attempt, cause, detail)
        SELECT id, ${time}, ?, ?, ? FROM analysis WHERE id = x'${id}' AND owner = ? AND token = ? AND ${HELD} FOR UPDATE`,
      values: [note.attempt, note.cause, note.detail.slice(0, LONGEST_NOTE).toWellFormed(), owner, token],
    },
    {
      sql: `DELETE FROM analysis_note WHERE ${of} AND id <= COALESCE((SELECT id FROM
        (SELECT id FROM analysis_note WHERE ${of} ORDER BY id DESC LIMIT 1 OFFSET ${NOTES_KEPT}) old), 0)`,
    },
  ]
}

/** The one that changed last first. */
export async function findAnalyses(
  connection: Connection,
  query: AnalysisQuery,
  limit: number,
  time: string,
): Promise<readonly Analysis[]> {
  const { sql, values } = analysesWhere(query, time)
  const rows = await connection.query<readonly Row[]>(
    `SELECT ${COLUMNS} FROM analysis WHERE ${sql}
      ORDER BY analysis.updated DESC, analysis.token DESC LIMIT ?`,
    [...values, limit],
  )
  return rows.map(analysisOf)
}

/** Oldest first. */
export async function analysisNotes(connection: Connection, key: AnalysisKey): Promise<readonly AnalysisNote[]> {
  const sql = `SELECT at, attempt, cause, detail FROM analysis_note WHERE analysis = x'${analysisId(key)}' ORDER BY id`
  return (await connection.query<readonly Row[]>(sql)).map(noteOf)
}

/** Failed analyses become what they were when nobody had asked. */
export async function retryAnalyses(
  connection: Connection,
  query: AnalysisQuery,
  limit: number,
  time: string,
): Promise<number> {
  const { sql, values } = analysesWhere(query, time, ['failed'])
  const { affectedRows } = await connection.query<Changed>(
    `UPDATE analysis SET state = 'wanted', owner = '', attempts = 0, begun = 0, marker = '', task_id = '', cause = '', updated = ${time}
      WHERE ${sql} ORDER BY id LIMIT ?`,
    [...values, limit],
  )
  return affectedRows
}

/** A higher token takes them from whoever works on them; the task id stays, so that its owner can tell the analyzer. */
export async function cancelAnalyses(
  connection: Connection,
  query: AnalysisQuery,
  limit: number,
  time: string,
): Promise<number> {
  const { sql, values } = analysesWhere(query, time, UNFINISHED)
  const { affectedRows } = await connection.query<Changed>(
    `UPDATE analysis SET state = 'failed', cause = 'cancelled', token = token + 1, lease_until = 0, updated = ${time}
      WHERE ${sql} ORDER BY id LIMIT ?`,
    [...values, limit],
  )
  return affectedRows
}

/** A newer report in the place of the one of that time. */
export async function renew(
  connection: Connection,
  key: AnalysisKey,
  updated: number,
  report: Report,
  time: string,
): Promise<boolean> {
  const sql = `UPDATE analysis SET report = ?, updated = ${time}
    WHERE id = x'${analysisId(key)}' AND state = 'reported' AND updated = ?`
  const [answer] = await together<Changed>(connection, [{ sql, values: [JSON.stringify(report), updated] }])
  return answer?.affectedRows === 1
}

function advanceStatement(id: string, change: AnalysisChange, leaseMs: number, time: string): Statement {
  const isHeld = change.state === 'leased' || change.state === 'submitting' || change.state === 'submitted'
  const { attempts, marker, taskId, report, cause } = change
  const given = [
    ['attempts', attempts],
    ['marker', marker],
    ['task_id', taskId],
    ['report', report && JSON.stringify(report)],
    ['cause', cause],
    ['owner', change.state === 'wanted' ? '' : undefined],
  ] as const
  const set = given.filter(([, value]) => value !== undefined)
  return {
    sql: `UPDATE analysis SET state = ?, updated = ${time}, lease_until = ${isHeld ? `${time} + ?` : '? * 0'}
        ${set.map(([column]) => `, ${column} = ?`).join('')}${change.begins ? `, begun = ${time}` : ''}
      WHERE id = x'${id}' AND owner = ? AND token = ? AND ${HELD}`,
    values: [change.state, leaseMs, ...set.map(([, value]) => value ?? null), change.owner, change.token],
  }
}
