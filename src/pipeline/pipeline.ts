/**
 * One message from bytes to folded outcome. `mailfilter/` and the command line drive it; it knows no milter protocol.
 */
import type {
  Answer,
  Direction,
  Disposition,
  Limit,
  MessageFacts,
  Outcome,
  Sample,
  StorySample,
} from '../core/index.ts'
import type { Answers, Profile } from '../policy/index.ts'
import type { Brake } from '../store/store.ts'
import type { Around } from './around.ts'

/** All that the mail server says about a message. Addresses stand without angle brackets. */
export interface Envelope {
  readonly queueId: string
  readonly listener: string
  readonly profileName: string
  readonly profile: Profile
  readonly clientAddress: string
  readonly helo: string
  readonly authenticated: boolean
  /** Where it goes, where the listener says so. */
  readonly direction?: Direction | undefined
  /** Since when it lies in quarantine, where it is examined again: what failed since then stays so. Unix milliseconds. */
  readonly heldSince?: number
  readonly sender: string
  readonly recipients: readonly string[]
  /** The emergency brake, where it is on and counts for this mail. */
  readonly brake?: Brake | undefined
  /** What keeps it from being delivered as it must be; where it is enforced, nobody examines it and it is not delivered at all. */
  readonly limit?: Limit | undefined
  /** In which words strangers are told; plain English unless somebody says otherwise. */
  readonly answers?: Answers
  /** The client said SMTPUTF8 (RFC 6531). */
  readonly utf8?: boolean
  /** Recipients have different policies, and the strictest counts for all. */
  readonly isMixed?: boolean
}

/** An SMTP reply in its parts. */
export interface SmtpReply {
  readonly code: number
  readonly enhanced: string
  readonly text: string
}

/** What was decided about a message, and why. */
export interface Decision {
  /** What the reply, the header, the log and `why` call this message. */
  readonly ref: string
  readonly disposition: Disposition
  /** Of the message where it could not be read, else of the sample that decided. */
  readonly outcome: Outcome
  readonly samples: readonly StorySample[]
  /** Members of containers that are not among the samples: nothing is held against them, or enough is told that weighs as much. */
  readonly membersLeftOut: number
  /** What the rules were told of the message; absent where it could not be read. */
  readonly message: MessageFacts | undefined
  /** What the rules were told of a sample beside itself; absent where nothing was judged. */
  readonly around?: (sample: Sample) => Around
  /** Digest of the rules that were asked, and which of them were not, as an operator had disabled them. */
  readonly rules: string
  readonly disabledRules?: readonly string[]
  readonly answer: Answer
  /** The reply in its parts; absent where Postfix chooses its own. */
  readonly smtp: SmtpReply | undefined
  /** Value of the header that a delivered message gets. */
  readonly header: string
  /** Milliseconds of each step, for the log. */
  readonly times: Readonly<Record<string, number>>
}

/** One message in work. Exactly one of `finish` and `abort` ends it. */
export interface Examination {
  readonly ref: string
  /** Takes the next bytes of the message; false asks to wait for `drained`. */
  write(chunk: Uint8Array): boolean
  drained(): Promise<void>
  /**
   * All bytes were written. Always resolves within the profile's hold time and the deadline: every fault becomes a decision
   * by the profile (`failed`, `unscannable`, `pending`). The story is durable when it resolves, or its loss is in the log.
   */
  finish(envelope: Envelope, signal: AbortSignal): Promise<Decision>
  /** Postfix was told: closes the try in the story. */
  answered(decision: Decision, envelope: Envelope): void
  abort(): void
}

export interface Pipeline {
  /** Begins a message. Never throws: a message for which there is no room is answered `tempfail` at its end. */
  begin(): Examination
  /** Rejects with what keeps messages from getting through now. */
  selfTest(): Promise<void>
}
