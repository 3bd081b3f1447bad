// The legal order of events: libmilter engine.c's table of next states, its rule that a stage which was negotiated away
// may be stepped over, and its rule for an event that comes out of order.
import { SMFIC, SMFIP } from './constants.ts'
import type { Stage } from './reply.ts'

/** The protocol bits of a stage: not wanted, and not replied to. End of message can be neither. */
export interface StageBits {
  readonly no: number
  readonly noReply: number
}

/** Protocol bits by stage. */
export const STAGE_BITS: Readonly<Record<Stage, StageBits>> = {
  connect: { no: SMFIP.NOCONNECT, noReply: SMFIP.NR_CONN },
  helo: { no: SMFIP.NOHELO, noReply: SMFIP.NR_HELO },
  mail: { no: SMFIP.NOMAIL, noReply: SMFIP.NR_MAIL },
  rcpt: { no: SMFIP.NORCPT, noReply: SMFIP.NR_RCPT },
  data: { no: SMFIP.NODATA, noReply: SMFIP.NR_DATA },
  unknown: { no: SMFIP.NOUNKNOWN, noReply: SMFIP.NR_UNKN },
  header: { no: SMFIP.NOHDRS, noReply: SMFIP.NR_HDR },
  endOfHeaders: { no: SMFIP.NOEOH, noReply: SMFIP.NR_EOH },
  body: { no: SMFIP.NOBODY, noReply: SMFIP.NR_BODY },
  endOfMessage: { no: 0, noReply: 0 },
}

/** Where a session is: the last event that was taken. In ascending order, because skipped stages are stepped over upwards. */
export const STATE = {
  INIT: 0,
  OPTS: 1,
  CONN: 2,
  HELO: 3,
  MAIL: 4,
  RCPT: 5,
  DATA: 6,
  HDRS: 7,
  EOHS: 8,
  BODY: 9,
  ENDM: 10,
} as const

const bit = (...states: number[]) => states.reduce((mask, state) => mask | (1 << state), 0)
const CONTENT = bit(STATE.HDRS, STATE.EOHS, STATE.BODY, STATE.ENDM)

/** Which states may follow, as bit masks by state. */
const NEXT: readonly number[] = [
  bit(STATE.OPTS),
  bit(STATE.CONN),
  bit(STATE.HELO, STATE.MAIL),
  bit(STATE.HELO, STATE.MAIL),
  bit(STATE.RCPT),
  bit(STATE.RCPT, STATE.DATA) | CONTENT,
  CONTENT,
  bit(STATE.HDRS, STATE.EOHS),
  bit(STATE.BODY, STATE.ENDM),
  bit(STATE.BODY, STATE.ENDM),
  bit(STATE.MAIL),
]

/** Protocol bit that takes a state out of the order. */
const SKIPPED_BY: readonly number[] = [
  0,
  0,
  SMFIP.NOCONNECT,
  SMFIP.NOHELO,
  SMFIP.NOMAIL,
  SMFIP.NORCPT,
  SMFIP.NODATA,
  SMFIP.NOHDRS,
  SMFIP.NOEOH,
  SMFIP.NOBODY,
  0,
]

/** Commands whose macros may be announced; libmilter itself does not know those of L, B and U, Postfix sends them. */
export const COMMANDS_WITH_MACROS: ReadonlySet<number> = new Set([
  SMFIC.CONNECT,
  SMFIC.HELO,
  SMFIC.MAIL,
  SMFIC.RCPT,
  SMFIC.DATA,
  SMFIC.UNKNOWN,
  SMFIC.HEADER,
  SMFIC.EOH,
  SMFIC.BODY,
  SMFIC.BODYEOB,
])

/** Whether `next` may follow `current` when the stages of `protocol` were negotiated away (libmilter engine.c trans_ok). */
export function mayFollow(current: number, next: number, protocol: number): boolean {
  for (let state = current; state <= STATE.ENDM; state += 1) {
    if (((NEXT[state] ?? 0) & (1 << next)) !== 0) return true
    if (((SKIPPED_BY[state + 1] ?? 0) & protocol) === 0) return false
  }
  return false
}

/** Whether a message is open in this state, so that leaving it is an abort. */
export function isInMessage(state: number): boolean {
  return state >= STATE.MAIL && state < STATE.ENDM
}
