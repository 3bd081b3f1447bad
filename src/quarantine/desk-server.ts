/** The unix socket at which the release asks. It lies in the data folder: only the filter's user and root come there. */
import { chmod, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import type { Logger } from '../telemetry/index.ts'
import { type Desk, logDeskError } from './desk.ts'
import { type Request, requestOf, splitLine, unframed } from './wire.ts'

const SILENCE_MS = 300_000
const CONNECTIONS = 8

export class DeskServer {
  readonly #desk: Desk
  readonly #log: Logger
  readonly #sockets = new Set<Socket>()
  #server: Server | undefined

  constructor(desk: Desk, log: Logger) {
    this.#desk = desk
    this.#log = log
  }

  /** A socket file that an ended process left is replaced. */
  async start(path: string): Promise<void> {
    await rm(path, { force: true })
    const server = createServer({ allowHalfOpen: true }, (socket) => void this.#serve(socket))
    server.maxConnections = CONNECTIONS
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    server.once('error', reject)
    server.listen(path, resolve)
    await promise
    this.#server = server
    server.on('error', (error) => logDeskError(this.#log, error))
    await chmod(path, 0o660)
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    const server = this.#server
    if (server) await new Promise<void>((resolve) => server.close(() => resolve()))
  }

  async #serve(socket: Socket): Promise<void> {
    this.#sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => this.#sockets.delete(socket))
    socket.setTimeout(SILENCE_MS, () => socket.destroy())
    try {
      socket.end(`${JSON.stringify(await this.#answer(socket))}\n`)
    } catch (error) {
      logDeskError(this.#log, error)
      socket.end(`${JSON.stringify({ error: error instanceof Error ? error.message : String(error) })}\n`)
    }
    // What still comes is read away, so that the answer is not lost with it.
    socket.resume()
  }

  async #answer(socket: Socket): Promise<object> {
    const chunks = socket.iterator({ destroyOnReturn: false })
    const { line, rest } = await splitLine(chunks)
    const request = requestOf.parse(JSON.parse(line))
    return this.#asked(request, () => unframed(rest, chunks))
  }

  #asked(request: Request, bytes: () => AsyncIterable<Buffer>): Promise<object> {
    switch (request.ask) {
      case 'seen':
        return this.#desk.seen(request)
      case 'examine':
        return this.#desk.examine(request.seal, bytes())
      case 'notice':
        return this.#desk.notice(request.seal)
      case 'did':
        return this.#desk.did(request)
      default:
        return request satisfies never
    }
  }
}
