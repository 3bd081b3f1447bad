/** Counts and times of a running filter, for Prometheus. */
export { FilterMetrics } from './filter-metrics.ts'
export type { ListenerState } from './watched.ts'
