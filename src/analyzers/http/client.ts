/**
 * The HTTP client of all drivers: every call has a time-out for connecting, for silence and for the whole; an answer has a bound; nobody is
 * redirected to another host, so that neither samples nor tokens go where nobody configured. It never interprets a body.
 */
import { type ClientRequest, Agent as HttpAgent, type IncomingMessage, request as plainRequest } from 'node:http'
import { Agent as HttpsAgent, request as tlsRequest } from 'node:https'
import { type Clock, Fault, type Secret } from '../../core/index.ts'
import { faultOf, HttpFault } from './fault.ts'
import type { Body } from './multipart.ts'

const SOCKETS = 16

export interface HttpOptions {
  readonly url: string
  readonly clock: Clock
  readonly connectMs: number
  /** Longest silence of the other side, and longest time in which it takes nothing. */
  readonly stallMs: number
  readonly totalMs: number
  /** PEM of the certificates that are trusted instead of the system's. */
  readonly ca?: string
  /** URL of a proxy, which may hold a password. */
  readonly proxy?: string
  /** Value of the header Authorization. */
  readonly authorization?: { readonly scheme: string; readonly token: Secret }
}

export interface HttpCall {
  readonly method?: 'GET' | 'POST'
  /** Path behind the URL, beginning with a slash. */
  readonly path: string
  readonly body?: Body
  /** Most bytes of an answer. */
  readonly maxBytes: number
  /** Gets the pieces of a 2xx answer of type JSON instead of their being gathered; what it throws ends the call. */
  readonly sink?: (piece: Uint8Array) => void
  readonly totalMs?: number
  readonly signal: AbortSignal
}

export interface HttpAnswer {
  readonly status: number
  /** Media type without parameters, in small letters. */
  readonly type: string
  /** Milliseconds after which it wants to be asked again, where it said so. */
  readonly retryAfterMs: number | undefined
  /** Empty where a sink got it. */
  readonly body: Buffer
}

export class HttpClient {
  readonly #options: HttpOptions
  readonly #base: URL
  readonly #agent: HttpAgent
  readonly #uploads: HttpAgent

  constructor(options: HttpOptions) {
    this.#options = options
    this.#base = new URL(options.url)
    this.#agent = agentOf(options, this.#base, true)
    // A connection that was kept may just be closed by the other side: a sample is not sent into that.
    this.#uploads = agentOf(options, this.#base, false)
  }

  /** Makes the call; rejects with an `HttpFault`, a `SampleFault`, what the sink threw, or the reason of the signal. */
  async call(call: HttpCall): Promise<HttpAnswer> {
    const first = await this.#once(call, call.path)
    if (first.location === undefined) return first
    const target = new URL(first.location, new URL(first.path, this.#base))
    if (target.origin !== this.#base.origin || (call.method ?? 'GET') !== 'GET') {
      throw new HttpFault('redirect', `it redirects to ${target.origin}, where nothing of ours is sent`)
    }
    const second = await this.#once(call, `${target.pathname}${target.search}`, true)
    if (second.location !== undefined) throw new HttpFault('redirect', 'it redirects in a circle')
    return second
  }

  /** Closes the connections that are kept. */
  close(): void {
    this.#agent.destroy()
    this.#uploads.destroy()
  }

  async #once(call: HttpCall, path: string, isWhole = false): Promise<Answered> {
    const full = isWhole ? path : `${this.#base.pathname.replace(/\/$/, '')}${path}`
    for (let tries = 0; ; tries += 1) {
      const exchange = new Exchange(this.#request(call, full), call, this.#options)
      try {
        return { ...(await exchange.run()), path: full }
      } catch (error) {
        // The other side closed a kept connection in the moment in which we used it: it never saw the request.
        if (tries > 0 || !exchange.wasStale) throw error
      }
    }
  }

  #request({ method = 'GET', body }: HttpCall, path: string): ClientRequest {
    const { ca, authorization } = this.#options
    const headers: Record<string, string | number> = { accept: 'application/json', 'user-agent': 'peekaboo-milter' }
    if (authorization) headers.authorization = `${authorization.scheme} ${authorization.token.reveal()}`
    if (body) Object.assign(headers, { 'content-type': body.type, 'content-length': body.length })
    const { protocol, hostname, port } = this.#base
    const options = { hostname: hostname.replace(/^\[|\]$/g, ''), port, path, method, headers }
    const agent = body ? this.#uploads : this.#agent
    return protocol === 'https:'
      ? tlsRequest({ ...options, agent: agent as HttpsAgent, ...(ca !== undefined && { ca }) })
      : plainRequest({ ...options, agent })
  }
}

interface Answered extends HttpAnswer {
  readonly location?: string | undefined
  readonly path: string
}

/** One request and its answer. */
class Exchange {
  readonly #request: ClientRequest
  readonly #call: HttpCall
  readonly #options: HttpOptions
  readonly #ended = Promise.withResolvers<never>()
  #isConnected = false
  #hasAnswer = false
  #drained = Promise.withResolvers<void>()
  #quiet: (() => void) | undefined

  constructor(request: ClientRequest, call: HttpCall, options: HttpOptions) {
    this.#request = request
    this.#call = call
    this.#options = options
    this.#ended.promise.catch(() => undefined)
  }

  get wasStale(): boolean {
    return this.#request.reusedSocket && !this.#hasAnswer && !this.#call.signal.aborted && !this.#isLate
  }

  #isLate = false

  async run(): Promise<Omit<Answered, 'path'>> {
    const { clock, totalMs } = this.#options
    const { signal } = this.#call
    const ms = this.#call.totalMs ?? totalMs
    const stop = () => this.#end(signal.reason)
    const late = () => this.#end(new HttpFault('late', `no answer within ${ms} ms`), true)
    const cancel = clock.after(ms, late)
    signal.addEventListener('abort', stop, { once: true })
    try {
      const response = this.#response()
      if (signal.aborted) stop()
      this.#watch(true)
      const sent = this.#send()
      sent.catch((error: unknown) => this.#end(error))
      return await this.#read(await Promise.race([response, this.#ended.promise]))
    } finally {
      cancel()
      this.#quiet?.()
      signal.removeEventListener('abort', stop)
      if (!this.#request.writableFinished) this.#request.destroy()
    }
  }

  #response(): Promise<IncomingMessage> {
    const request = this.#request
    return new Promise((resolve) => {
      request.on('socket', (socket) => {
        const connected = () => {
          this.#isConnected = true
          this.#watch()
        }
        if (!socket.connecting) connected()
        else socket.once('connect', connected)
      })
      request.on('drain', () => {
        this.#watch()
        this.#drained.resolve()
      })
      request.on('response', (response) => {
        this.#hasAnswer = true
        resolve(response)
      })
      request.on('error', (error: NodeJS.ErrnoException) => this.#end(faultOf(error, this.#isConnected)))
      request.on('close', () => this.#end(new HttpFault('lost', 'the connection was closed without an answer')))
    })
  }

  /** Sends the body; stops without a word when the answer came before its end, which then says why. */
  async #send(): Promise<void> {
    const { body } = this.#call
    if (body) {
      for await (const piece of body.pieces()) {
        if (this.#hasAnswer || this.#request.destroyed) return
        this.#drained = Promise.withResolvers()
        if (!this.#request.write(piece)) await Promise.race([this.#drained.promise, this.#ended.promise])
        this.#watch()
      }
    }
    this.#request.end()
  }

  async #read(response: IncomingMessage): Promise<Omit<Answered, 'path'>> {
    const { maxBytes, sink } = this.#call
    const { statusCode: status = 0, headers } = response
    const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
    const isSunk = sink !== undefined && status >= 200 && status < 300 && type === 'application/json'
    // What is no answer in the sense of the API is only looked at for a line in the log.
    const most = isSunk || status < 400 ? maxBytes : Math.min(maxBytes, 262_144)
    const pieces: Uint8Array[] = []
    let length = 0
    const done = new Promise<void>((resolve) => {
      response.on('data', (piece: Buffer) => {
        this.#watch()
        length += piece.length
        if (length > most) return this.#end(new HttpFault('too-large', `its answer is longer than ${most} bytes`))
        try {
          if (isSunk) sink(piece)
          else pieces.push(piece)
        } catch (error) {
          this.#end(error)
        }
      })
      response.on('error', (error: NodeJS.ErrnoException) => this.#end(faultOf(error, true)))
      response.on('aborted', () => this.#end(new HttpFault('lost', 'its answer is cut off')))
      response.on('end', () => {
        if (response.complete) resolve()
      })
    })
    await Promise.race([done, this.#ended.promise])
    const isRedirect = status >= 300 && status < 400
    return {
      status,
      type,
      retryAfterMs: retryAfter(headers['retry-after']),
      body: Buffer.concat(pieces),
      location: isRedirect ? (headers.location ?? '') : undefined,
    }
  }

  /** Something happened: the time of silence begins anew. */
  #watch(isConnecting = false): void {
    this.#quiet?.()
    const { clock, connectMs, stallMs } = this.#options
    const ms = isConnecting ? connectMs : stallMs
    this.#quiet = clock.after(ms, () => {
      const trouble = this.#isConnected ? 'late' : 'unreachable'
      const why = this.#isConnected
        ? `nothing came for ${ms} ms`
        : `no connection within ${ms} ms: is a firewall between?`
      this.#end(new HttpFault(trouble, why), true)
    })
  }

  #end(why: unknown, isLate = false): void {
    this.#isLate ||= isLate
    this.#ended.reject(why)
    this.#request.destroy()
  }
}

function agentOf(options: HttpOptions, { protocol }: URL, keepAlive: boolean): HttpAgent {
  const { proxy, ca } = options
  const proxyEnv = proxy === undefined ? {} : { proxyEnv: { HTTP_PROXY: proxy, HTTPS_PROXY: proxy } }
  const common = { keepAlive, maxSockets: SOCKETS, maxFreeSockets: 4, ...proxyEnv }
  return protocol === 'https:' ? new HttpsAgent({ ...common, ...(ca !== undefined && { ca }) }) : new HttpAgent(common)
}

/** Seconds (RFC 9110 section 10.2.3); a date, which no sandbox sends, counts as a minute. */
function retryAfter(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  return /^\d{1,6}$/.test(text) ? Number(text) * 1000 : 60_000
}

/** What an HTTP status that is no success means for whoever asked. */
export function refusalOf({ status, retryAfterMs }: HttpAnswer): Fault | undefined {
  if (status >= 200 && status < 300) return undefined
  if (status === 401 || status === 403) {
    return new Fault(
      'analyzer-unavailable',
      `it refuses our token (${status}): is token: right, and is the user allowed?`,
    )
  }
  if (status === 429) return new Throttled(retryAfterMs ?? 60_000)
  if (status === 503) return new Fault('analyzer-unavailable', 'it is not available (503)')
  return new Fault('analyzer-failed', `it answers with status ${status}`)
}

/** It takes no more calls for a while. */
export class Throttled extends Fault {
  readonly ms: number

  constructor(ms: number) {
    super('overloaded', `it wants to be asked again after ${Math.ceil(ms / 1000)} s (429)`)
    this.ms = ms
  }
}
