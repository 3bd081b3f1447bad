/** How one connection to MariaDB is made: by TCP or unix socket, with TLS and password, and with a session in which nothing is guessed. */
import { readFile } from 'node:fs/promises'
import { connect as connectSocket, type Socket } from 'node:net'
import { type Connection, type ConnectionConfig, createConnection } from 'mariadb'
import type { MariadbOptions } from '../options.ts'

const KEEP_ALIVE_MS = 10_000

/** A connection and how it is ended at once, whatever it waits for. */
export interface Link {
  readonly connection: Connection
  /** Rejects when the connection is lost: the package does not always tell those who wait for an answer. */
  readonly lost: Promise<never>
  cut(why: Error): void
}

/** Strict, so that nothing is cut off in silence; reads see what is committed; the database's time is UTC. */
function sessionOf(timeoutMs: number): string[] {
  const variables = [
    "sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO,NO_ZERO_DATE,NO_ZERO_IN_DATE'",
    "time_zone = '+00:00'",
    'autocommit = 1',
    `innodb_lock_wait_timeout = ${Math.max(1, Math.floor(timeoutMs / 1000))}`,
    // A slow statement ends at the server too, not only for us.
    `max_statement_time = ${timeoutMs / 1000}`,
    // A list of digests stays a list of points in an index, however long: neither a table of its own nor a guess by statistics.
    'in_predicate_conversion_threshold = 0',
  ]
  return ['SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED', `SET ${variables.join(', ')}`]
}

/** Connects; rejects with what the system or the server said. */
export async function connect(options: MariadbOptions): Promise<Link> {
  const { socketPath, host, port, user, password, database, timeout } = options
  const ssl = await tlsOf(options)
  let socket: Socket | undefined
  const config: ConnectionConfig = {
    host,
    port,
    user,
    database,
    ...(password && { password: password.reveal() }),
    ...(ssl && { ssl }),
    connectTimeout: timeout,
    keepAliveDelay: KEEP_ALIVE_MS,
    initSql: sessionOf(timeout),
    collation: 'UTF8MB4_BIN',
    bigIntAsNumber: true,
    insertIdAsNumber: true,
    decimalAsNumber: true,
    trace: false,
    logger: { warning: () => undefined },
    // Our own socket: the package cannot let go of one that hangs.
    stream: () => {
      socket = socketPath === undefined ? connectSocket(port, host) : connectSocket(socketPath)
      socket.setNoDelay(true)
      return socket
    },
  }
  const connection = await createConnection(config).catch((error: unknown) => {
    socket?.destroy()
    throw error
  })
  const { promise: lost, reject } = Promise.withResolvers<never>()
  lost.catch(() => undefined)
  const lose = (why?: Error) => reject(why ?? Object.assign(new Error('the connection was closed'), { code: 'CLOSED' }))
  connection.on('error', lose)
  connection.on('end', () => lose())
  socket?.on('close', () => lose())
  return {
    connection,
    lost,
    cut: (why) => {
      lose(why)
      socket?.destroy(why)
    },
  }
}

async function tlsOf({ tls }: MariadbOptions): Promise<ConnectionConfig['ssl'] | undefined> {
  if (!tls) return undefined
  const [ca, cert, key] = await Promise.all([tls.ca, tls.cert, tls.key].map((path) => path && readFile(path)))
  return {
    rejectUnauthorized: tls.verify,
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
  }
}
