/** What all nodes know together: the contract, its stores, and how one is chosen. */
export { type StoreEvent, StoreRefused } from './event.ts'
export { createMariadbStore, type MariadbSettings } from './mariadb/mariadb-store.ts'
export { createMemoryStore } from './memory/memory-store.ts'
export { openStore, type StoreSurroundings } from './open-store.ts'
export { type Override, overrideFor, overrideKey } from './override.ts'
export { BAD_SCORE, type Removal } from './removal.ts'
export { createSqliteStore, type SqliteOptions } from './sqlite/sqlite-store.ts'
export type * from './store.ts'
