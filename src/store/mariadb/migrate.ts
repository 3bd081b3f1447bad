import type { Connection } from 'mariadb'
import { StoreRefused } from '../event.ts'
import { type Migration, SCHEMA_VERSION } from './migrations.ts'
import type { Row } from './sql.ts'

/** The versions of the schema before and after; 0 for a new database. */
export interface SchemaChange {
  readonly from: number
  readonly to: number
}

/** What the database says of its schema. */
export interface Schema {
  readonly version: number
  readonly minReader: number
}

/**
 * Brings the database to the newest version that this program knows. Whatever comes between is repaired by the next run: each
 * statement does no harm when it runs again, and a version counts when all of its statements were done.
 */
export async function migrate(
  connection: Connection,
  name: string,
  migrations: readonly Migration[],
): Promise<SchemaChange> {
  const newest = migrations.at(-1)?.version ?? 0
  const { version, minReader } = await readSchema(connection, name)
  if (minReader > newest) throw new StoreRefused(tooNew(name, version, minReader, newest))
  for (const step of migrations) if (step.version > version) await apply(connection, step)
  return { from: version, to: Math.max(version, newest) }
}

/** The schema as it is, 0 where there is none yet; refuses a database that holds other tables. */
export async function readSchema(connection: Connection, name: string): Promise<Schema> {
  const rows = await connection.query<readonly Row[]>(
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
  )
  if (rows.length === 0) return { version: 0, minReader: 0 }
  if (!rows.some((row) => row.name === 'schema_version')) {
    throw new StoreRefused(`store ${name} holds tables of another program: name another database in store.database`)
  }
  const [row] = await connection.query<readonly Row[]>('SELECT version, min_reader FROM schema_version')
  return { version: Number(row?.version ?? 0), minReader: Number(row?.min_reader ?? 0) }
}

/** Two nodes may do this at once. */
async function apply(connection: Connection, step: Migration): Promise<void> {
  await connection.query(SCHEMA_VERSION)
  for (const sql of step.statements) await connection.query(sql)
  await connection.query(
    `INSERT INTO schema_version (one, version, min_reader, checked) VALUES (1, ?, ?, 0)
      ON DUPLICATE KEY UPDATE version = GREATEST(version, VALUE(version)), min_reader = GREATEST(min_reader, VALUE(min_reader))`,
    [step.version, step.minReader],
  )
}

function tooNew(name: string, version: number, minReader: number, newest: number): string {
  return (
    `store ${name} has schema version ${version}, which programs before version ${minReader} may not use; ` +
    `this one knows version ${newest}: install the newer program, or name another database in store.database`
  )
}
