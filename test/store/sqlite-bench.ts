/** A SQLite store in a folder of its own, and what the tests of its failures need. */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Fault } from '../../src/core/index.ts'
import { createSqliteStore, type SqliteOptions, type Store, type StoreEvent } from '../../src/store/index.ts'
import { inTempFolder } from './temp-folder.ts'

/** Longer than anything here takes, on however busy a machine. */
const GIVE_UP_MS = 30_000

export interface SqliteBench {
  readonly path: string
  readonly store: Store
  readonly events: readonly StoreEvent[]
  /** Resolves with the next event of that kind, or the one that was there already. */
  seen<K extends StoreEvent['kind']>(kind: K): Promise<Extract<StoreEvent, { kind: K }>>
}

/** Runs a test with a store that is not started; whatever the test leaves open is closed. */
export function withSqlite(
  use: (bench: SqliteBench) => Promise<void>,
  options: Partial<SqliteOptions> = {},
): Promise<void> {
  return inTempFolder(async (folder) => {
    const path = join(folder, 'peekaboo.db')
    const events: StoreEvent[] = []
    let wake = () => {}
    const onEvent = (event: StoreEvent) => {
      events.push(event)
      wake()
    }
    const seen = async <K extends StoreEvent['kind']>(kind: K): Promise<Extract<StoreEvent, { kind: K }>> => {
      for (;;) {
        const found = events.find((event): event is Extract<StoreEvent, { kind: K }> => event.kind === kind)
        if (found) return found
        await soon(new Promise<void>((resolve) => (wake = resolve)), `the event "${kind}"`)
      }
    }
    const store = createSqliteStore({ path, timeoutMs: 10_000, onEvent, ...options })
    try {
      await use({ path, store, events, seen })
    } finally {
      await store.stop()
    }
  })
}

/** The promise's value, or an error when it takes for ever. */
export async function soon<T>(promise: Promise<T>, what: string): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`${what} did not come within ${GIVE_UP_MS} ms`)), GIVE_UP_MS)
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/** A second program that uses the same file. */
export function withDatabase<T>(path: string, use: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(path)
  try {
    return use(database)
  } finally {
    database.close()
  }
}

/** For `assert.rejects`: the store is away, and the message says all of this. */
export function awayWith(...parts: readonly (string | RegExp)[]): (error: unknown) => boolean {
  return (error) =>
    error instanceof Fault &&
    error.code === 'store-unavailable' &&
    parts.every((part) => (typeof part === 'string' ? error.message.includes(part) : part.test(error.message)))
}
