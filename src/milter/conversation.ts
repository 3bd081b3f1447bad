// One conversation with an MTA: in which order events may come, which message is open, and exactly one reply per event
// that wants one. Rules kept here:
// - an event out of order follows libmilter engine.c: abort an open message, go to "after HELO", and if the event is
//   still impossible, ignore it without a reply;
// - a stage negotiated as not replied to is never replied to: what its hook decided is the answer to the next event that
//   is replied to, at the latest at end of message;
// - a verdict on a message is repeated to an MTA that goes on all the same: nothing passes because it was not heard;
// - a fault (hook, deadline, limit, malformed payload) ends the message with its fallback and never the connection.
import type { MilterAddress } from './address.ts'
import { SMFIP } from './constants.ts'
import type { AbortReason, CloseReason } from './end-reason.ts'
import type { LimitName, MilterEvent } from './events.ts'
import { Hold, type HoldCallbacks } from './hold.ts'
import { MacroTable } from './macros.ts'
import type { FallbackReply, Settings } from './options.ts'
import type { Host, Port } from './port.ts'
import {
  continue_,
  encodeReply,
  type FinalReply,
  LEGAL_REPLIES,
  PROGRESS_FRAME,
  type Reply,
  type Stage,
  skip,
  tempfail,
} from './reply.ts'
import { LiveSession, LiveTransaction } from './session.ts'
import { isInMessage, mayFollow, STAGE_BITS, STATE } from './stages.ts'

/** What a hook gave: a reply, nothing, or a promise of either. */
// biome-ignore lint/suspicious/noConfusingVoidType: a hook that only looks has no return statement
export type HookAnswer = Reply | undefined | void | PromiseLike<Reply | undefined | void>

const CONTINUE_FRAME = encodeReply(continue_())
const SKIP_FRAME = encodeReply(skip())

/** The state of one connection. */
export class Conversation<S, T> {
  readonly settings: Settings<S, T>
  readonly port: Port
  session: LiveSession<S>
  /** Macros of the open message or of the one that is about to begin. */
  messageMacros: MacroTable | undefined
  state: number = STATE.INIT
  /** SMFIP_* bits in force. */
  protocol = 0
  /** A decision on the session, which stands for each of its messages. */
  connectVerdict: Reply | undefined
  /** The same, until the next HELO. */
  heloVerdict: Reply | undefined
  /** The recipient being worked on. */
  recipient: MilterAddress | undefined
  /** Runs when a hold has ended, before frames are let in again. */
  afterHold: (() => void) | undefined
  readonly #host: Host
  readonly #callbacks: HoldCallbacks
  #tx: LiveTransaction<S, T> | undefined
  #hold: Hold | undefined
  // Of the event being worked on.
  #stage: Stage = 'connect'
  #mayReply = true
  #startedAt = 0

  constructor(settings: Settings<S, T>, host: Host, port: Port) {
    this.settings = settings
    this.port = port
    this.#host = host
    this.session = new LiveSession(host.nextSessionId())
    this.#callbacks = {
      settled: (reply) => this.#release(() => this.settled(reply)),
      failed: (error) => this.#release(() => this.hookFailed(error)),
      deadline: (elapsedMs) => this.#release(() => this.#missedDeadline(elapsedMs)),
      late: (stage, elapsedMs) => this.report({ type: 'late-answer', session: this.session, stage, elapsedMs }),
      progress: () => {
        this.port.send(PROGRESS_FRAME)
        this.port.flush()
      },
    }
    this.report({ type: 'open', session: this.session })
  }

  /** Whether a hook is being waited for; no frame may be given then. */
  get isHeld(): boolean {
    return this.#hold !== undefined
  }

  /** Whether what is held is a message, which an abort ends; a held connect or helo must be answered all the same. */
  get isMessageHeld(): boolean {
    return this.#hold !== undefined && !this.#isStageOfSession
  }

  get isMessageOpen(): boolean {
    return this.#tx !== undefined
  }

  get #isStageOfSession(): boolean {
    return this.#stage === 'connect' || this.#stage === 'helo' || this.#stage === 'unknown'
  }

  /** Notes when the event came that is worked on from here. */
  startEvent(): void {
    if (this.settings.onEvent !== undefined) this.#startedAt = this.settings.clock.now()
  }

  // Order.

  /** Makes a stage the one that replies are about. */
  startStage(stage: Stage, mayReply = true): void {
    this.#stage = stage
    this.#mayReply = mayReply && (this.protocol & STAGE_BITS[stage].noReply) === 0
  }

  /** Whether an event may happen now, after what libmilter does about one that may not. */
  enter(stage: Stage, next: number, mayReply = true): boolean {
    if (!mayFollow(this.state, next, this.protocol)) {
      const isIgnored = !mayFollow(STATE.HELO, next, this.protocol)
      this.leaveOrder(stage, isIgnored)
      if (isIgnored) return false
    }
    this.state = next
    this.startStage(stage, mayReply)
    return true
  }

  /** An event came that cannot come now: whatever message was open is over. */
  leaveOrder(stage: Stage, isIgnored: boolean): void {
    this.report({ type: 'out-of-order', session: this.session, stage, isIgnored })
    if (isInMessage(this.state)) this.abandon('out-of-order')
    this.state = STATE.HELO
  }

  /** The message of an event that its hook shall see; undefined when the event is dealt with already. */
  open(stage: Stage, next: number, mayReply = true): LiveTransaction<S, T> | undefined {
    if (!this.enter(stage, next, mayReply)) return undefined
    this.#tx ??= this.#begin()
    const tx = this.#tx
    if (tx.verdict !== undefined) this.repeat(tx.verdict)
    else if ((tx.skipped & STAGE_BITS[stage].no) !== 0) this.#send(CONTINUE_FRAME)
    else return tx
    return undefined
  }

  #begin(): LiveTransaction<S, T> {
    this.messageMacros ??= new MacroTable(this.session.macros)
    const tx = new LiveTransaction<S, T>(this.session, this.messageMacros)
    const drained = this.#host.isDraining() ? this.settings.onDrain() : undefined
    tx.verdict = this.connectVerdict ?? this.heloVerdict ?? drained
    if (tx.verdict !== undefined) tx.finish()
    return tx
  }

  // Answers.

  /** Takes what a hook gave, now or when it is there. */
  settle(answer: HookAnswer): void {
    if (answer !== undefined && 'then' in answer) this.#wait(answer as PromiseLike<Reply | undefined>)
    else this.settled(answer)
  }

  #wait(answer: PromiseLike<Reply | undefined>): void {
    const { clock, deadlineMs, commandDeadlineMs, progressEveryMs } = this.settings
    const isCommand = this.state < STATE.HDRS || this.#stage === 'unknown'
    const times = {
      clock,
      deadlineMs: isCommand ? commandDeadlineMs : deadlineMs,
      progressEveryMs: this.#stage === 'endOfMessage' ? progressEveryMs : 0,
    }
    this.#hold = new Hold(this.#stage, answer, times, this.#callbacks)
  }

  #release(finish: () => void): void {
    this.#hold = undefined
    this.guarded(finish)
    const after = this.afterHold
    this.afterHold = undefined
    if (after !== undefined) this.guarded(after)
    this.port.resume()
  }

  /** Gives up waiting for a hook. */
  cancelHold(): void {
    this.#hold?.cancel()
    this.#hold = undefined
    this.afterHold = undefined
  }

  /** Runs a step in which a hook may throw. */
  guarded(step: () => void): void {
    try {
      step()
    } catch (error) {
      this.hookFailed(error)
    }
  }

  /** Answers the event at hand; throws on a reply that is not legal there. */
  settled(reply: HookAnswer): void {
    const stage = this.#stage
    const given = reply as Reply | undefined
    if (stage === 'endOfMessage') this.#finish(given)
    else if (given === undefined || given.kind === 'continue') this.#goOn(CONTINUE_FRAME)
    else if (!LEGAL_REPLIES[stage].includes(given.kind)) throw illegal(given.kind, stage)
    else if (given.kind === 'skip') this.#skipRest()
    else if (this.#isAboutOneRecipient(given)) this.#reply(given)
    else this.#conclude(given)
  }

  #isAboutOneRecipient(reply: Reply): boolean {
    return this.#stage === 'rcpt' && this.#mayReply && (reply.kind === 'reject' || reply.kind === 'tempfail')
  }

  #goOn(frame: Buffer): void {
    if (this.#stage === 'rcpt' && this.recipient?.isRefused === false) this.#tx?.recipients.push(this.recipient)
    this.#send(frame)
  }

  #skipRest(): void {
    if (this.#tx !== undefined) this.#tx.skipped |= STAGE_BITS[this.#stage].no
    this.#goOn((this.protocol & SMFIP.SKIP) === 0 ? CONTINUE_FRAME : SKIP_FRAME)
  }

  #conclude(reply: Reply): void {
    this.#decide(reply)
    if (this.#mayReply) this.#reply(reply)
    else this.report({ type: 'deferred', session: this.session, stage: this.#stage, reply: reply.kind })
  }

  /** Keeps a reply that is about more than this one event. */
  #decide(reply: Reply): void {
    if (this.#stage === 'connect') this.connectVerdict = reply
    else if (this.#stage === 'helo') this.heloVerdict = reply
    else if (this.#stage !== 'unknown' && this.#tx !== undefined) {
      this.#tx.verdict = reply
      this.#tx.finish()
    }
  }

  /** Answers an event whose answer was decided before. */
  repeat(verdict: Reply): void {
    if (this.#stage === 'endOfMessage') this.#finish(verdict)
    else if (this.#mayReply && LEGAL_REPLIES[this.#stage].includes(verdict.kind)) this.#reply(verdict)
    else this.#send(CONTINUE_FRAME)
  }

  #reply(reply: Reply): void {
    this.port.send(encodeReply(reply))
    this.#reportAnswered(reply)
  }

  #send(frame: Uint8Array): void {
    if (this.#mayReply) this.port.send(frame)
  }

  /** The final reply, behind the edits if the message goes on. */
  #finish(given: Reply | undefined): void {
    const tx = this.#tx
    if (tx === undefined) return
    if (given === undefined || !LEGAL_REPLIES.endOfMessage.includes(given.kind))
      throw illegal(given?.kind, 'endOfMessage')
    const reply = given.kind === 'quarantine' && !tx.edit.hold(given.reason) ? this.#insteadOfQuarantine() : given
    const last = encodeReply(reply)
    if (reply.kind === 'accept' || reply.kind === 'continue' || reply.kind === 'quarantine') {
      for (const frame of tx.editFrames()) this.port.send(frame)
    }
    this.port.send(last)
    tx.finish()
    this.#reportAnswered(reply)
    this.#tx = undefined
    this.messageMacros = undefined
  }

  #insteadOfQuarantine(): FinalReply {
    const error = new Error('milter: quarantine was not negotiated: name it in actions, or the MTA does not offer it')
    this.report({ type: 'hook-error', session: this.session, stage: 'endOfMessage', error })
    const reply = this.settings.onHookError(this.#tx)
    return reply.kind === 'quarantine' ? tempfail() : reply
  }

  // Faults: the message ends, the connection stays.

  /** A hook threw, or its reply was illegal. */
  hookFailed(error: unknown): void {
    this.report({ type: 'hook-error', session: this.session, stage: this.#stage, error })
    this.#fail('hook-error', this.settings.onHookError)
  }

  #missedDeadline(elapsedMs: number): void {
    this.report({ type: 'deadline', session: this.session, stage: this.#stage, elapsedMs })
    this.#fail('deadline', this.settings.onDeadline)
  }

  /** A message is beyond a limit. */
  exceed(limit: LimitName, value: number): void {
    this.report({ type: 'limit', session: this.session, limit, value })
    this.#fail('limit', this.settings.onLimit)
  }

  /** The payload of the event at hand cannot be read. */
  malformed(payload: Buffer): void {
    const detail = `${payload.length} bytes without what should be there`
    this.report({ type: 'malformed', session: this.session, stage: this.#stage, detail })
    this.#fail('malformed', this.settings.onHookError)
  }

  #fail(reason: AbortReason, fallback: FallbackReply<S, T>): void {
    const reply = fallback(this.#isStageOfSession ? undefined : this.#tx)
    if (!this.#isStageOfSession && this.#tx !== undefined) this.#tellAborted(this.#tx, reason)
    this.#decide(reply)
    this.repeat(reply)
  }

  /** Ends the open message, if there is one, without a reply. */
  abandon(reason: AbortReason): void {
    const tx = this.#tx
    this.#tx = undefined
    if (tx === undefined) return
    if (this.messageMacros === tx.macros) this.messageMacros = undefined
    this.#tellAborted(tx, reason)
  }

  #tellAborted(tx: LiveTransaction<S, T>, reason: AbortReason): void {
    if (tx.isOver) return
    tx.abandon(reason)
    this.report({ type: 'aborted', session: this.session, queueId: tx.queueId, reason })
    this.#quietly('abort', () => this.settings.hooks.abort?.(tx))
  }

  /** Ends the SMTP session, and the message in it. */
  endSession(reason: CloseReason): void {
    this.cancelHold()
    this.abandon(reason)
    const { session } = this
    session.end(reason)
    this.#quietly('close', () => this.settings.hooks.close?.(session))
    this.report({ type: 'close', session, reason })
  }

  /** Begins another SMTP session with the options agreed on (SMFIC_QUIT_NC). */
  nextSession(): void {
    const { negotiated } = this.session
    this.endSession('quit')
    this.session = new LiveSession(this.#host.nextSessionId())
    this.session.negotiated = negotiated
    this.messageMacros = undefined
    this.connectVerdict = undefined
    this.heloVerdict = undefined
    this.state = STATE.OPTS
    this.report({ type: 'open', session: this.session })
  }

  // Reports.

  /** Tells the owner; whatever the callback does wrong stays there. */
  report(event: MilterEvent<S>): void {
    try {
      this.settings.onEvent?.(event)
    } catch {
      // An observer must not change what is observed.
    }
  }

  #quietly(stage: 'abort' | 'close', hook: () => void): void {
    try {
      hook()
    } catch (error) {
      this.report({ type: 'hook-error', session: this.session, stage, error })
    }
  }

  #reportAnswered({ kind: reply }: Reply): void {
    if (this.settings.onEvent === undefined) return
    const elapsedMs = this.settings.clock.now() - this.#startedAt
    const queueId = this.#tx?.queueId
    this.report({ type: 'answered', session: this.session, stage: this.#stage, reply, queueId, elapsedMs })
  }
}

function illegal(kind: Reply['kind'] | undefined, stage: Stage): TypeError {
  return new TypeError(`milter: ${kind ?? 'nothing'} is no legal reply at ${stage}`)
}
