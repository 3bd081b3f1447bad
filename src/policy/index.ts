/** Outcome × profile → what the mail server is told. Pure. */
export { BUILTIN_PROFILES } from './builtin.ts'
export { decide, dispositionOf } from './disposition.ts'
export * from './options.ts'
export { PolicyError, type PolicyProblem } from './policy-error.ts'
export { MAX_HOLD_MS, resolveProfiles } from './profiles.ts'
export { type About, HEADER_NAME, headerFor, type Reply, replyFor, uncheckedHeader } from './reply.ts'
