/** What MariaDB's errors mean: whether the same statement may be tried again, whether the whole store is away, and what to do. */
import { SqlError } from 'mariadb'
import { Fault } from '../../core/index.ts'

/** `again`: it lost against another transaction; `away`: the next statement would fail too; `operation`: only this one is wrong. */
export type ProblemKind = 'again' | 'away' | 'operation'

export interface Problem {
  readonly kind: ProblemKind
  readonly message: string
}

type Meaning = readonly [what: string, remedy: string]

/** Transactions that lost: a deadlock, and on Galera a row that another node changed first, which is told as a deadlock too. */
const AGAIN: ReadonlySet<number> = new Set([
  1020, // ER_CHECKREAD: changed since it was read
  1213, // ER_LOCK_DEADLOCK
  1614, // ER_XA_RBDEADLOCK
  4203, // ER_… of snapshot isolation
])

const MEANINGS: Readonly<Record<number, Meaning>> = {
  1021: ['has no room to grow', 'free space on its file system'], // ER_DISK_FULL
  1040: ['takes no more connections', 'raise max_connections, or lower store.connections'], // ER_CON_COUNT_ERROR
  1044: ['refuses this user', 'grant the user all rights on the database'], // ER_DBACCESS_DENIED_ERROR
  1045: ['refuses user or password', 'check store.user and store.password'], // ER_ACCESS_DENIED_ERROR
  1047: ['is not ready', 'the Galera node is not part of the primary component: look at wsrep_cluster_status'], // ER_UNKNOWN_COM_ERROR
  1049: ['has no such database', 'create it, or name another in store.database'], // ER_BAD_DB_ERROR
  1053: ['is being shut down', 'wait until it is back'], // ER_SERVER_SHUTDOWN
  1114: ['has no room to grow', 'free space on its file system'], // ER_RECORD_FILE_FULL
  1129: ['blocks this host', 'run FLUSH HOSTS'], // ER_HOST_IS_BLOCKED
  1130: ['does not let this host in', 'create the user for this host'], // ER_HOST_NOT_PRIVILEGED
  1142: ['refuses this user', 'grant the user all rights on the database'], // ER_TABLEACCESS_DENIED_ERROR
  1146: ['lacks a table', 'was it emptied? the next start, or "peekaboo store migrate", makes it anew'], // ER_NO_SUCH_TABLE
  1205: ['is locked by another transaction', 'end it (SHOW ENGINE INNODB STATUS names it)'], // ER_LOCK_WAIT_TIMEOUT
  1226: ['gives this user no more', 'raise the limits of the user'], // ER_USER_LIMIT_REACHED
  1290: ['is read-only', 'name the server that takes writes'], // ER_OPTION_PREVENTS_STATEMENT
  1792: ['is read-only', 'name the server that takes writes'], // ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION
  1836: ['is read-only', 'name the server that takes writes'], // ER_READ_ONLY_MODE
  1927: ['ended the connection', 'look at its log'], // ER_CONNECTION_KILLED
  1969: ['did not answer in time', 'look at its load'], // ER_STATEMENT_TIMEOUT
}

/** Explains whatever was thrown while the database called `name` was used. */
export function explainProblem(error: unknown, name: string): Problem {
  const said = sentence(error)
  if (error instanceof Fault) return { kind: 'away', message: error.message }
  if (isSystemError(error) || isConnectionError(error)) {
    return { kind: 'away', message: `store ${name} cannot be reached: ${said}; is the server running?` }
  }
  if (!(error instanceof SqlError)) return { kind: 'operation', message: `store ${name}: ${said}` }
  if (AGAIN.has(error.errno)) return { kind: 'again', message: `store ${name} has too many conflicts: ${said}` }
  const meaning = MEANINGS[error.errno]
  if (!meaning) return { kind: 'operation', message: `store ${name}: ${said}` }
  return { kind: 'away', message: `store ${name} ${meaning[0]}: ${said}; ${meaning[1]}` }
}

/** Whether the connection is of no use any more. */
export function isConnectionLost(error: unknown): boolean {
  return !(error instanceof SqlError) || error.fatal || isConnectionError(error)
}

/** Numbers from 45000 on are the client's own: lost, refused and slow connections. */
function isConnectionError(error: unknown): boolean {
  return error instanceof SqlError && (error.errno >= 45_000 || error.errno <= 0)
}

/** What the system says of sockets and files carries a name such as ECONNREFUSED. */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && !(error instanceof SqlError) && 'code' in error
}

/** The server's own words, without the statement that the client adds (it may hold a subject or an address). */
function sentence(error: unknown): string {
  if (error instanceof SqlError) return error.sqlMessage ?? error.code ?? 'unknown error'
  return error instanceof Error ? error.message : String(error)
}
