/** Who gets a message, and by which policy: fixed recipient by recipient, before its content comes. */
import { type FinalReply, type MilterAddress, SMFIP, type Transaction, tempfail } from '../milter/index.ts'
import {
  type ClassOf,
  directionOf,
  type Envelope,
  MessageClass,
  PLAIN_ANSWERS,
  type Policy,
  type PolicyClass,
  type Ruling,
  recipientReply,
} from '../pipeline/index.ts'
import type { ListenerProfile } from './message.ts'

export class Reception {
  /** The policy when the message began; a reload counts for the next. */
  readonly #policy: Policy | undefined
  readonly #listener: ListenerProfile
  readonly #tx: Transaction
  readonly #classOf: ClassOf
  readonly #classes: MessageClass

  constructor(tx: Transaction, listener: ListenerProfile, policy: Policy | undefined) {
    this.#tx = tx
    this.#policy = policy
    this.#listener = listener
    const { profile, profileName } = listener
    const only: PolicyClass = { id: profileName, profileName, profile, override: undefined, isSoft: false }
    this.#classOf = policy?.classesFor(profileName, circumstances(tx, listener)) ?? (() => only)
    this.#classes = new MessageClass(this.#maySplit)
  }

  /** Takes a recipient, or tells it to come in a message of its own. */
  take(recipient: MilterAddress): (FinalReply & { readonly kind: 'tempfail' }) | undefined {
    // Postfix alone knows to whom the client's spelling of a recipient leads.
    const resolved = this.#tx.macros.get('{rcpt_addr}') || undefined
    if (recipient.isRefused || this.#classes.take(this.#classOf(resolved, recipient.address))) return undefined
    return tempfail(recipientReply(this.answers, this.utf8))
  }

  /** What counts for all who were taken. */
  get ruling(): Ruling {
    return this.#classes.ruling(this.#classOf(''))
  }

  get answers(): NonNullable<Envelope['answers']> {
    return this.#policy?.answers ?? PLAIN_ANSWERS
  }

  /** RFC 6531 3.4: the client reads UTF-8. */
  get utf8(): boolean {
    return this.#tx.sender?.args.has('SMTPUTF8') ?? false
  }

  /**
   * Not where the client would show its user an error, not for a bounce, which nobody sends again, and not for mail that came by no SMTP
   * (Postfix gives that port 0) or whose session began before there were several policies.
   */
  get #maySplit(): boolean {
    const { session, sender } = this.#tx
    const isAsked = ((session.negotiated?.protocol ?? 0) & SMFIP.NR_RCPT) === 0
    const isBounce = (sender?.address ?? '') === ''
    const isLocal = session.connect?.port === 0
    if (!isAsked || isBounce || isLocal || isAuthenticated(this.#tx)) return false
    return this.#policy?.hasSeveralClasses(this.#listener.profileName) ?? false
  }
}

/** Whether the client is logged in. */
export function isAuthenticated({ macros }: Transaction): boolean {
  return (macros.get('{auth_authen}') ?? '') !== ''
}

function circumstances(tx: Transaction, { direction }: ListenerProfile) {
  const clientAddress = tx.session.connect?.address ?? ''
  const authenticated = isAuthenticated(tx)
  return {
    sender: tx.sender?.address ?? '',
    clientAddress,
    authenticated,
    direction: directionOf({ direction, authenticated, clientAddress }),
  }
}
