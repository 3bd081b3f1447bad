/** Debian's MariaDB for one test file: a folder and a unix socket of its own, no network, ended and removed with the tests. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type Connection, createConnection } from 'mariadb'
import { createMariadbStore, type MariadbSettings, type Store } from '../../src/store/index.ts'
import { storeOptions } from '../../src/store/options.ts'
import { makeTempFolder, removeTempFolder } from './temp-folder.ts'

const run = promisify(execFile)
const UP_WITHIN_MS = 60_000
/** As root the server wants to run as somebody else. */
const asUser = process.getuid?.() === 0 ? ['--user=mysql'] : []

export class MariadbServer {
  readonly folder: string
  readonly #args: readonly string[]
  #process: ChildProcess | undefined
  #databases = 0

  private constructor(folder: string, args: readonly string[]) {
    this.folder = folder
    this.#args = args
  }

  /** A fresh server that is up; `args` are more of its options. */
  static async make(args: readonly string[] = []): Promise<MariadbServer> {
    const folder = await makeTempFolder()
    await chmod(folder, 0o777)
    const server = new MariadbServer(folder, args)
    const datadir = `--datadir=${join(folder, 'data')}`
    // Its temporary tables too: in /tmp those of two servers may have the same name.
    const tmpdir = `--tmpdir=${folder}`
    const install = [
      '--no-defaults',
      ...asUser,
      datadir,
      tmpdir,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
    ]
    await run('mariadb-install-db', install)
    await server.start()
    return server
  }

  get socketPath(): string {
    return join(this.folder, 'socket')
  }

  get pid(): number {
    return this.#process?.pid ?? 0
  }

  /** Starts it (again) and waits until it answers. */
  async start(args: readonly string[] = []): Promise<void> {
    if (this.#isRunning()) return
    const tmpdir = `--tmpdir=${this.folder}`
    const files = [`--datadir=${join(this.folder, 'data')}`, tmpdir, `--socket=${this.socketPath}`]
    const logFile = `--log-error=${join(this.folder, 'log')}`
    const small = ['--innodb-buffer-pool-size=64M', '--innodb-flush-log-at-trx-commit=2']
    const network = [...this.#args, ...args].some((arg) => arg.startsWith('--port')) ? [] : ['--skip-networking']
    const all = ['--no-defaults', ...asUser, ...files, logFile, ...small, ...network, ...this.#args, ...args]
    const child = spawn('mariadbd', all, { stdio: 'ignore' })
    this.#process = child
    const end = Date.now() + UP_WITHIN_MS
    while (child.exitCode === null && Date.now() < end) {
      const connection = await this.connect().catch(() => undefined)
      await connection?.end()
      if (connection) return
      await pause(50)
    }
    throw new Error(`mariadbd does not start:\n${await readFile(join(this.folder, 'log'), 'utf8').catch(() => '')}`)
  }

  /** As its administrator. */
  connect(database?: string): Promise<Connection> {
    return createConnection({
      socketPath: this.socketPath,
      user: 'root',
      ...(database && { database }),
      bigIntAsNumber: true,
    })
  }

  /** Statements as its administrator, in this database. */
  async sql<T = unknown>(statement: string, database?: string): Promise<T> {
    const connection = await this.connect(database)
    try {
      return await connection.query<T>(statement)
    } finally {
      await connection.end()
    }
  }

  /** A database of its own for one test. */
  async database(): Promise<string> {
    this.#databases += 1
    const name = `test${this.#databases}`
    await this.sql(`CREATE DATABASE ${name}`)
    return name
  }

  /** A store on a database, not started. */
  store(database: string, settings: Partial<MariadbSettings> = {}): Store {
    return createMariadbStore({ ...this.settings(database), ...settings })
  }

  settings(database: string): MariadbSettings {
    const written = { type: 'mariadb', socketPath: this.socketPath, user: 'root', database, timeout: '10s' }
    const options = storeOptions.parse(written)
    if (options.type !== 'mariadb') throw new Error('not what was written')
    return options
  }

  /** Ends the process; resolves when it is gone. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#process
    if (!child || !this.#isRunning()) return
    const gone = once(child, 'exit')
    child.kill('SIGCONT')
    child.kill(signal)
    await gone
  }

  /** Stops the clock of the server: it answers nobody until `resume`. */
  pause(): void {
    this.#process?.kill('SIGSTOP')
  }

  resume(): void {
    this.#process?.kill('SIGCONT')
  }

  #isRunning(): boolean {
    return this.#process !== undefined && this.#process.exitCode === null && this.#process.signalCode === null
  }

  async remove(): Promise<void> {
    await this.stop('SIGKILL')
    await removeTempFolder(this.folder)
  }
}
