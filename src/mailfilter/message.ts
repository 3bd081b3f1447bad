/** One message of one session: hands its bytes to the pipeline and answers with what the pipeline decided. */
import type { Clock } from '../core/index.ts'
import { type FinalReply, type HeaderField, SMFIP, type Transaction } from '../milter/index.ts'
import type { Decision, Envelope, Examination, Pipeline, Policy, Ruling } from '../pipeline/index.ts'
import { describeError, type Logger } from '../telemetry/index.ts'
import { HeaderBlock } from './header-block.ts'
import { logLine } from './log-line.ts'
import { OwnHeaders } from './own-headers.ts'
import { Patience } from './patience.ts'
import { isAuthenticated, type Reception } from './reception.ts'
import { knownName, withoutRedirect } from './recipient.ts'
import { letThrough, replyOf } from './reply.ts'

export interface MessageDeps {
  readonly pipeline: Pipeline
  readonly listener: ListenerProfile
  /** The policy in force; without it the listener's profile counts for everybody. */
  readonly policy?: () => Policy
  readonly log: Logger
  readonly clock: Clock
  readonly deadlineMs: number
  /** The emergency brake that is on now. */
  readonly brake?: () => Envelope['brake']
  /** Told of what the log tells of the milter side, by its kind. */
  readonly onOddity?: (listen: string, kind: string) => void
  /** What keeps messages in quarantine and lets them come back; absent where they stay there. */
  readonly quarantine?: Quarantine | undefined
  /** Fires when the filter stops: whoever is held gets 451 at once, the analyses go on with the next start. */
  readonly stopping: AbortSignal
}

/** Who knows which messages lie in quarantine. */
export interface Quarantine {
  /** Header field of its own: those that come with a message are removed. */
  readonly headerName: string
  /** The envelope by which a message is judged: by a profile without quarantine where it could not be kept there. */
  admit(envelope: Envelope, instance: string, bytes: number): Envelope
  /** Notes that it is kept, and gives the field that proves it. */
  hold(
    decision: Decision,
    envelope: Envelope,
    instance: string,
    bytes: number,
  ): Promise<{ readonly name: string; readonly value: string } | undefined>
}

export interface ListenerProfile {
  readonly listen: string
  readonly profileName: string
  readonly profile: Envelope['profile']
  /** Where mail that comes in here goes; without it client and login tell. */
  readonly direction?: Envelope['direction'] | undefined
  /** Name of the Postfix that connects here. */
  readonly instance?: string | undefined
}

/** Name of the one Postfix of most hosts, as its own tools have it. */
const STANDARD_INSTANCE = 'postfix'

/** How long a monitored message waits for a reader that does not keep up; then it passes unexamined. */
const MONITOR_PATIENCE_MS = 500

export class Message {
  readonly #deps: MessageDeps
  readonly #tx: Transaction
  readonly #header = new HeaderBlock()
  readonly #examination: Examination
  /** The one that was on when the message began; none for mail that is monitored anyway. */
  readonly #brake: Envelope['brake']
  readonly #reception: Reception
  readonly #ruling: Ruling
  readonly #headers: OwnHeaders
  #bytes = 0
  #unexamined: string | undefined
  #finishing = false

  /** To be made when all recipients are known. */
  constructor(tx: Transaction, reception: Reception, deps: MessageDeps) {
    this.#tx = tx
    this.#deps = deps
    this.#reception = reception
    this.#ruling = reception.ruling
    const { profile } = this.#ruling
    const further = deps.quarantine ? [deps.quarantine.headerName] : []
    this.#headers = new OwnHeaders(reception.answers.headers, profile.subjectPrefix, further)
    this.#brake = profile.mode === 'enforce' ? deps.brake?.() : undefined
    this.#examination = deps.pipeline.begin()
    if (this.#brake?.mode === 'tempfail') this.#leaveUnread('stopped by the brake')
  }

  header(field: HeaderField): Promise<void> | undefined {
    this.#headers.see(field)
    this.#header.add(field, ((this.#tx.session.negotiated?.protocol ?? 0) & SMFIP.HDR_LEADSPC) !== 0)
    return this.#header.isLarge ? this.#write(this.#header.take()) : undefined
  }

  endOfHeaders(): Promise<void> | undefined {
    this.#header.end()
    return this.#write(this.#header.take())
  }

  body(chunk: Uint8Array): Promise<void> | undefined {
    return this.#write(chunk)
  }

  /** The answer. A monitored message is answered at once and examined behind its back. */
  async endOfMessage(): Promise<FinalReply> {
    this.#finishing = true
    const envelope = this.#admitted()
    if (this.isMonitored) {
      this.#examine(envelope, new AbortController().signal).catch((error: unknown) => {
        this.#deps.log.error(
          { queueId: envelope.queueId, cause: describeError(error) },
          'monitored message not examined',
        )
      })
      return this.#brake ? letThrough(this.#brake.mode, this.#tx.edit, this.#headers) : { kind: 'accept' }
    }
    const decision = await this.#examine(envelope, this.#tx.signal)
    if (!this.#tx.signal.aborted) this.#examination.answered(decision, envelope)
    if (!this.#tx.signal.aborted) await this.#mark(decision, envelope)
    return replyOf(decision, this.#tx, this.#headers, this.#ruling.profile)
  }

  /** The message was taken back. One that is being examined ends by its signal, so that its analyses go on. */
  abort(): void {
    if (!this.#finishing) this.#examination.abort()
  }

  /** Nobody holds, defers or refuses it, whatever breaks. */
  get isMonitored(): boolean {
    return this.#ruling.profile.mode === 'monitor' || this.#isOnlyWatched
  }

  /** The brake lets it through; not with forged headers of ours, which nothing that is enforced may carry. */
  get #isOnlyWatched(): boolean {
    return this.#brake?.mode === 'monitor' && this.#headers.limit === undefined
  }

  async #examine(envelope: Envelope, gone: AbortSignal): Promise<Decision> {
    const { clock, deadlineMs, log, stopping } = this.#deps
    const patience = new Patience([gone, stopping], deadlineMs, clock)
    const decision = await this.#examination.finish(envelope, patience.signal)
    patience.end()
    if (this.isMonitored) this.#examination.answered(decision, envelope)
    log.info(
      { ...logLine(decision, envelope), gone: gone.aborted || undefined, unexamined: this.#unexamined },
      'message',
    )
    return decision
  }

  #admitted(): Envelope {
    const { quarantine, listener } = this.#deps
    const envelope = this.#envelope()
    return quarantine?.admit(envelope, listener.instance ?? STANDARD_INSTANCE, this.#bytes) ?? envelope
  }

  /** One that is kept in quarantine gets the field that proves it. */
  async #mark(decision: Decision, envelope: Envelope): Promise<void> {
    const { quarantine, listener } = this.#deps
    if (!quarantine) return
    if (decision.disposition !== 'quarantine' && decision.disposition !== 'return') return
    const field = await quarantine.hold(decision, envelope, listener.instance ?? STANDARD_INSTANCE, this.#bytes)
    // In front of all others, so that whoever looks for it need not read them.
    if (field) this.#tx.edit.insertHeader(0, field.name, field.value)
  }

  #write(chunk: Uint8Array): Promise<void> | undefined {
    this.#bytes += chunk.length
    if (this.#unexamined !== undefined || this.#examination.write(chunk)) return undefined
    return this.isMonitored ? this.#patiently() : this.#examination.drained()
  }

  async #patiently(): Promise<void> {
    let cancel = () => {}
    const tooLong = new Promise<string>((resolve) => {
      cancel = this.#deps.clock.after(MONITOR_PATIENCE_MS, () => resolve('the reader does not keep up'))
    })
    const drained = this.#examination.drained().then(() => undefined, describeError)
    const why = await Promise.race([drained, tooLong])
    cancel()
    if (why !== undefined) this.#leaveUnread(why)
  }

  #leaveUnread(why: string): void {
    this.#unexamined = why
    this.#examination.abort()
  }

  #envelope(): Envelope {
    const { session, sender, recipients, queueId } = this.#tx
    const { listen, direction } = this.#deps.listener
    const { profileName, overrides, isMixed } = this.#ruling
    const isEachKnown = recipients.every(({ address }) => knownName(address) !== undefined)
    const profile = isEachKnown ? this.#ruling.profile : withoutRedirect(this.#ruling.profile)
    return {
      queueId: queueId ?? '',
      listener: listen,
      profileName: overrides.length === 0 ? profileName : `${profileName} (${overrides.join(', ')})`,
      isMixed,
      answers: this.#reception.answers,
      utf8: this.#reception.utf8,
      // What the brake has only watched is not held either.
      profile: this.#isOnlyWatched ? { ...profile, mode: 'monitor', hold: 0 } : profile,
      brake: this.#brake,
      limit: this.#headers.limit,
      clientAddress: session.connect?.address ?? '',
      helo: session.helo ?? '',
      authenticated: isAuthenticated(this.#tx),
      direction,
      sender: sender?.address ?? '',
      recipients: recipients.map((recipient) => recipient.address),
    }
  }
}
