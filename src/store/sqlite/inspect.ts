/** A look at a SQLite file from outside; blocks its thread, so only commands do it. */
import { statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { StoreRefused } from '../event.ts'
import { COUNTED, type StoreStatus } from '../status.ts'
import { MIGRATIONS } from './migrations.ts'
import { explainProblem } from './problem.ts'

const TABLES: Readonly<Record<string, string>> = { FACTS: 'known', SIGHTING: 'sighting', OVERRIDE: 'override' }
const WAIT_MS = 2000
const PROBLEMS_TOLD = 100

/** What is in the file; version 0 where there is none. */
export function sqliteStatus(path: string): StoreStatus {
  const newest = MIGRATIONS.at(-1)?.version ?? 0
  const empty = { name: path, version: 0, minReader: 0, newest, bytes: 0, rows: {} }
  const file = statSync(path, { throwIfNoEntry: false })
  if (!file || file.size === 0) return empty
  return onFile(path, (database) => {
    const tables = new Set(
      database
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
        .all()
        .map(({ name }) => name),
    )
    if (!tables.has('schema'))
      throw new StoreRefused(`store ${path} belongs to another program: name another file in store.url`)
    const schema = database.prepare('SELECT version, minReader FROM schema').get()
    const rows: Record<string, number> = {}
    for (const [what, from] of Object.entries(COUNTED)) {
      const [table = '', ...where] = from.split(' ')
      const real = TABLES[table] ?? table
      if (!tables.has(real)) continue
      rows[what] = Number(database.prepare(`SELECT count(*) AS n FROM ${[real, ...where].join(' ')}`).get()?.n)
    }
    const wal = statSync(`${path}-wal`, { throwIfNoEntry: false })
    const bytes = file.size + (wal?.size ?? 0)
    return { ...empty, version: Number(schema?.version), minReader: Number(schema?.minReader), bytes, rows }
  })
}

/** Reads the whole file; what is wrong with it, nothing where it is sound. */
export function sqliteDamage(path: string): readonly string[] {
  if (!statSync(path, { throwIfNoEntry: false })) return []
  return onFile(path, (database) => {
    const said = database.prepare(`PRAGMA integrity_check(${PROBLEMS_TOLD})`).all()
    return said.map((row) => String(row.integrity_check)).filter((text) => text !== 'ok')
  })
}

function onFile<T>(path: string, read: (database: DatabaseSync) => T): T {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout: WAIT_MS })
    return read(database)
  } catch (error) {
    if (error instanceof StoreRefused) throw error
    throw new Error(explainProblem(error, path).message)
  } finally {
    database?.close()
  }
}
