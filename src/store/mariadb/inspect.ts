/** A look at a MariaDB from outside, on a connection of its own. */
import type { Connection } from 'mariadb'
import { StoreRefused } from '../event.ts'
import type { MariadbOptions } from '../options.ts'
import { textOf } from '../row.ts'
import { COUNTED, type StoreStatus } from '../status.ts'
import { connect } from './connect.ts'
import { readSchema } from './migrate.ts'
import { MIGRATIONS } from './migrations.ts'
import { nameOf } from './name.ts'
import { explainProblem } from './problem.ts'
import { type Row, timeSql } from './sql.ts'

const TABLES: Readonly<Record<string, string>> = { FACTS: 'facts', SIGHTING: 'sighting', OVERRIDE: 'operator_override' }

/** What is in the database; version 0 where nothing is. */
export function mariadbStatus(options: MariadbOptions): Promise<StoreStatus> {
  const name = nameOf(options)
  return onDatabase(options, async (connection) => {
    const schema = await readSchema(connection, name)
    const sizes = await tablesOf(connection)
    const rows: Record<string, number> = {}
    for (const [what, from] of Object.entries(COUNTED)) {
      const [table = '', ...where] = from.split(' ')
      const real = TABLES[table] ?? table
      if (!sizes.has(real)) continue
      const [row] = await connection.query<readonly Row[]>(`SELECT COUNT(*) AS n FROM ${[real, ...where].join(' ')}`)
      rows[what] = Number(row?.n)
    }
    const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0)
    const [time] = await connection.query<readonly Row[]>(`SELECT ${timeSql(undefined)} AS now`)
    return { name, ...schema, newest: MIGRATIONS.at(-1)?.version ?? 0, bytes, rows, now: Number(time?.now) }
  })
}

/** Has the server check every table; what it complains of, nothing where all is sound. */
export function mariadbDamage(options: MariadbOptions): Promise<readonly string[]> {
  return onDatabase(options, async (connection) => {
    const tables = [...(await tablesOf(connection)).keys()]
    if (tables.length === 0) return []
    const said = await connection.query<readonly Row[]>(`CHECK TABLE ${tables.map((name) => `\`${name}\``).join(', ')}`)
    const bad = said.filter((row) => row.Msg_type === 'error' || (row.Msg_type === 'status' && row.Msg_text !== 'OK'))
    return bad.map((row) => `${row.Table}: ${row.Msg_text}`)
  })
}

async function tablesOf(connection: Connection): Promise<ReadonlyMap<string, number>> {
  const rows = await connection.query<readonly Row[]>(
    `SELECT table_name AS name, data_length + index_length AS bytes FROM information_schema.tables
      WHERE table_schema = DATABASE()`,
  )
  return new Map(rows.map((row) => [textOf(row.name), Number(row.bytes)]))
}

async function onDatabase<T>(options: MariadbOptions, read: (connection: Connection) => Promise<T>): Promise<T> {
  try {
    const { connection } = await connect(options)
    try {
      // Counting and checking may take longer than mail may wait.
      await connection.query('SET max_statement_time = 0')
      return await read(connection)
    } finally {
      await connection.end()
    }
  } catch (error) {
    throw error instanceof StoreRefused ? error : new Error(explainProblem(error, nameOf(options)).message)
  }
}
