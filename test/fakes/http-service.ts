/** A real HTTP server whose answers a test writes; it can also do what no service should. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'

/** A request with its whole body. */
export interface Seen {
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
  readonly response: ServerResponse
  readonly socket: Socket
}

/** Answers a request, or does not: then it hangs. */
export type Handler = (seen: Seen) => void

export class HttpService {
  /** Every request that came, without its body. */
  readonly requests: {
    readonly method: string
    readonly path: string
    readonly headers: IncomingMessage['headers']
  }[] = []
  /** Looks at a request first; what it says `true` to is done with. */
  misdeed: ((seen: Seen) => boolean) | undefined
  /** Requests that were left without an end on purpose. */
  hanging = 0
  readonly #handler: Handler
  readonly #tls: { readonly key: string; readonly cert: string } | undefined
  readonly #sockets = new Set<Socket>()
  readonly #watchers = new Set<() => void>()
  readonly #trickles = new Map<ServerResponse, string>()
  #server: Server | undefined
  #port = 0

  constructor(handler: Handler, tls?: { readonly key: string; readonly cert: string }) {
    this.#handler = handler
    this.#tls = tls
  }

  get url(): string {
    return `${this.#tls ? 'https' : 'http'}://127.0.0.1:${this.#port}`
  }

  /** Listens (again, at the same port). */
  async begin(): Promise<void> {
    const take = (request: IncomingMessage, response: ServerResponse) => void this.#take(request, response)
    this.#server = this.#tls ? createTlsServer(this.#tls, take) : createServer(take)
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => this.#sockets.delete(socket))
    })
    this.#server.listen(this.#port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.#port = (this.#server.address() as AddressInfo).port
  }

  /** Ends as a process that is killed. */
  async stop(): Promise<void> {
    const server = this.#server
    if (!server?.listening) return
    const closed = once(server, 'close')
    server.close()
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  /** Leaves a request without an end; with a trickle it says a byte now and then. */
  readonly hang = ({ response }: Seen, trickle = ''): true => {
    this.hanging += 1
    if (trickle !== '') {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.flushHeaders()
      this.#trickles.set(response, trickle)
    }
    response.on('close', () => {
      this.hanging -= 1
      this.#trickles.delete(response)
    })
    return true
  }

  /** Time passes: whoever trickles says another byte. */
  tick(): void {
    for (const [response, byte] of this.#trickles) response.write(byte)
  }

  /** Resolves with a request, past or to come, that fits. */
  async request(fits: (path: string) => boolean): Promise<void> {
    while (!this.requests.some(({ path }) => fits(path))) {
      await new Promise<void>((resolve) => this.#watchers.add(resolve))
    }
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '', headers, socket } = request
    const pieces: Buffer[] = []
    try {
      for await (const piece of request) pieces.push(piece)
    } catch {
      return
    }
    this.requests.push({ method, path, headers })
    for (const wake of this.#watchers) wake()
    this.#watchers.clear()
    const seen = { method, path, headers, body: Buffer.concat(pieces), response, socket }
    if (!this.misdeed?.(seen)) this.#handler(seen)
  }
}

/** Answers with JSON. */
export function json(
  response: ServerResponse,
  value: unknown,
  status = 200,
  headers: Record<string, string> = {},
): true {
  return say(response, JSON.stringify(value), 'application/json', status, headers)
}

/** Answers with anything. */
export function say(
  response: ServerResponse,
  text: string | Buffer,
  type: string,
  status = 200,
  headers: Record<string, string> = {},
): true {
  response.writeHead(status, { 'content-type': type, ...headers })
  response.end(text)
  return true
}

/** The fields of a multipart form; the file is under `file`, its name under `filename`. */
export function formOf({ headers, body }: Pick<Seen, 'headers' | 'body'>): ReadonlyMap<string, Buffer> {
  const boundary = /boundary=(\S+)/.exec(headers['content-type'] ?? '')?.[1] ?? ''
  const text = body.toString('latin1')
  const parts = text.split(`--${boundary}`).slice(1, -1)
  const fields = new Map<string, Buffer>()
  for (const part of parts) {
    const [head = '', ...rest] = part.split('\r\n\r\n')
    const name = /name="([^"]*)"/.exec(head)?.[1] ?? ''
    const filename = /filename="([^"]*)"/.exec(head)?.[1]
    if (filename !== undefined) fields.set('filename', Buffer.from(filename))
    fields.set(name, Buffer.from(rest.join('\r\n\r\n').replace(/\r\n$/, ''), 'latin1'))
  }
  return fields
}
