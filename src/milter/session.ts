// What hooks see: a session per SMTP connection and, within it, a fresh transaction per message, so that nothing of one
// message can be found in the next.
import type { MilterAddress } from './address.ts'
import { SMFIP } from './constants.ts'
import { EditBuffer, type MessageEdit } from './edit.ts'
import type { ConnectInfo } from './encode.ts'
import type { AbortReason, CloseReason } from './end-reason.ts'
import { type Macros, MacroTable } from './macros.ts'
import type { Negotiated } from './negotiate.ts'
import type { Reply } from './reply.ts'

/** One SMTP session of the MTA. */
export interface Session<S = unknown> {
  /** Unique among all sessions of all servers, for logs. */
  readonly id: string
  /** The client as the MTA saw it; undefined before the connect event, or when it was not asked for. */
  readonly connect: ConnectInfo | undefined
  /** The latest HELO or EHLO name. */
  readonly helo: string | undefined
  /** Macros of the session, not of a message. */
  readonly macros: Macros
  readonly negotiated: Negotiated | undefined
  /** Aborted when the session ends. */
  readonly signal: AbortSignal
  /** The filter's own. */
  data: S | undefined
}

/** One message, from its first event to the final answer or the abort. */
export interface Transaction<S = unknown, T = unknown> {
  readonly session: Session<S>
  /** The envelope sender; undefined when mail events are not asked for. */
  readonly sender: MilterAddress | undefined
  /** The recipients that neither the MTA nor the rcpt hook refused. */
  readonly recipients: readonly MilterAddress[]
  /** Macros of the message, then of its session. */
  readonly macros: Macros
  /** Macro `i` as known by now: Postfix has none before the second recipient or the data event. */
  readonly queueId: string | undefined
  /** Aborted when the message ends without a final answer from its hooks; the reason is an AbortError. */
  readonly signal: AbortSignal
  /** Modifications, sent with the final answer. */
  readonly edit: MessageEdit
  /** The filter's own. */
  data: T | undefined
}

/** The error that a signal carries: `why` says what ended the session or message. */
export class AbortError extends Error {
  override readonly name = 'AbortError'
  readonly why: AbortReason

  constructor(why: AbortReason) {
    super(`milter: ended by ${why}`)
    this.why = why
  }
}

// An AbortController costs as much as several events, and most messages end before anybody looks at theirs.
class LazySignal {
  #controller: AbortController | undefined
  #why: AbortReason | undefined

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#why !== undefined) this.#controller.abort(new AbortError(this.#why))
    }
    return this.#controller.signal
  }

  abort(why: AbortReason): void {
    this.#why ??= why
    this.#controller?.abort(new AbortError(this.#why))
  }
}

/** The session as the engine keeps it. */
export class LiveSession<S> implements Session<S> {
  readonly id: string
  connect: ConnectInfo | undefined
  helo: string | undefined
  readonly macros = new MacroTable()
  negotiated: Negotiated | undefined
  data: S | undefined
  readonly #signal = new LazySignal()

  constructor(id: string) {
    this.id = id
  }

  get signal(): AbortSignal {
    return this.#signal.signal
  }

  end(reason: CloseReason): void {
    this.#signal.abort(reason)
  }
}

/** The transaction as the engine keeps it. */
export class LiveTransaction<S, T> implements Transaction<S, T> {
  readonly session: LiveSession<S>
  readonly macros: MacroTable
  sender: MilterAddress | undefined
  readonly recipients: MilterAddress[] = []
  data: T | undefined
  /** How the message ends, once known; answered to every further event that wants a reply. */
  verdict: Reply | undefined
  /** Stages of which no further event is wanted, as no-bits of stages.ts. */
  skipped = 0
  headerCount = 0
  headerBytes = 0
  /** Set once: either its hooks gave a final answer, or it was abandoned and the abort hook has been called. */
  isOver = false
  readonly #signal = new LazySignal()
  #edit: EditBuffer | undefined

  constructor(session: LiveSession<S>, macros: MacroTable) {
    this.session = session
    this.macros = macros
  }

  get queueId(): string | undefined {
    return this.macros.get('i')
  }

  get signal(): AbortSignal {
    return this.#signal.signal
  }

  get edit(): EditBuffer {
    if (this.#edit === undefined) {
      const { actions = 0, protocol = 0, maxDataSize = 65535 } = this.session.negotiated ?? {}
      this.#edit = new EditBuffer(actions, (protocol & SMFIP.HDR_LEADSPC) !== 0, maxDataSize)
      if (this.isOver) this.#edit.close('the message is over')
    }
    return this.#edit
  }

  /** The frames of its edits; none when nobody asked for any. */
  editFrames(): readonly Uint8Array[] {
    return this.#edit === undefined ? [] : this.#edit.frames()
  }

  /** Ends it by a final answer. */
  finish(): void {
    this.isOver = true
    this.#edit?.close('the message has been answered')
  }

  /** Ends it without one. */
  abandon(reason: AbortReason): void {
    this.isOver = true
    this.#edit?.dropAllButQuarantine()
    this.#edit?.close(`the message was ended by ${reason}`)
    this.#signal.abort(reason)
  }
}
