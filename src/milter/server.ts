// The filter's end of the wire: accepts MTAs, keeps the number of sessions and the clock's rounds, and closes so that no
// message is lost: running ones are finished, and who begins another is told to try again later.
import { randomBytes } from 'node:crypto'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { Timer } from './clock.ts'
import { Connection } from './connection.ts'
import type { MilterEvent } from './events.ts'
import { type ListenAddress, listenAt } from './listen.ts'
import { type MilterServerOptions, readOptions, type Settings } from './options.ts'

/** A running filter. */
export interface MilterServer {
  /** Starts to listen, once. */
  listen(address: ListenAddress): Promise<void>
  /** Where it listens: host and port, or the path of the unix socket; null when it does not. */
  address(): AddressInfo | string | null
  /** Open sessions. */
  readonly sessions: number
  /** Open sessions that are within a message. */
  readonly messages: number
  readonly isClosing: boolean
  /** Accepts nobody new, answers new messages with `onDrain`, waits for the MTAs to quit, and after `graceMs` ends the rest. */
  close(options?: { readonly graceMs?: number }): Promise<{ readonly forced: number }>
}

const KEEP_ALIVE_MS = 60_000
const DEFAULT_GRACE_MS = 30_000
const ROUNDS_PER_TIMEOUT = 4
const SHORTEST_ROUND_MS = 50
const LONGEST_ROUND_MS = 10_000

/** Makes a filter out of hooks; nothing happens before `listen`. */
export function createMilterServer<S = unknown, T = unknown>(options: MilterServerOptions<S, T>): MilterServer {
  return new Filter(readOptions(options))
}

class Filter<S, T> implements MilterServer {
  readonly #settings: Settings<S, T>
  readonly #server: Server
  readonly #connections = new Set<Connection<S, T>>()
  readonly #name = randomBytes(4).toString('hex')
  #opened = 0
  #isClosing = false
  #round: Timer
  #isRoundSet = false
  #whenEmpty: (() => void) | undefined

  constructor(settings: Settings<S, T>) {
    this.#settings = settings
    // Without noDelay the edits of one message cost 44 ms (Nagle against the MTA's delayed acknowledgement).
    this.#server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS }, (socket) =>
      this.#accept(socket),
    )
  }

  get sessions(): number {
    return this.#connections.size
  }

  get messages(): number {
    return [...this.#connections].filter((connection) => connection.isInMessage).length
  }

  get isClosing(): boolean {
    return this.#isClosing
  }

  async listen(address: ListenAddress): Promise<void> {
    await listenAt(this.#server, address)
    this.#server.on('error', (error) => this.#report({ type: 'socket-error', session: undefined, error }))
  }

  address(): AddressInfo | string | null {
    return this.#server.address()
  }

  async close({
    graceMs = DEFAULT_GRACE_MS,
  }: {
    readonly graceMs?: number
  } = {}): Promise<{ readonly forced: number }> {
    this.#isClosing = true
    if (this.#server.listening) this.#server.close()
    const forced = await this.#drained(graceMs)
    if (this.#isRoundSet) this.#settings.clock.clearTimeout(this.#round)
    return { forced }
  }

  nextSessionId(): string {
    this.#opened += 1
    return `${this.#name}.${this.#opened}`
  }

  isDraining(): boolean {
    return this.#isClosing
  }

  #drained(graceMs: number): Promise<number> {
    if (this.#connections.size === 0) return Promise.resolve(0)
    const { clock } = this.#settings
    return new Promise((resolve) => {
      const force = () => {
        const rest = [...this.#connections]
        for (const connection of rest) connection.destroy()
        resolve(rest.length)
      }
      const timer = clock.setTimeout(force, graceMs)
      const earlier = this.#whenEmpty
      this.#whenEmpty = () => {
        earlier?.()
        clock.clearTimeout(timer)
        resolve(0)
      }
    })
  }

  #accept(socket: Socket): void {
    const { limits } = this.#settings
    if (this.#connections.size >= limits.connections) {
      this.#report({ type: 'limit', session: undefined, limit: 'connections', value: this.#connections.size + 1 })
      socket.destroy()
      return
    }
    const connection = new Connection(socket, this.#settings, this, (closed) => this.#forget(closed))
    this.#connections.add(connection)
    if (!this.#isRoundSet) this.#setRound()
  }

  #forget(connection: Connection<S, T>): void {
    this.#connections.delete(connection)
    if (this.#connections.size === 0) this.#whenEmpty?.()
  }

  /** One timer for all sessions: a timer of its own would cost each packet more than reading it. */
  #setRound(): void {
    const { clock, timeouts } = this.#settings
    const shortest = Math.min(...Object.values(timeouts))
    const wait = Math.min(LONGEST_ROUND_MS, Math.max(SHORTEST_ROUND_MS, shortest / ROUNDS_PER_TIMEOUT))
    this.#isRoundSet = true
    this.#round = clock.setTimeout(() => {
      const now = clock.now()
      for (const connection of this.#connections) connection.check(now)
      if (this.#connections.size > 0) this.#setRound()
      else this.#isRoundSet = false
    }, wait)
  }

  #report(event: MilterEvent<S>): void {
    try {
      this.#settings.onEvent?.(event)
    } catch {
      // An observer must not change what is observed.
    }
  }
}
