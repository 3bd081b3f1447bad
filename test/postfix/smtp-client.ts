// A scripted SMTP client: each method sends one command and resolves with the reply, so that a test says step by step what
// the client does, also what no decent client would do.

import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { type ReplyLine, ReplyReader } from './smtp-reply.ts'

/** One complete SMTP reply. */
export type SmtpReply = {
  readonly code: number
  /** `5.7.1`, or undefined where the reply has none. */
  readonly enhanced: string | undefined
  /** The text of all lines, joined by a line feed, without codes. */
  readonly text: string
  /** The lines as they came, without their line ends. */
  readonly lines: readonly string[]
}

export type SmtpClientOptions = {
  /** How long each reply may take. */
  readonly deadlineMs?: number
}

/** A message to send with everything that its envelope needs. */
export type Envelope = {
  readonly from: string
  readonly to: string | readonly string[]
  readonly message: Uint8Array
  readonly helo?: string
  readonly mailArgs?: readonly string[]
  readonly deadlineMs?: number
}

const crlf = '\r\n'

/** One SMTP connection. */
export class SmtpClient {
  /** The greeting, or what came in its place. */
  readonly greeting: SmtpReply
  #socket: Socket
  #reader: ReplyReader
  readonly #deadlineMs: number

  private constructor(socket: Socket, reader: ReplyReader, greeting: SmtpReply, deadlineMs: number) {
    this.#socket = socket
    this.#reader = reader
    this.greeting = greeting
    this.#deadlineMs = deadlineMs
  }

  /** Connects to a loopback port and reads the greeting. */
  static async connect(port: number, options: SmtpClientOptions = {}): Promise<SmtpClient> {
    const deadlineMs = options.deadlineMs ?? 30_000
    const socket = connect({ host: '127.0.0.1', port, noDelay: true })
    const reader = new ReplyReader(socket)
    const greeting = replyOf(await reader.next(deadlineMs, 'the greeting'))
    return new SmtpClient(socket, reader, greeting, deadlineMs)
  }

  /** Sends one line as it is and reads one reply. */
  async raw(line: string): Promise<SmtpReply> {
    this.#socket.write(line + crlf)
    return await this.read(line)
  }

  /** Reads the next reply without sending anything; `what` is for the error message. */
  async read(what = 'a reply'): Promise<SmtpReply> {
    return replyOf(await this.#reader.next(this.#deadlineMs, what))
  }

  /** Sends bytes as they are and reads nothing. */
  write(bytes: Uint8Array | string): void {
    this.#socket.write(bytes)
  }

  ehlo(name = 'client.test.invalid'): Promise<SmtpReply> {
    return this.raw(`EHLO ${name}`)
  }

  helo(name = 'client.test.invalid'): Promise<SmtpReply> {
    return this.raw(`HELO ${name}`)
  }

  /** MAIL FROM; the address without its angle brackets, further ESMTP arguments as they are. */
  mail(from: string, args: readonly string[] = []): Promise<SmtpReply> {
    return this.raw([`MAIL FROM:<${from}>`, ...args].join(' '))
  }

  rcpt(to: string, args: readonly string[] = []): Promise<SmtpReply> {
    return this.raw([`RCPT TO:<${to}>`, ...args].join(' '))
  }

  /** DATA, the message with its dots stuffed, and the final dot; resolves with the last reply that came. */
  async data(message: Uint8Array): Promise<SmtpReply> {
    const go = await this.raw('DATA')
    return go.code === 354 ? await this.content(message) : go
  }

  /** The message with its dots stuffed and the final dot, after DATA has been answered. */
  async content(message: Uint8Array): Promise<SmtpReply> {
    this.#socket.write(stuffDots(message))
    return await this.read('the final dot')
  }

  /** DATA and the whole message with its final dot, and then closes the connection without waiting for the reply. */
  async dataThenDrop(message: Uint8Array): Promise<void> {
    await this.#expectGo()
    await this.#writeThenDrop(stuffDots(message))
  }

  /** DATA and these bytes without a final dot, and then closes the connection. */
  async partialDataThenDrop(part: Uint8Array): Promise<void> {
    await this.#expectGo()
    await this.#writeThenDrop(part)
  }

  async #expectGo(): Promise<void> {
    const go = await this.raw('DATA')
    if (go.code !== 354) throw new Error(`DATA was answered ${go.lines.join(' / ')}`)
  }

  #writeThenDrop(bytes: Uint8Array): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#reader.forget()
    this.#socket.once('close', () => resolve())
    this.#socket.end(bytes, () => this.#socket.destroy())
    return promise
  }

  /** One BDAT chunk (RFC 3030). */
  async bdat(chunk: Uint8Array, options: { readonly last: boolean }): Promise<SmtpReply> {
    this.#socket.write(`BDAT ${chunk.length}${options.last ? ' LAST' : ''}${crlf}`)
    this.#socket.write(chunk)
    return await this.read('BDAT')
  }

  rset(): Promise<SmtpReply> {
    return this.raw('RSET')
  }

  /** STARTTLS and the handshake; the certificate is not checked. EHLO has to be said again. */
  async starttls(): Promise<SmtpReply> {
    const reply = await this.raw('STARTTLS')
    if (reply.code !== 220) return reply
    this.#reader.forget()
    const secure = connectTls({ socket: this.#socket, rejectUnauthorized: false })
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    secure.once('secureConnect', resolve)
    secure.once('error', reject)
    await promise
    this.#socket = secure
    this.#reader = new ReplyReader(secure)
    return reply
  }

  /** QUIT, and closes. */
  async quit(): Promise<SmtpReply> {
    const reply = await this.raw('QUIT')
    this.drop()
    return reply
  }

  /** Closes the connection at once; a reply that is being waited for ends in an error. */
  drop(): void {
    this.#socket.destroy()
  }
}

/** Sends one message over a connection of its own and resolves with the reply that decided: the first refusal, or the last reply. */
export async function sendMail(port: number, envelope: Envelope): Promise<SmtpReply> {
  const options = envelope.deadlineMs === undefined ? {} : { deadlineMs: envelope.deadlineMs }
  const client = await SmtpClient.connect(port, options)
  try {
    const reply = await transact(client, envelope)
    if (reply.code !== 421) await client.quit()
    return reply
  } finally {
    client.drop()
  }
}

async function transact(client: SmtpClient, envelope: Envelope): Promise<SmtpReply> {
  if (client.greeting.code !== 220) return client.greeting
  const hello = await client.ehlo(envelope.helo)
  if (hello.code !== 250) return hello
  const sender = await client.mail(envelope.from, envelope.mailArgs)
  if (sender.code !== 250) return sender
  let taken = 0
  let refused: SmtpReply | undefined
  for (const to of typeof envelope.to === 'string' ? [envelope.to] : envelope.to) {
    const reply = await client.rcpt(to)
    if (reply.code === 250) taken += 1
    else refused ??= reply
    if (reply.code === 421) return reply
  }
  return taken === 0 && refused !== undefined ? refused : await client.data(envelope.message)
}

/** Stuffs the dots of a message in CRLF lines and adds the final dot (RFC 5321 section 4.5.2). */
export function stuffDots(message: Uint8Array): Buffer {
  const text = Buffer.from(message).toString('latin1').replaceAll(/^\./gm, '..')
  const end = text === '' || text.endsWith(crlf) ? '' : crlf
  return Buffer.from(`${text}${end}.${crlf}`, 'latin1')
}

function replyOf(lines: readonly ReplyLine[]): SmtpReply {
  const last = lines.at(-1)
  if (last === undefined) throw new Error('unreachable: a reply without lines')
  const enhanced = /^[245]\.\d{1,3}\.\d{1,3}(?= |$)/.exec(last.text)?.[0]
  const strip = (text: string) => (enhanced === undefined ? text : text.replace(/^[245]\.\d{1,3}\.\d{1,3} ?/, ''))
  return {
    code: last.code,
    enhanced,
    text: lines.map((line) => strip(line.text)).join('\n'),
    lines: lines.map((line) => line.raw),
  }
}
