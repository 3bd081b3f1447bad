export type { SampleView } from '../analyzers/analyzer.ts'
export { type SchedulerOptions, schedulerOptions } from './options.ts'
export { Scheduler, type SchedulerDeps } from './scheduler.ts'
export type { Asker, Standing, Want } from './work.ts'
