/**
 * One connection to clamd: bytes out at the speed at which it takes them, answers in, and time-outs for connecting, for stalling and
 * for the whole. Whatever ends it other than clamd closing after its last answer is a `Fault`; it never ends in silence.
 */
import { connect, type Socket } from 'node:net'
import { type Clock, Fault } from '../../core/index.ts'
import type { Address } from './options.ts'
import { quoted } from './wire.ts'

/** No session of ours is answered with more. */
const MOST_ANSWER_BYTES = 65_536

/**
 * clamd went away without a word: it ended, or a limit was reached and its reason was lost with the connection, as happens when we write
 * in the moment in which it closes.
 */
export class HungUp extends Fault {}

export interface ConnectionOptions {
  readonly clock: Clock
  readonly connectMs: number
  readonly stallMs: number
  readonly totalMs: number
}

export class Connection {
  readonly #socket: Socket
  readonly #options: ConnectionOptions
  readonly #forget: () => void
  #said = ''
  #isConnected = false
  #isClosed = false
  #why: unknown
  #changed = Promise.withResolvers<void>()

  private constructor(address: Address, options: ConnectionOptions, signal: AbortSignal) {
    this.#options = options
    this.#socket = connect('socket' in address ? { path: address.socket } : { ...address, noDelay: true })
    const stop = () => this.#fail(signal.reason)
    const cancel = options.clock.after(options.totalMs, () => {
      this.#fail(new Fault('analyzer-failed', `no answer within ${options.totalMs} ms`))
    })
    this.#forget = () => {
      cancel()
      signal.removeEventListener('abort', stop)
    }
    signal.addEventListener('abort', stop, { once: true })
    this.#listen()
    if (signal.aborted) stop()
  }

  /** Connects; rejects with `analyzer-unavailable` and what helps. */
  static async open(address: Address, options: ConnectionOptions, signal: AbortSignal): Promise<Connection> {
    const connection = new Connection(address, options, signal)
    const why = new Fault(
      'analyzer-unavailable',
      `no connection within ${options.connectMs} ms: is a firewall between?`,
    )
    await connection.#until(() => connection.#isConnected, options.connectMs, why)
    return connection
  }

  /** Sends; resolves when more may be sent and whatever was said meanwhile has been read. */
  async write(...parts: readonly Uint8Array[]): Promise<void> {
    if (this.#isClosed) throw this.#ending()
    this.#socket.cork()
    for (const part of parts) this.#socket.write(part)
    this.#socket.uncork()
    const { stallMs } = this.#options
    const isStalled = new Fault('analyzer-failed', `clamd took nothing for ${stallMs} ms`)
    if (this.#socket.writableNeedDrain) await this.#until(() => !this.#socket.writableNeedDrain, stallMs, isStalled)
    // An early answer is read before the next write fails: its reason would be lost with the socket.
    else await new Promise(setImmediate)
  }

  /** The answers so far, each without its end. */
  get replies(): readonly string[] {
    return this.#said.split('\0').slice(0, -1)
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Resolves when the connection is closed, by whomever. */
  async closed(): Promise<void> {
    while (!this.#isClosed) await this.#changed.promise
  }

  /** All answers up to the end of the session, which clamd closes; rejects when it ended otherwise. */
  async rest(): Promise<readonly string[]> {
    await this.closed()
    if (this.#why !== undefined) throw this.#why
    if (!this.#said.endsWith('\0')) throw this.#ending()
    return this.replies
  }

  destroy(): void {
    this.#fail(new Fault('analyzer-failed', 'the connection was given up'))
  }

  /** Why nothing more can be sent or read. */
  #ending(): unknown {
    if (this.#why !== undefined) return this.#why
    const rest = this.#said.slice(this.#said.lastIndexOf('\0') + 1).trim()
    if (rest === '') return new HungUp('analyzer-failed', 'clamd closed the connection without an answer')
    return new Fault('analyzer-failed', `clamd closed the connection in the middle of an answer, ${quoted(rest)}`)
  }

  #listen(): void {
    const socket = this.#socket
    socket.on('connect', () => {
      this.#isConnected = true
      this.#wake()
    })
    socket.on('data', (data: Buffer) => {
      this.#said += data.toString('latin1')
      if (this.#said.length > MOST_ANSWER_BYTES) this.#fail(new Fault('analyzer-failed', 'clamd talks without an end'))
      this.#wake()
    })
    socket.on('drain', () => this.#wake())
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#why ??= this.#isConnected ? lost(error) : unreachable(error)
    })
    socket.on('close', () => {
      this.#isClosed = true
      this.#forget()
      this.#wake()
    })
  }

  async #until(isDone: () => boolean, ms: number, late: Fault): Promise<void> {
    const cancel = this.#options.clock.after(ms, () => this.#fail(late))
    try {
      while (!isDone() && !this.#isClosed) await this.#changed.promise
    } finally {
      cancel()
    }
    if (!isDone() || this.#isClosed) throw this.#ending()
  }

  #fail(why: unknown): void {
    if (this.#isClosed) return
    this.#why ??= why
    this.#socket.destroy()
  }

  #wake(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }
}

function lost(error: NodeJS.ErrnoException): Fault {
  if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') {
    return new Fault('analyzer-failed', error.message, { cause: error })
  }
  const why = 'clamd hung up while it was sent a sample: it ended, or a limit was reached'
  return new HungUp('analyzer-failed', why, { cause: error })
}

const REMEDIES: Readonly<Record<string, string>> = {
  ENOENT: 'no such socket: is clamd running, and is this the LocalSocket of its clamd.conf?',
  ECONNREFUSED: 'nobody listens there: is clamd running and has it loaded its signatures?',
  EACCES: "permission denied: add the filter's user to the group of the socket (LocalSocketGroup in clamd.conf)",
  ENOTFOUND: 'the name of the host is not known',
  EAI_AGAIN: 'the name of the host cannot be looked up now',
  EHOSTUNREACH: 'the host cannot be reached',
  ETIMEDOUT: 'the host does not answer',
}

function unreachable(error: NodeJS.ErrnoException): Fault {
  return new Fault('analyzer-unavailable', REMEDIES[error.code ?? ''] ?? error.message, { cause: error })
}
