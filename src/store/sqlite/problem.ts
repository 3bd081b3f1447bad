/**
 * What SQLite's errors mean to an operator, and which of them say that the whole store is away. Used in both threads; the writer's loads
 * nothing but types from `core`, so that it starts in a moment.
 */

/** A failure in a form that crosses threads. `isStoreAway`: the next write would fail too, so the breaker opens. */
export interface Problem {
  readonly message: string
  readonly isStoreAway: boolean
  /** This version must not touch the file: no further try. */
  readonly isRefused: boolean
  /** What was read before is not to be believed any more. */
  readonly isDamaged: boolean
}

/** Primary result codes of sqlite3.h → what is wrong, and the remedy. */
const MEANINGS: Readonly<Record<number, readonly [what: string, remedy: string]>> = {
  3: ['may not be opened', 'let the user that runs the filter own the file and its directory'], // SQLITE_PERM
  5: ['is locked by another process', 'end the process that holds it (fuser -v FILE names it)'], // SQLITE_BUSY
  6: ['is locked by another process', 'end the process that holds it (fuser -v FILE names it)'], // SQLITE_LOCKED
  7: ['could not be used for want of memory', 'give the filter more memory'], // SQLITE_NOMEM
  8: ['is read-only', 'make the file and its directory writable for the user that runs the filter'], // SQLITE_READONLY
  10: ['could not be read or written', 'look at the disk (dmesg); was the file moved without its -wal?'], // SQLITE_IOERR
  11: ['is damaged', 'stop the filter and move the file and its -wal and -shm away, or restore a backup'], // SQLITE_CORRUPT
  13: ['has no room to grow', 'free space on its file system'], // SQLITE_FULL
  14: ['cannot be opened', 'check that its directory exists and belongs to the user that runs the filter'], // SQLITE_CANTOPEN
  15: ['is locked by another process', 'end the process that holds it (fuser -v FILE names it)'], // SQLITE_PROTOCOL
  26: ['is no SQLite database', 'stop the filter and move the file away, or restore a backup'], // SQLITE_NOTADB
}
const DAMAGED: ReadonlySet<number> = new Set([11, 26])

/** Whether it is worth waiting: somebody else holds the lock (SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL). */
export function isBusy(error: unknown): boolean {
  return [5, 6, 15].includes(primaryCode(error))
}

/** Explains whatever was thrown while the database at `path` was used. */
export function explainProblem(error: unknown, path: string): Problem {
  const said = error instanceof Error ? error.message : String(error)
  const meaning = MEANINGS[primaryCode(error)] ?? fileSystemMeaning(error)
  if (!meaning) return { message: `store ${path}: ${said}`, isStoreAway: false, isRefused: false, isDamaged: false }
  const message = `store ${path} ${meaning[0]}: ${said}; ${meaning[1]}`
  return { message, isStoreAway: true, isRefused: false, isDamaged: DAMAGED.has(primaryCode(error)) }
}

function primaryCode(error: unknown): number {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : 0
  return typeof code === 'number' ? code & 0xff : 0
}

/** Errors of Node's own file functions (directory, file mode), which carry a system call. */
function fileSystemMeaning(error: unknown): readonly [string, string] | undefined {
  const isSystem = error instanceof Error && 'syscall' in error
  return isSystem ? ['cannot be opened', 'check the directory, its owner and the file system'] : undefined
}
