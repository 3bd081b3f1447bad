// An SMTP server that keeps what it is given: the place where a private Postfix delivers, so that a test reads the mail as
// its recipient would have got it.

import { createServer, type Server, type Socket } from 'node:net'
import { SinkSession } from './sink-session.ts'

/** One delivered message. */
export type Delivered = {
  readonly from: string
  readonly fromArgs: readonly string[]
  readonly to: readonly string[]
  readonly toArgs: readonly (readonly string[])[]
  /** The message as it came, dots unstuffed, in CRLF lines. */
  readonly raw: Buffer
}

/** Where in the conversation the sink may refuse. */
export type SinkStage = 'mail' | 'rcpt' | 'data' | 'message'

/** A reply to give instead of the good one, e.g. `451 4.3.0 later`. */
export type SinkAnswer = (stage: SinkStage, address: string | undefined) => string | undefined

export type SinkOptions = { readonly answer?: SinkAnswer }

type Waiting = { readonly look: () => void }

/** Starts a sink on a loopback port. */
export async function startSink(options: SinkOptions = {}): Promise<Sink> {
  const server = createServer()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen({ host: '127.0.0.1', port: 0 }, resolve)
  await promise
  return new Sink(server, options.answer ?? (() => undefined))
}

/** A running sink. */
export class Sink {
  readonly port: number
  readonly #server: Server
  readonly #messages: Delivered[] = []
  readonly #sockets = new Set<Socket>()
  readonly #waiting = new Set<Waiting>()
  #answer: SinkAnswer

  constructor(server: Server, answer: SinkAnswer) {
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('the sink listens on no port')
    this.port = address.port
    this.#server = server
    this.#answer = answer
    server.on('connection', (socket) => this.#serve(socket))
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    // A peer that resets its connection is no concern of a sink.
    socket.on('error', () => undefined)
    const session = new SinkSession({
      reply: (line) => socket.write(`${line}\r\n`),
      end: () => socket.end(),
      answer: (stage, address) => this.#answer(stage, address),
      deliver: (message) => this.#keep(message),
    })
    socket.on('data', (bytes: Buffer) => session.take(bytes))
  }

  #keep(message: Delivered): void {
    this.#messages.push(message)
    for (const one of [...this.#waiting]) one.look()
  }

  /** Everything delivered so far, in order. */
  get messages(): readonly Delivered[] {
    return this.#messages
  }

  /** From now on this decides what is refused; without an argument everything is taken again. */
  answer(answer: SinkAnswer = () => undefined): void {
    this.#answer = answer
  }

  /** Forgets what was delivered so far. */
  clear(): void {
    this.#messages.length = 0
  }

  /** Resolves with the first so many messages once they are there. */
  async waitFor(count: number, deadlineMs = 20_000): Promise<readonly Delivered[]> {
    return await this.#when(
      () => (this.#messages.length >= count ? this.#messages.slice(0, count) : undefined),
      `${count} messages`,
      deadlineMs,
    )
  }

  /** Resolves with the first message that the predicate takes, already there or still to come. */
  async waitForMessage(wanted: (message: Delivered) => boolean, deadlineMs = 20_000): Promise<Delivered> {
    return await this.#when(() => this.#messages.find(wanted), 'such a message', deadlineMs)
  }

  #when<Found>(find: () => Found | undefined, what: string, deadlineMs: number): Promise<Found> {
    const { promise, resolve, reject } = Promise.withResolvers<Found>()
    const look = () => {
      const found = find()
      if (found !== undefined) resolve(found)
    }
    const waiting = { look }
    const late = () => reject(new Error(`the sink did not get ${what} in time; it has ${this.#messages.length}`))
    const deadline = setTimeout(late, deadlineMs)
    this.#waiting.add(waiting)
    look()
    return promise.finally(() => {
      clearTimeout(deadline)
      this.#waiting.delete(waiting)
    })
  }

  /** Closes the port and all connections. */
  stop(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#server.close(() => resolve())
    for (const socket of this.#sockets) socket.destroy()
    return promise
  }
}
