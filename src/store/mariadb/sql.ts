/** Statements, and how several of them are sent in one go. */
import { createHash } from 'node:crypto'
import type { Connection } from 'mariadb'
import type { AnalysisKey } from '../store.ts'

/** One statement with its values. */
export interface Statement {
  readonly sql: string
  readonly values?: readonly (string | number | null)[]
}

/** A row as the package gives it: every binary column is selected as hex digits. */
export type Row = Readonly<Record<string, string | number | null>>

/** What a statement that changes rows says; `affectedRows` counts those that were found. */
export interface Changed {
  readonly affectedRows: number
}

/** Rows that somebody works on. */
export const HELD = "state IN ('leased', 'submitting', 'submitted')"

/** Unix milliseconds by the database's clock, the same within a statement. */
const DATABASE_TIME = 'CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)'

/** The time as it stands in statements: the database's, or a number where a test has its own clock. */
export function timeSql(now: (() => number) | undefined): string {
  return now ? String(Math.round(now())) : DATABASE_TIME
}

/**
 * Writes all statements to the connection without waiting between them: one round trip. Resolves when all were answered; rejects with the
 * first error then, so that nothing is under way any more.
 */
export async function together<T>(connection: Connection, statements: readonly Statement[]): Promise<readonly T[]> {
  const settled = await Promise.allSettled(statements.map(({ sql, values }) => connection.query<T>(sql, values)))
  return settled.map((answer) => {
    if (answer.status === 'rejected') throw answer.reason
    return answer.value
  })
}

/**
 * All statements or none. After an error within, those behind it run in a transaction that nobody asked for: hence no BEGIN, which would
 * let them be committed one by one, and the end only when all are known to have worked.
 */
export async function inTransaction<T>(
  connection: Connection,
  statements: readonly Statement[],
): Promise<readonly T[]> {
  let end = 'ROLLBACK'
  try {
    const [, ...answers] = await together<T>(connection, [{ sql: 'SET autocommit = 0' }, ...statements])
    end = 'COMMIT'
    return answers
  } finally {
    await together(connection, [{ sql: end }, { sql: 'SET autocommit = 1' }])
  }
}

/** Checked digests as they stand in a list: they are 64 hex digits and nothing else. */
export function hexList(digests: Iterable<string>): string {
  return [...digests].map((digest) => `x'${digest}'`).join(',')
}

/** Identity of an analysis as one digest; its parts cannot run into each other. */
export function analysisId({ analyzer, optionsDigest, revision, sha256 }: AnalysisKey): string {
  return createHash('sha256')
    .update(JSON.stringify([analyzer, optionsDigest, revision, sha256]))
    .digest('hex')
}
