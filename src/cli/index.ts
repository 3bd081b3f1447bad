/** The `peekaboo` command. */
export { descriptorOf, passedDescriptors, pathOfDescriptor } from './activation.ts'
export type { Composition, Listening } from './composition.ts'
export type { CliDeps } from './context.ts'
export { type CliIo, type Output, ownVersion } from './io.ts'
export { FilterMetrics, type ListenerState } from './metrics/index.ts'
export { declaredRoles, loadRules } from './rule-files.ts'
export { runCli } from './run.ts'
export { RunningRules } from './running-rules.ts'
