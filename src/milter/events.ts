// What a server has to say about itself. It never logs: it tells its owner, who knows what matters.
import type { OptionNegotiation } from './encode.ts'
import type { AbortReason, CloseReason } from './end-reason.ts'
import type { Violation } from './frame-reader.ts'
import type { Negotiated } from './negotiate.ts'
import type { Reply, Stage } from './reply.ts'
import type { Session } from './session.ts'

/** Which limit was passed. */
export type LimitName = 'headers' | 'headerBytes' | 'recipients' | 'macroBytes' | 'connections'

/** One thing worth knowing; `session.id` and the queue id belong in every line logged about it. */
export type MilterEvent<S = unknown> =
  | { readonly type: 'open'; readonly session: Session<S> }
  | { readonly type: 'close'; readonly session: Session<S>; readonly reason: CloseReason }
  | {
      readonly type: 'negotiated'
      readonly session: Session<S>
      readonly offer: OptionNegotiation
      readonly negotiated: Negotiated
    }
  | { readonly type: 'negotiation-failed'; readonly session: Session<S>; readonly reason: string }
  | {
      readonly type: 'answered'
      readonly session: Session<S>
      readonly stage: Stage
      readonly reply: Reply['kind']
      readonly queueId: string | undefined
      readonly elapsedMs: number
    }
  | {
      readonly type: 'deferred'
      readonly session: Session<S>
      readonly stage: Stage
      readonly reply: Reply['kind']
    }
  | {
      readonly type: 'violation'
      readonly session: Session<S>
      readonly violation:
        | Violation['violation']
        | 'unknown-command'
        | 'not-negotiated'
        | 'malformed-options'
        | 'negotiated-twice'
      readonly detail: string
    }
  | {
      readonly type: 'malformed'
      readonly session: Session<S>
      readonly stage: Stage | 'macros'
      readonly detail: string
    }
  | {
      readonly type: 'out-of-order'
      readonly session: Session<S>
      readonly stage: Stage
      readonly isIgnored: boolean
    }
  | {
      readonly type: 'limit'
      readonly session: Session<S> | undefined
      readonly limit: LimitName
      readonly value: number
    }
  | {
      readonly type: 'hook-error'
      readonly session: Session<S>
      readonly stage: Stage | 'negotiate' | 'abort' | 'close'
      readonly error: unknown
    }
  | { readonly type: 'deadline'; readonly session: Session<S>; readonly stage: Stage; readonly elapsedMs: number }
  | { readonly type: 'late-answer'; readonly session: Session<S>; readonly stage: Stage; readonly elapsedMs: number }
  | {
      readonly type: 'aborted'
      readonly session: Session<S>
      readonly queueId: string | undefined
      readonly reason: AbortReason
    }
  | { readonly type: 'timeout'; readonly session: Session<S>; readonly which: 'negotiate' | 'idle' | 'frame' | 'write' }
  | { readonly type: 'socket-error'; readonly session: Session<S> | undefined; readonly error: Error }
