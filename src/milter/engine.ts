// Frames to hooks: what each command carries, and which hook sees it. It knows neither socket nor bytes; what is replied
// and in which order things may happen is the conversation's.
import { readAddress } from './address.ts'
import { SMFIC, SMFIP } from './constants.ts'
import { Conversation } from './conversation.ts'
import { decodeConnect, decodeOptions, decodeString } from './decode.ts'
import { encodeOptions, type OptionNegotiation } from './encode.ts'
import type { CloseReason } from './end-reason.ts'
import type { Frame } from './frame-reader.ts'
import { readHeader } from './header-field.ts'
import { MacroTable } from './macros.ts'
import { negotiate, type Wishes } from './negotiate.ts'
import type { Settings } from './options.ts'
import type { Host, Port } from './port.ts'
import { continue_ } from './reply.ts'
import type { LiveTransaction } from './session.ts'
import { COMMANDS_WITH_MACROS, STATE } from './stages.ts'

// Room for a body frame of an MTA that counts a little differently from libmilter.
const FRAME_SLACK = 1024

/** Runs the hooks for one connection. */
export class Engine<S, T> {
  readonly talk: Conversation<S, T>
  readonly #settings: Settings<S, T>

  constructor(settings: Settings<S, T>, host: Host, port: Port) {
    this.#settings = settings
    this.talk = new Conversation(settings, host, port)
  }

  get isNegotiated(): boolean {
    return this.talk.state !== STATE.INIT
  }

  /** Works on one frame; not to be called while a hook is being waited for. */
  take(frame: Frame): void {
    this.talk.startEvent()
    try {
      this.#dispatch(frame.command, frame.payload)
    } catch (error) {
      this.talk.hookFailed(error)
    }
  }

  /** The connection is gone. */
  lost(reason: CloseReason): void {
    this.talk.endSession(reason)
  }

  #dispatch(command: number, payload: Buffer): void {
    switch (command) {
      case SMFIC.OPTNEG:
        this.#options(payload)
        break
      case SMFIC.MACRO:
        this.#macros(payload)
        break
      case SMFIC.ABORT:
        this.#abort()
        break
      case SMFIC.QUIT:
        this.talk.port.close('quit')
        break
      default:
        if (this.isNegotiated) this.#event(command, payload)
        else this.#violate('not-negotiated', `0x${command.toString(16)}`)
    }
  }

  #event(command: number, payload: Buffer): void {
    switch (command) {
      case SMFIC.CONNECT:
        this.#connect(payload)
        break
      case SMFIC.HELO:
        this.#helo(payload)
        break
      case SMFIC.MAIL:
        this.#mail(payload)
        break
      case SMFIC.RCPT:
        this.#rcpt(payload)
        break
      case SMFIC.DATA:
        this.#data()
        break
      case SMFIC.UNKNOWN:
        this.#unknown(payload)
        break
      case SMFIC.HEADER:
        this.#header(payload)
        break
      case SMFIC.EOH:
        this.#endOfHeaders()
        break
      case SMFIC.BODY:
        this.#body(payload, true)
        break
      case SMFIC.BODYEOB:
        this.#lastChunk(payload)
        break
      case SMFIC.QUIT_NC:
        this.talk.nextSession()
        break
      default:
        this.#violate('unknown-command', `0x${command.toString(16)}`)
    }
  }

  #options(payload: Buffer): void {
    const { talk } = this
    const offer = decodeOptions(payload)
    if (offer === undefined) {
      this.#violate('malformed-options', `${payload.length} bytes`)
      return
    }
    if (this.isNegotiated) {
      this.#violate('negotiated-twice', `${payload.length} bytes`)
      return
    }
    const agreed = negotiate(offer, this.#wishes(offer))
    if (agreed.kind === 'failed') {
      talk.report({ type: 'negotiation-failed', session: talk.session, reason: agreed.reason })
      talk.port.close('negotiation')
      return
    }
    talk.session.negotiated = agreed
    talk.protocol = agreed.protocol
    talk.state = STATE.OPTS
    // A body that nobody answers piece by piece is a stream: its frames need not be put together first.
    const divisible = (agreed.protocol & SMFIP.NR_BODY) === 0 ? undefined : SMFIC.BODY
    talk.port.allow(agreed.maxDataSize + 1 + FRAME_SLACK, divisible)
    talk.port.send(encodeOptions(agreed))
    talk.report({ type: 'negotiated', session: talk.session, offer, negotiated: agreed })
  }

  #wishes(offer: OptionNegotiation): Wishes {
    const { hooks, wishes, onHookError } = this.#settings
    try {
      return { ...wishes, ...hooks.negotiate?.(this.talk.session, offer) }
    } catch (error) {
      this.talk.report({ type: 'hook-error', session: this.talk.session, stage: 'negotiate', error })
      this.talk.connectVerdict = onHookError(undefined)
      return wishes
    }
  }

  #macros(payload: Buffer): void {
    const { talk } = this
    const { session } = talk
    const command = payload[0]
    if (command === undefined || !COMMANDS_WITH_MACROS.has(command)) {
      talk.report({ type: 'malformed', session, stage: 'macros', detail: `stage byte ${command ?? 'missing'}` })
      return
    }
    if (payload.length > this.#settings.limits.macroBytes) {
      talk.report({ type: 'limit', session, limit: 'macroBytes', value: payload.length })
      this.#macroTable(command).clear(command)
      return
    }
    if (this.#macroTable(command).set(command, payload.toString('latin1', 1)) === 'odd') {
      talk.report({ type: 'malformed', session, stage: 'macros', detail: 'a name without a value, or no last NUL' })
    }
  }

  /** A MAIL is a new message: what was known of the one before is not true of it. */
  #macroTable(command: number): MacroTable {
    const { talk } = this
    if (command === SMFIC.UNKNOWN) return talk.session.macros
    talk.session.macros.clear(SMFIC.UNKNOWN)
    if (command === SMFIC.CONNECT || command === SMFIC.HELO) return talk.session.macros
    if (command === SMFIC.MAIL) talk.messageMacros = undefined
    talk.messageMacros ??= new MacroTable(talk.session.macros)
    return talk.messageMacros
  }

  #abort(): void {
    const { talk } = this
    talk.abandon('abort')
    talk.messageMacros = undefined
    if (talk.state > STATE.HELO) talk.state = STATE.HELO
  }

  #connect(payload: Buffer): void {
    const { talk } = this
    if (!talk.enter('connect', STATE.CONN)) return
    talk.session.connect = decodeConnect(payload)
    if (talk.session.connect === undefined) talk.malformed(payload)
    else if (talk.connectVerdict !== undefined) talk.repeat(talk.connectVerdict)
    else talk.settle(this.#settings.hooks.connect?.(talk.session))
  }

  #helo(payload: Buffer): void {
    const { talk } = this
    if (!talk.enter('helo', STATE.HELO)) return
    talk.heloVerdict = undefined
    talk.session.helo = decodeString(payload)?.toString('utf8')
    if (talk.session.helo === undefined) talk.malformed(payload)
    else if (talk.connectVerdict !== undefined) talk.repeat(talk.connectVerdict)
    else talk.settle(this.#settings.hooks.helo?.(talk.session))
  }

  /** Legal wherever no content is being sent; it leaves the state as it is. */
  #unknown(payload: Buffer): void {
    const { talk } = this
    if (talk.state >= STATE.HDRS && talk.state !== STATE.ENDM) talk.leaveOrder('unknown', false)
    talk.startStage('unknown')
    const command = decodeString(payload)
    if (command === undefined) talk.malformed(payload)
    else talk.settle(this.#settings.hooks.unknown?.(talk.session, command))
  }

  #mail(payload: Buffer): void {
    const { talk } = this
    const tx = talk.open('mail', STATE.MAIL)
    if (tx === undefined) return
    if (!isTerminated(payload)) {
      talk.malformed(payload)
      return
    }
    tx.sender = readAddress(payload)
    talk.settle(this.#settings.hooks.mail?.(tx))
  }

  #rcpt(payload: Buffer): void {
    const { talk } = this
    const { limits, hooks } = this.#settings
    const tx = talk.open('rcpt', STATE.RCPT)
    if (tx === undefined) return
    if (!isTerminated(payload)) {
      talk.malformed(payload)
      return
    }
    const isRefused = (talk.protocol & SMFIP.RCPT_REJ) !== 0 && tx.macros.get('rcpt_mailer') === 'error'
    talk.recipient = readAddress(payload, isRefused)
    if (tx.recipients.length < limits.recipients) talk.settle(hooks.rcpt?.(tx, talk.recipient))
    else this.#refuseRecipient(tx, tx.recipients.length + 1)
  }

  /** One too many is refused by itself where that can be said, else the message is. */
  #refuseRecipient(tx: LiveTransaction<S, T>, value: number): void {
    const { talk } = this
    const reply = this.#settings.onLimit(tx)
    const canSaySo = (talk.protocol & SMFIP.NR_RCPT) === 0 && (reply.kind === 'tempfail' || reply.kind === 'reject')
    if (!canSaySo) {
      talk.exceed('recipients', value)
      return
    }
    talk.report({ type: 'limit', session: talk.session, limit: 'recipients', value })
    talk.settled(reply)
  }

  #data(): void {
    const tx = this.talk.open('data', STATE.DATA)
    if (tx !== undefined) this.talk.settle(this.#settings.hooks.data?.(tx))
  }

  #header(payload: Buffer): void {
    const { talk } = this
    const { limits, hooks } = this.#settings
    const tx = talk.open('header', STATE.HDRS)
    if (tx === undefined) return
    tx.headerCount += 1
    tx.headerBytes += payload.length
    const header = readHeader(payload)
    if (tx.headerCount > limits.headers) talk.exceed('headers', tx.headerCount)
    else if (tx.headerBytes > limits.headerBytes) talk.exceed('headerBytes', tx.headerBytes)
    else if (header === undefined) talk.malformed(payload)
    else talk.settle(hooks.header?.(tx, header))
  }

  #endOfHeaders(): void {
    const tx = this.talk.open('endOfHeaders', STATE.EOHS)
    if (tx !== undefined) this.talk.settle(this.#settings.hooks.endOfHeaders?.(tx))
  }

  #body(payload: Buffer, mayReply: boolean): void {
    const tx = this.talk.open('body', STATE.BODY, mayReply)
    if (tx !== undefined) this.talk.settle(this.#settings.hooks.body?.(tx, payload))
  }

  /** Old senders put the last piece of the body into SMFIC_BODYEOB, which has one reply for both. */
  #lastChunk(payload: Buffer): void {
    if (payload.length > 0 && (this.talk.protocol & SMFIP.NOBODY) === 0)
      this.talk.guarded(() => this.#body(payload, false))
    if (this.talk.isHeld) this.talk.afterHold = () => this.#endOfMessage()
    else this.#endOfMessage()
  }

  #endOfMessage(): void {
    const tx = this.talk.open('endOfMessage', STATE.ENDM)
    if (tx === undefined) return
    const { hooks } = this.#settings
    this.talk.settle(hooks.endOfMessage === undefined ? continue_() : hooks.endOfMessage(tx))
  }

  #violate(
    violation: 'unknown-command' | 'not-negotiated' | 'malformed-options' | 'negotiated-twice',
    detail: string,
  ): void {
    this.talk.report({ type: 'violation', session: this.talk.session, violation, detail })
    this.talk.port.close('violation')
  }
}

function isTerminated(payload: Buffer): boolean {
  return payload.length > 0 && payload[payload.length - 1] === 0
}
