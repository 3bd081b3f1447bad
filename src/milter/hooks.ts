// What a filter writes. Only the hooks given are asked for at the MTA. A hook that answers at once costs no promise; one
// that returns a promise holds the session until it settles.
import type { MilterAddress } from './address.ts'
import type { OptionNegotiation } from './encode.ts'
import type { HeaderField } from './header-field.ts'
import type { Wishes } from './negotiate.ts'
import type { ConnectReply, EnvelopeReply, FinalReply, RepeatedReply, UnknownReply } from './reply.ts'
import type { Session, Transaction } from './session.ts'

/** A value now or later. */
export type Answer<R> = R | Promise<R>

/** The hooks of a filter; `S` and `T` are the types of `session.data` and `tx.data`. */
export interface MilterHooks<S = unknown, T = unknown> {
  /** May change what this session asks for, knowing what the MTA offers. */
  negotiate?(session: Session<S>, offer: OptionNegotiation): Partial<Wishes> | undefined
  connect?(session: Session<S>): Answer<ConnectReply>
  helo?(session: Session<S>): Answer<ConnectReply>
  mail?(tx: Transaction<S, T>): Answer<EnvelopeReply>
  /** The recipient is among `tx.recipients` only after this hook has not refused it. */
  rcpt?(tx: Transaction<S, T>, recipient: MilterAddress): Answer<RepeatedReply>
  data?(tx: Transaction<S, T>): Answer<EnvelopeReply>
  /** An SMTP command that the MTA does not know. */
  unknown?(session: Session<S>, command: Buffer): Answer<UnknownReply>
  header?(tx: Transaction<S, T>, header: HeaderField): Answer<RepeatedReply>
  endOfHeaders?(tx: Transaction<S, T>): Answer<EnvelopeReply>
  /**
   * The chunk is a view of the bytes read and never changes; it may be kept. With `noReply.body` chunks come as they were read,
   * else one for each frame.
   */
  body?(tx: Transaction<S, T>, chunk: Buffer): Answer<RepeatedReply>
  endOfMessage?(tx: Transaction<S, T>): Answer<FinalReply>
  /** Called once for a message that ends without a final answer from these hooks. */
  abort?(tx: Transaction<S, T>): void
  /** Called once when a session ends. */
  close?(session: Session<S>): void
}
