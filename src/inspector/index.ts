/** TODO */
export { createInspector, type InspectorDeps } from './client.ts'
export type { ParserCode } from './command.ts'
export type { InspectorEvent } from './events.ts'
export { type Inspection, type Inspector, type InspectorState, type Layer, unscannableReading } from './inspector.ts'
export { type InspectorOptions, inspectorOptions } from './options.ts'
export { type Supervisor, type SupervisorSettings, startSupervisor } from './supervisor.ts'
