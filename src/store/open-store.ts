import { isAbsolute, join } from 'node:path'
import type { Clock } from '../core/index.ts'
import type { StoreEvent } from './event.ts'
import { createMariadbStore } from './mariadb/mariadb-store.ts'
import { createMemoryStore } from './memory/memory-store.ts'
import type { StoreOptions } from './options.ts'
import { createSqliteStore } from './sqlite/sqlite-store.ts'
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
  const path = options.url.replace(/^sqlite:/, '') || 'peekaboo.db'
  return createSqliteStore({
    path: isAbsolute(path) ? path : join(dataDir, path),
    timeoutMs: options.timeout,
    ...(onEvent && { onEvent }),
  })
}
