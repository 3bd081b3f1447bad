// What a hook may answer, as values. The types per hook are the protocol's legality table: a reply that the MTA would
// not take at a stage does not compile there. `LEGAL_REPLIES` is the same table for callers without types.
import { SMFIR } from './constants.ts'
import { encodeFrame, encodeReplyCode } from './encode.ts'
import { renderReplyText, type SmtpText } from './reply-text.ts'

/** Go on with this message. */
export interface ContinueReply {
  readonly kind: 'continue'
}
/** Take the message (at connect and helo: everything of this session) without asking this filter any further. */
export interface AcceptReply {
  readonly kind: 'accept'
}
/** Refuse for good; at rcpt only that recipient. */
export interface RejectReply {
  readonly kind: 'reject'
  readonly smtp: SmtpText | undefined
}
/** Refuse for now; at rcpt only that recipient. With code 421 the MTA hangs up. */
export interface TempfailReply {
  readonly kind: 'tempfail'
  readonly smtp: SmtpText | undefined
}
/** Say 250 to the client and throw the message away. */
export interface DiscardReply {
  readonly kind: 'discard'
}
/** No more events of this kind for this message. */
export interface SkipReply {
  readonly kind: 'skip'
}
/** Put the message on hold at the MTA; legal only at end of message. */
export interface QuarantineReply {
  readonly kind: 'quarantine'
  readonly reason: string
}

/** Any reply. */
export type Reply =
  | ContinueReply
  | AcceptReply
  | RejectReply
  | TempfailReply
  | DiscardReply
  | SkipReply
  | QuarantineReply

// A hook may also return nothing at all, which means continue. biome-ignore is for exactly that.
// biome-ignore lint/suspicious/noConfusingVoidType: a hook that only looks has no return statement
type Go = ContinueReply | undefined | void

/** Replies of the connect and helo hooks: Postfix ignores a discard there. */
export type ConnectReply = Go | AcceptReply | RejectReply | TempfailReply
/** Replies of the hook for unknown commands. */
export type UnknownReply = Go | RejectReply | TempfailReply
/** Replies of the mail, data and end-of-headers hooks. */
export type EnvelopeReply = ConnectReply | DiscardReply
/** Replies of the rcpt, header and body hooks. */
export type RepeatedReply = EnvelopeReply | SkipReply
/** Replies of the end-of-message hook, which must not forget to answer. */
export type FinalReply = ContinueReply | AcceptReply | RejectReply | TempfailReply | DiscardReply | QuarantineReply

/** The steps of a session at which a hook may be called and replies. */
export type Stage =
  | 'connect'
  | 'helo'
  | 'mail'
  | 'rcpt'
  | 'data'
  | 'unknown'
  | 'header'
  | 'endOfHeaders'
  | 'body'
  | 'endOfMessage'

const CONTINUE: ContinueReply = Object.freeze({ kind: 'continue' })
const ACCEPT: AcceptReply = Object.freeze({ kind: 'accept' })
const DISCARD: DiscardReply = Object.freeze({ kind: 'discard' })
const SKIP: SkipReply = Object.freeze({ kind: 'skip' })

/** Goes on with this message. */
export function continue_(): ContinueReply {
  return CONTINUE
}

/** Takes the message without further questions. */
export function accept(): AcceptReply {
  return ACCEPT
}

/** Refuses for good, with the MTA's own text or with ours; throws on a code that is not 5xx. */
export function reject(smtp?: SmtpText): RejectReply {
  return Object.freeze({ kind: 'reject', smtp: smtp && checked(smtp, '5') })
}

/** Refuses for now, with the MTA's own text or with ours; throws on a code that is not 4xx. 421 hangs up. */
export function tempfail(smtp?: SmtpText): TempfailReply {
  return Object.freeze({ kind: 'tempfail', smtp: smtp && checked(smtp, '4') })
}

/** Throws the message away behind a 250. */
export function discard(): DiscardReply {
  return DISCARD
}

/** Asks for no more events of this kind for this message. */
export function skip(): SkipReply {
  return SKIP
}

/** Puts the message on hold; Postfix logs the reason from 3.10 on. */
export function quarantine(reason: string): QuarantineReply {
  return Object.freeze({ kind: 'quarantine', reason })
}

function checked(smtp: SmtpText, digit: '4' | '5'): SmtpText {
  renderReplyText(smtp, digit)
  return Object.freeze({ ...smtp })
}

const AT_CONNECT: readonly Reply['kind'][] = ['continue', 'accept', 'reject', 'tempfail']
const IN_ENVELOPE: readonly Reply['kind'][] = [...AT_CONNECT, 'discard']
const REPEATED: readonly Reply['kind'][] = [...IN_ENVELOPE, 'skip']

/** Which replies are legal at which stage. */
export const LEGAL_REPLIES: Readonly<Record<Stage, readonly Reply['kind'][]>> = {
  connect: AT_CONNECT,
  helo: AT_CONNECT,
  mail: IN_ENVELOPE,
  rcpt: REPEATED,
  data: IN_ENVELOPE,
  unknown: ['continue', 'reject', 'tempfail'],
  header: REPEATED,
  endOfHeaders: IN_ENVELOPE,
  body: REPEATED,
  endOfMessage: [...IN_ENVELOPE, 'quarantine'],
}

const FRAMES = {
  continue: encodeFrame(SMFIR.CONTINUE),
  accept: encodeFrame(SMFIR.ACCEPT),
  reject: encodeFrame(SMFIR.REJECT),
  tempfail: encodeFrame(SMFIR.TEMPFAIL),
  discard: encodeFrame(SMFIR.DISCARD),
  skip: encodeFrame(SMFIR.SKIP),
} as const

/** The keep-alive frame that may precede the final reply at end of message. */
export const PROGRESS_FRAME: Buffer = encodeFrame(SMFIR.PROGRESS)

/** The one final frame of a reply; a quarantined message is accepted after its SMFIR_QUARANTINE. */
export function encodeReply(reply: Reply): Buffer {
  if (reply.kind === 'quarantine') return FRAMES.accept
  if ((reply.kind === 'reject' || reply.kind === 'tempfail') && reply.smtp !== undefined) {
    return encodeReplyCode(renderReplyText(reply.smtp, reply.kind === 'reject' ? '5' : '4'))
  }
  return FRAMES[reply.kind]
}
