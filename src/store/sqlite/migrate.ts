import type { DatabaseSync } from 'node:sqlite'
import { StoreRefused } from '../event.ts'
import type { Migration } from './migrations.ts'

/** Brings a database to the newest version that this program knows, in one transaction; says from where to where. */
export function migrate(database: DatabaseSync, path: string, migrations: readonly Migration[]): SchemaChange {
  const newest = migrations.at(-1)?.version ?? 0
  database.exec('BEGIN IMMEDIATE')
  try {
    const { version, minReader } = readSchema(database, path)
    if (minReader > newest) throw new StoreRefused(tooNew(path, version, minReader, newest))
    for (const step of migrations) if (step.version > version) applyMigration(database, step)
    database.exec('COMMIT')
    return { from: version, to: Math.max(version, newest) }
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

/** The versions of the schema before and after the start; 0 for a new database. */
export interface SchemaChange {
  readonly from: number
  readonly to: number
}

function readSchema(database: DatabaseSync, path: string): { version: number; minReader: number } {
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()
  if (tables.length === 0) {
    database.exec(`
      CREATE TABLE schema (version INTEGER NOT NULL, minReader INTEGER NOT NULL, checked INTEGER NOT NULL) STRICT;
      INSERT INTO schema VALUES (0, 0, 0);
    `)
    return { version: 0, minReader: 0 }
  }
  const isOurs = tables.some((table) => table.name === 'schema')
  const row = isOurs ? database.prepare('SELECT version, minReader FROM schema').get() : undefined
  if (!row) throw new StoreRefused(`store ${path} belongs to another program: name another file in store.url`)
  return { version: Number(row.version), minReader: Number(row.minReader) }
}

function applyMigration(database: DatabaseSync, step: Migration): void {
  database.exec(step.sql)
  database.prepare('UPDATE schema SET version = ?, minReader = ?').run(step.version, step.minReader)
}

function tooNew(path: string, version: number, minReader: number, newest: number): string {
  return (
    `store ${path} has schema version ${version}, which programs before version ${minReader} may not use; ` +
    `this one knows version ${newest}: install the newer program, or name another file in store.url`
  )
}
