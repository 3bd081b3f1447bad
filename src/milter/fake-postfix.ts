// A scripted Postfix 3.7: sends what smtpd(8) and cleanup(8) send, in their order, with their macros and their aborts,
// and treats replies as they do. Recorded from a real one.
import { type FilterAddress, MilterClient, type MilterClientOptions } from './client.ts'
import { SMFIC } from './constants.ts'
import {
  type ConnectInfo,
  encodeConnect,
  encodeFrame,
  encodeHelo,
  encodeMail,
  encodeRcpt,
  encodeStrings,
  type OptionNegotiation,
} from './encode.ts'
import { bodyFrames, headerFrame, readMessage, type WireHeader } from './message-frames.ts'
import { type MtaReply, plainReply } from './mta-reply.ts'
import { type MacroPool, macroFrame } from './postfix-macros.ts'
import { STAGE_BITS } from './stages.ts'

/** Which Postfix to play. */
export interface FakePostfixOptions extends MilterClientOptions {
  /** milter_protocol; 6 unless given. */
  readonly version?: 2 | 3 | 4 | 5 | 6
  /** Macros beside those that Postfix knows itself. */
  readonly macros?: MacroPool
  /** To whom a recipient leads, as trivial-rewrite(8) would say; to itself unless given. */
  readonly resolve?: (recipient: string) => string
  /** Queue id of the first message. */
  readonly queueId?: string
}

/** A message to submit. */
export interface Submission {
  readonly from: string
  readonly to: readonly string[]
  readonly message: Uint8Array | string
}

/** What Postfix offers at each setting of milter_protocol (milter8.c MILTER8_V*_PROTO_MASK); 5 is taken for 4. */
const OFFERS: Readonly<
  Record<2 | 3 | 4 | 5 | 6, { readonly version: number; readonly actions: number; readonly protocol: number }>
> = {
  2: { version: 2, actions: 0x3f, protocol: 0x7f },
  3: { version: 3, actions: 0x3f, protocol: 0x17f },
  4: { version: 4, actions: 0x3f, protocol: 0x37f },
  5: { version: 4, actions: 0x3f, protocol: 0x37f },
  6: { version: 6, actions: 0x1ff, protocol: 0x1fffff },
}

const CLIENT: ConnectInfo = { hostname: '[127.0.0.1]', family: 'inet', port: 42526, address: '127.0.0.1' }
const LOCAL: ConnectInfo = { hostname: 'localhost', family: 'inet', port: 0, address: '127.0.0.1' }

/** Connects to a filter as Postfix does, and negotiates. */
export async function fakePostfix(address: FilterAddress, options: FakePostfixOptions = {}): Promise<FakePostfix> {
  const client = await MilterClient.connect(address, options)
  const offer = OFFERS[options.version ?? 6]
  const answer = await client.negotiate(offer)
  if (answer === undefined || answer.version > offer.version || (answer.actions & ~offer.actions) !== 0) {
    client.destroy()
    throw new Error(`the filter did not negotiate: ${answer === undefined ? client.failure : shownOptions(answer)}`)
  }
  return new FakePostfix(client, answer.protocol, answer.macros ?? new Map(), options)
}

/** One SMTP session of Postfix, seen from its filter. */
export class FakePostfix {
  readonly client: MilterClient
  readonly protocol: number
  readonly #asked: ReadonlyMap<number, string>
  readonly #base: MacroPool
  readonly #resolve: (recipient: string) => string
  readonly #firstQueueId: number
  #pool: MacroPool = {}
  #messages = 0
  #hasHelo = false
  #isInMail = false
  /** What stands for the rest of the session, or of the message: nothing more is sent then. */
  #sessionReply: MtaReply | undefined
  #messageReply: MtaReply | undefined
  readonly #skipped = new Set<number>()

  /** Use `fakePostfix`. */
  constructor(client: MilterClient, protocol: number, asked: ReadonlyMap<number, string>, options: FakePostfixOptions) {
    this.client = client
    this.protocol = protocol
    this.#asked = asked
    this.#resolve = options.resolve ?? ((recipient) => recipient)
    this.#firstQueueId = Number.parseInt(options.queueId ?? '86A6825E022', 16)
    this.#base = {
      j: 'mx.test.invalid',
      daemon_name: 'mx.test.invalid',
      daemon_addr: '127.0.0.1',
      v: 'Postfix 3.7.11',
      _: 'unknown [127.0.0.1]',
      client_addr: '127.0.0.1',
      client_name: 'unknown',
      client_ptr: 'unknown',
      ...options.macros,
    }
    this.#pool = this.#base
  }

  /** The queue id of the message at hand. */
  get queueId(): string {
    return (this.#firstQueueId + this.#messages).toString(16).toUpperCase()
  }

  /** A client connects. */
  connect(info: Partial<ConnectInfo> = {}): Promise<MtaReply> {
    return this.#sessionEvent(SMFIC.CONNECT, encodeConnect({ ...CLIENT, ...info }), 'connect')
  }

  /** EHLO; inside a transaction the event comes first and the aborts after it. */
  async helo(name: string): Promise<MtaReply> {
    const wasGreeted = this.#hasHelo
    this.#hasHelo = true
    const reply = await this.#sessionEvent(SMFIC.HELO, encodeHelo(name), 'helo')
    if (this.#isInMail) await this.#abort()
    if (wasGreeted) await this.#abort()
    return reply
  }

  /** STARTTLS and the EHLO after it, with the macros of the encrypted session. */
  async starttls(name: string): Promise<MtaReply> {
    await this.#abort()
    this.#hasHelo = false
    this.#pool = { ...this.#pool, tls_version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', cipher_bits: '256' }
    return this.helo(name)
  }

  /** MAIL FROM; the address with or without angle brackets. */
  mail(sender: string, args: readonly string[] = []): Promise<MtaReply> {
    this.#isInMail = true
    const address = bare(sender)
    this.#pool = { ...this.#pool, mail_addr: address, mail_host: '[127.0.0.1]:42526', mail_mailer: 'smtp' }
    return this.#messageEvent(SMFIC.MAIL, encodeMail(bracketed(sender), args), 'mail')
  }

  /** RCPT TO; Postfix has no queue id before the second one. */
  async rcpt(recipient: string, args: readonly string[] = []): Promise<MtaReply> {
    this.#pool = {
      ...this.#pool,
      rcpt_addr: this.#resolve(bare(recipient)),
      rcpt_host: '[127.0.0.1]:42526',
      rcpt_mailer: 'smtp',
    }
    const reply = await this.#messageEvent(SMFIC.RCPT, encodeRcpt(bracketed(recipient), args), 'rcpt')
    this.#pool = { ...this.#pool, i: this.queueId }
    return reply
  }

  /** DATA, or the first BDAT. */
  data(): Promise<MtaReply> {
    this.#pool = { ...this.#pool, i: this.queueId }
    return this.#messageEvent(SMFIC.DATA, encodeFrame(SMFIC.DATA), 'data')
  }

  /** A command that Postfix does not know; 3.7 shows its verb only. */
  unknown(verb: string): Promise<MtaReply> {
    return this.#sessionEvent(SMFIC.UNKNOWN, encodeStrings(SMFIC.UNKNOWN, [verb]), 'unknown')
  }

  /** Headers, body and end of message, then the abort that follows every message of a client. */
  async message(message: Uint8Array | string): Promise<MtaReply> {
    const reply = await this.#content(typeof message === 'string' ? Buffer.from(message) : message)
    await this.#abort()
    return reply
  }

  /** RSET. */
  async rset(): Promise<void> {
    await this.#abort()
  }

  /** QUIT: an abort for the open transaction, one more, and the quit. */
  async quit(): Promise<void> {
    if (this.#isInMail) await this.#abort()
    await this.#abort()
    await this.client.quit()
  }

  /** MAIL to end of message in one; the first reply that is not a continue ends it. */
  async deliver({ from, to, message }: Submission): Promise<MtaReply> {
    const mail = await this.mail(from)
    if (isRefusal(mail)) return mail
    const recipients: MtaReply[] = []
    for (const recipient of to) recipients.push(await this.rcpt(recipient))
    const [first] = recipients
    if (first !== undefined && recipients.every(isRefusal)) return first
    const data = await this.data()
    return isRefusal(data) ? data : this.message(message)
  }

  /** sendmail(1): from localhost and port 0, no angle brackets, the queue id from MAIL on, no abort at the end. */
  async submitLocally({ from, to, message }: Submission): Promise<MtaReply> {
    this.#pool = { ...this.#pool, _: 'localhost [127.0.0.1]' }
    await this.connect(LOCAL)
    await this.helo('localhost')
    this.#pool = { ...this.#pool, i: this.queueId, mail_addr: from, rcpt_addr: to[0] }
    await this.#messageEvent(SMFIC.MAIL, encodeMail(from), 'mail')
    for (const recipient of to) await this.#messageEvent(SMFIC.RCPT, encodeRcpt(recipient), 'rcpt')
    await this.data()
    const reply = await this.#content(typeof message === 'string' ? Buffer.from(message) : message)
    await this.client.quit()
    return reply
  }

  async #content(message: Uint8Array): Promise<MtaReply> {
    const { headers, body } = readMessage(message, this.protocol)
    for (const step of [() => this.#headers(headers), () => this.#endOfHeaders(), () => this.#body(body)]) await step()
    return this.#messageEvent(SMFIC.BODYEOB, encodeFrame(SMFIC.BODYEOB), 'endOfMessage')
  }

  async #headers(headers: readonly WireHeader[]): Promise<void> {
    if ((this.protocol & STAGE_BITS.header.no) !== 0) return
    for (const header of headers) await this.#messageEvent(SMFIC.HEADER, headerFrame(header), 'header')
  }

  async #endOfHeaders(): Promise<void> {
    if ((this.protocol & STAGE_BITS.endOfHeaders.no) !== 0) return
    await this.#messageEvent(SMFIC.EOH, encodeFrame(SMFIC.EOH), 'endOfHeaders')
  }

  async #body(body: Buffer): Promise<void> {
    if ((this.protocol & STAGE_BITS.body.no) !== 0) return
    for (const frame of bodyFrames(body)) await this.#messageEvent(SMFIC.BODY, frame, 'body')
  }

  /** Connect and helo: an accept there makes Postfix close the connection without a quit. */
  async #sessionEvent(command: number, frame: Buffer, stage: 'connect' | 'helo' | 'unknown'): Promise<MtaReply> {
    if (this.#sessionReply !== undefined) return this.#sessionReply
    const reply = await this.#exchange(command, frame, stage)
    if (reply.kind === 'error') this.#sessionReply = reply
    if (stage === 'unknown' || reply.kind === 'continue' || reply.kind === 'none') return reply
    this.#sessionReply = reply
    if (reply.kind === 'accept') this.client.destroy()
    return reply
  }

  /** All others: an answer that decides on the message stands for the rest of it; at rcpt a refusal is about that one. */
  async #messageEvent(command: number, frame: Buffer, stage: keyof typeof STAGE_BITS): Promise<MtaReply> {
    const standing = this.#sessionReply ?? this.#messageReply
    if (standing !== undefined) return standing
    if (this.#skipped.has(command)) return plainReply('none')
    const reply = await this.#exchange(command, frame, stage)
    if (reply.kind === 'skip') this.#skipped.add(command)
    else if (reply.kind === 'error') this.#sessionReply = reply
    else if (reply.kind === 'accept' || reply.kind === 'discard') this.#messageReply = reply
    else if (isRefusal(reply) && command !== SMFIC.RCPT) this.#messageReply = reply
    return reply
  }

  /** The macros and their event leave in one segment; macros are sent even for events that are not wanted. */
  async #exchange(command: number, frame: Buffer, stage: keyof typeof STAGE_BITS): Promise<MtaReply> {
    const macros = macroFrame(command, this.#pool, this.#asked)
    const { no, noReply } = STAGE_BITS[stage]
    if ((this.protocol & no) !== 0) {
      await this.client.send(macros)
      return plainReply('none')
    }
    await this.client.send(macros, frame)
    return (this.protocol & noReply) === 0 ? this.client.reply() : plainReply('none')
  }

  async #abort(): Promise<void> {
    if (this.#isInMail) this.#messages += 1
    this.#isInMail = false
    this.#messageReply = undefined
    this.#skipped.clear()
    const { i: _, mail_addr: _m, rcpt_addr: _r, ...rest } = this.#pool
    this.#pool = rest
    if (this.#sessionReply === undefined) await this.client.send(encodeFrame(SMFIC.ABORT))
  }
}

function shownOptions({ version, actions }: OptionNegotiation): string {
  return `version ${version}, actions 0x${actions.toString(16)}`
}

function isRefusal({ kind }: MtaReply): boolean {
  return kind === 'reject' || kind === 'tempfail' || kind === 'error'
}

function bare(address: string): string {
  return address.replace(/^<(.*)>$/, '$1')
}

function bracketed(address: string): string {
  return address.startsWith('<') ? address : `<${address}>`
}
