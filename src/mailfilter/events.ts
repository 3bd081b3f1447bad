/** Which oddities of the milter side an admin should read about, how loud, and in which words. */
import type { MilterEvent } from '../milter/index.ts'
import { describeError } from '../telemetry/index.ts'

export interface EventLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** The line for an event, undefined for everyday ones. */
export function describeEvent(event: MilterEvent): EventLine | undefined {
  switch (event.type) {
    case 'open':
    case 'negotiated':
    case 'answered':
    case 'deferred':
      return undefined
    case 'close':
      return { level: 'debug', message: 'session closed', fields: { reason: event.reason } }
    case 'aborted':
      return { level: 'debug', message: 'message aborted', fields: { queueId: event.queueId, reason: event.reason } }
    case 'negotiation-failed':
      return {
        level: 'error',
        message: 'the mail server and we cannot agree on a protocol',
        fields: { reason: event.reason },
      }
    case 'violation':
      return {
        level: 'warn',
        message: 'protocol violation: session closed',
        fields: { what: event.violation, detail: event.detail },
      }
    case 'malformed':
      return { level: 'warn', message: 'malformed event', fields: { stage: event.stage, detail: event.detail } }
    case 'out-of-order':
      return {
        level: 'warn',
        message: 'event out of order',
        fields: { stage: event.stage, ignored: event.isIgnored },
      }
    case 'limit':
      return {
        level: 'warn',
        message: 'limit of the milter side passed',
        fields: { limit: event.limit, value: event.value },
      }
    case 'hook-error':
      return {
        level: 'error',
        message: 'error while a message was handled',
        fields: { stage: event.stage, cause: describeError(event.error) },
      }
    case 'deadline':
      return {
        level: 'error',
        message: 'no answer within the deadline',
        fields: { stage: event.stage, elapsedMs: event.elapsedMs },
      }
    case 'late-answer':
      return {
        level: 'warn',
        message: 'answer came too late and was dropped',
        fields: { stage: event.stage, elapsedMs: event.elapsedMs },
      }
    case 'timeout':
      return { level: 'warn', message: 'the mail server fell silent: session closed', fields: { which: event.which } }
    case 'socket-error':
      return { level: 'warn', message: 'connection error', fields: { cause: describeError(event.error) } }
    default:
      return event satisfies never
  }
}
