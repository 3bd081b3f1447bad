import { isAbsolute, join } from 'node:path'
import type { Clock } from '../core/index.ts'
import type { StoreEvent } from './event.ts'
import { mariadbDamage, mariadbStatus } from './mariadb/inspect.ts'
import { createMariadbStore } from './mariadb/mariadb-store.ts'
import { createMemoryStore } from './memory/memory-store.ts'
import type { StoreOptions } from './options.ts'
import { sqliteDamage, sqliteStatus } from './sqlite/inspect.ts'
import { createSqliteStore } from './sqlite/sqlite-store.ts'
import type { StoreStatus } from './status.ts'
import type { Store } from './store.ts'

/** What a store needs from the program around it. */
export interface StoreSurroundings {
  /** Where relative paths begin. */
  readonly dataDir: string
  readonly clock: Clock
  readonly onEvent?: (event: StoreEvent) => void
}

/** Makes the store that the configuration names; nothing is opened before its `start`. */
export function openStore(options: StoreOptions, surroundings: StoreSurroundings): Store {
  const { dataDir, onEvent } = surroundings
  if (options.type === 'mariadb') return createMariadbStore({ ...options, ...(onEvent && { onEvent }) })
  if (options.url === 'memory:') return createMemoryStore({ clock: surroundings.clock })
  return createSqliteStore({
    path: pathOf(options.url, dataDir),
    timeoutMs: options.timeout,
    ...(onEvent && { onEvent }),
  })
}

/** What is in the store that the configuration names; it is neither started nor changed. */
export async function storeStatus(options: StoreOptions, dataDir: string): Promise<StoreStatus> {
  if (options.type === 'mariadb') return mariadbStatus(options)
  if (options.url !== 'memory:') return sqliteStatus(pathOf(options.url, dataDir))
  return { name: 'memory:', version: 0, minReader: 0, newest: 0, bytes: 0, rows: {} }
}

/** Reads all of the store; what is damaged, nothing where it is sound. */
export async function storeDamage(options: StoreOptions, dataDir: string): Promise<readonly string[]> {
  if (options.type === 'mariadb') return mariadbDamage(options)
  return options.url === 'memory:' ? [] : sqliteDamage(pathOf(options.url, dataDir))
}

function pathOf(url: string, dataDir: string): string {
  const path = url.replace(/^sqlite:/, '') || 'peekaboo.db'
  return isAbsolute(path) ? path : join(dataDir, path)
}
