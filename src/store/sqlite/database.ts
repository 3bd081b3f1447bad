/** How the one file is opened: by the writer thread for writing, by the main thread for reading only. */
import { chmodSync, closeSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { makeFolder } from '../make-folder.ts'
import { migrate, type SchemaChange } from './migrate.ts'
import { MIGRATIONS } from './migrations.ts'
import { isBusy } from './problem.ts'

const SQLITE_CORRUPT = 11
const RETRY_PAUSE_MS = 25
/**
 * The inner pages of a million facts and some others. Digests come at random, so that a larger cache finds no more of them and falls out of that
 * of the processor: 16 MB made a lookup of 35 among a million rows half as slow again.
 */
const READER_CACHE_KIB = 4000
/** The log file shrinks back to this after a burst. */
const JOURNAL_BYTES = 64 * 1024 * 1024

/**
 * Opens for writing, makes what is missing, migrates. Blocks its thread, at most `busyMs` for each lock, so never the main one.
 * `isSuspect` has the whole file checked: it was found damaged before.
 */
export function openForWriting(
  path: string,
  busyMs: number,
  isSuspect: boolean,
): { database: DatabaseSync; schema: SchemaChange } {
  makePrivateFile(path)
  const database = new DatabaseSync(path, { timeout: busyMs, enableForeignKeyConstraints: true })
  try {
    // Changing the journal mode does not wait for a lock however long the busy time-out, hence the retries.
    retryWhileBusy(busyMs, () => database.exec('PRAGMA journal_mode = WAL'))
    database.exec(`PRAGMA journal_size_limit = ${JOURNAL_BYTES}; PRAGMA cache_size = -16000`)
    const schema = migrate(database, path, MIGRATIONS)
    if (isSuspect) requireSound(database)
    return { database, schema }
  } catch (error) {
    database.close()
    throw error
  }
}

/** Opens for reading. A reader of a WAL never waits for a writer, and the time-out of 0 makes every other wait an error. */
export function openForReading(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 0 })
  database.exec(`PRAGMA cache_size = -${READER_CACHE_KIB}`)
  return database
}

/** Tells files apart, so that a database that was moved or removed under an open connection is noticed. */
export function fileIdentity(path: string): string {
  const { dev, ino } = statSync(path)
  return `${dev}:${ino}`
}

/** SQLite gives its -wal and -shm files the mode of the database. */
function makePrivateFile(path: string): void {
  makeFolder(dirname(path))
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) closeSync(openSync(path, 'a', 0o600))
  else if ((found.mode & 0o077) !== 0 && found.uid === process.getuid?.()) chmodSync(path, 0o600)
}

function retryWhileBusy(busyMs: number, attempt: () => void): void {
  const end = performance.now() + busyMs
  const pause = new Int32Array(new SharedArrayBuffer(4))
  for (;;) {
    try {
      attempt()
      return
    } catch (error) {
      if (!isBusy(error) || performance.now() > end) throw error
      Atomics.wait(pause, 0, 0, RETRY_PAUSE_MS)
    }
  }
}

function requireSound(database: DatabaseSync): void {
  const said = database.prepare('PRAGMA quick_check(1)').get()?.quick_check
  if (said !== 'ok') throw Object.assign(new Error(String(said)), { errcode: SQLITE_CORRUPT })
}
