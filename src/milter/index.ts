// node-milter-protocol: the milter protocol, complete, on node:* alone. The MTA's side is in testing.ts.
export type { MilterAddress } from './address.ts'
export { type Clock, systemClock, type Timer } from './clock.ts'
export * from './constants.ts'
export {
  decodeConnect,
  decodeEdit,
  decodeHeader,
  decodeMacros,
  decodeOptions,
  decodeString,
  decodeStrings,
  type Edit,
  type HeaderPayload,
  type MacroPayload,
} from './decode.ts'
export { describeFrame } from './describe.ts'
export type { MessageEdit } from './edit.ts'
export * from './encode.ts'
export type { AbortReason, CloseReason } from './end-reason.ts'
export type { LimitName, MilterEvent } from './events.ts'
export { type Frame, FrameReader, type Violation } from './frame-reader.ts'
export type { HeaderField } from './header-field.ts'
export type { Answer, MilterHooks } from './hooks.ts'
export type { ListenAddress } from './listen.ts'
export type { Macros } from './macros.ts'
export {
  ACTION_BITS,
  type Action,
  type MacroStage,
  type Negotiated,
  type NegotiationFailure,
  type NoReply,
  negotiate,
  type Wishes,
} from './negotiate.ts'
export {
  DEFAULT_LIMITS,
  DEFAULT_TIMEOUTS,
  type Fallback,
  type FallbackFor,
  type MilterLimits,
  type MilterServerOptions,
  type MilterTimeouts,
} from './options.ts'
export {
  type AcceptReply,
  accept,
  type ConnectReply,
  type ContinueReply,
  continue_,
  type DiscardReply,
  discard,
  type EnvelopeReply,
  type FinalReply,
  LEGAL_REPLIES,
  type QuarantineReply,
  quarantine,
  type RejectReply,
  type RepeatedReply,
  type Reply,
  reject,
  type SkipReply,
  type Stage,
  skip,
  type TempfailReply,
  tempfail,
  type UnknownReply,
} from './reply.ts'
export { renderReplyText, type SmtpText } from './reply-text.ts'
export { createMilterServer, type MilterServer } from './server.ts'
export { AbortError, type Session, type Transaction } from './session.ts'
