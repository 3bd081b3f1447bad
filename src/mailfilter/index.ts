/** Binds milter sessions to the pipeline: the only place where an exception becomes an answer of the profile. */
export { listenRemedy } from './listen-remedy.ts'
export { createListener, parseListen } from './listener.ts'
export type { ListenerProfile, MessageDeps, Quarantine } from './message.ts'
export { type MilterOptions, milterOptions } from './options.ts'
