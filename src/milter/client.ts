// The MTA's end of the wire, for tests: it sends what it is told, right or wrong, cut as it is told, and gives back the
// filter's frames. What a given MTA would send is in fake-postfix.ts.
import { connect, type NetConnectOpts, type Socket } from 'node:net'
import { ALL_ACTIONS, ALL_PROTOCOL, PROTOCOL_VERSION, SMFIC } from './constants.ts'
import { decodeOptions } from './decode.ts'
import { encodeFrame, encodeOptions, type OptionNegotiation } from './encode.ts'
import { type Frame, FrameReader } from './frame-reader.ts'
import { type MtaReply, ReplyCollector } from './mta-reply.ts'

/** Where a filter listens; what `server.address()` gives fits too. */
export type FilterAddress =
  | { readonly port: number; readonly host?: string; readonly address?: string }
  | { readonly path: string }
  | string
  | null

/** How a client behaves. */
export interface MilterClientOptions {
  /** Cuts what is sent; each piece is written by itself. Default: one piece. */
  readonly cut?: (bytes: Buffer) => readonly Buffer[]
  /** How long to wait for a frame of the filter. */
  readonly timeoutMs?: number
}

/** Postfix takes replies up to 1 GiB; so much is more than any test needs. */
const MAX_REPLY_FRAME = 64 * 1024 * 1024
const DEFAULT_TIMEOUT_MS = 20_000

/** The MTA's end of one connection. */
export class MilterClient {
  readonly #socket: Socket
  readonly #options: MilterClientOptions
  readonly #reader = new FrameReader(MAX_REPLY_FRAME)
  #waiting: (() => void) | undefined
  #isEnded = false
  #failure: string | undefined

  /** Takes over a connected socket; use `MilterClient.connect`. */
  constructor(socket: Socket, options: MilterClientOptions = {}) {
    this.#socket = socket
    this.#options = options
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => {
      this.#reader.push(chunk)
      this.#wake()
    })
    socket.on('error', () => this.#end())
    socket.on('end', () => this.#end())
    socket.on('close', () => this.#end())
  }

  /** Connects to a filter. */
  static connect(address: FilterAddress, options: MilterClientOptions = {}): Promise<MilterClient> {
    return new Promise((resolve, reject) => {
      const socket = connect(connectOptions(address))
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.off('error', reject)
        resolve(new MilterClient(socket, options))
      })
    })
  }

  /** Whether the filter has closed the connection and everything it sent was received. */
  get isEnded(): boolean {
    return this.#isEnded
  }

  /** Why `receive` gave nothing: `closed`, `timeout`, or what was wrong with the bytes. */
  get failure(): string | undefined {
    return this.#failure
  }

  /** Sends bytes as they are, frames or not. */
  async send(...parts: readonly Uint8Array[]): Promise<void> {
    const bytes = Buffer.concat(parts)
    const pieces = this.#options.cut === undefined ? [bytes] : this.#options.cut(bytes)
    for (const piece of pieces) await this.#write(piece)
  }

  /** The filter's next frame; undefined when none came, see `failure`. */
  async receive(): Promise<Frame | undefined> {
    for (;;) {
      const frame = this.#reader.next()
      if (frame?.kind === 'frame') return frame
      if (frame !== undefined) return this.#fail(`${frame.violation} ${frame.length}`)
      if (this.#isEnded) return this.#fail('closed')
      if (!(await this.#arrival())) return this.#fail('timeout')
    }
  }

  /** Offers options and returns what the filter answered. */
  async negotiate(offer: Partial<OptionNegotiation> = {}): Promise<OptionNegotiation | undefined> {
    await this.send(
      encodeOptions({ version: PROTOCOL_VERSION, actions: ALL_ACTIONS, protocol: ALL_PROTOCOL, ...offer }),
    )
    const frame = await this.receive()
    return frame?.command === SMFIC.OPTNEG ? decodeOptions(frame.payload) : undefined
  }

  /** Collects frames up to a final reply. */
  async reply(): Promise<MtaReply> {
    const collector = new ReplyCollector()
    for (;;) {
      const frame = await this.receive()
      if (frame === undefined) return collector.failed(this.#failure ?? 'closed')
      const reply = collector.take(frame)
      if (reply !== undefined) return reply
    }
  }

  /** Sends frames and collects one final reply. */
  async ask(...frames: readonly Uint8Array[]): Promise<MtaReply> {
    await this.send(...frames)
    return this.reply()
  }

  /** Waits until the filter has closed the connection; says whether it did in time. */
  async closed(): Promise<boolean> {
    while (!this.#isEnded) if (!(await this.#arrival())) return false
    return true
  }

  /** Sends SMFIC_QUIT and closes. */
  async quit(): Promise<void> {
    await this.send(encodeFrame(SMFIC.QUIT))
    this.#socket.end()
  }

  /** Stops sending but goes on reading, as a half-open peer does. */
  half(): void {
    this.#socket.end()
  }

  /** Closes at once. */
  destroy(): void {
    this.#socket.destroy()
  }

  /** Closes with a reset. */
  reset(): void {
    this.#socket.resetAndDestroy()
  }

  /** Stops or starts reading, as a stalled peer does. */
  stall(isStalled: boolean): void {
    if (isStalled) this.#socket.pause()
    else this.#socket.resume()
  }

  #write(piece: Buffer): Promise<void> {
    return new Promise((resolve) => {
      if (this.#socket.destroyed || this.#socket.writableEnded) resolve()
      else this.#socket.write(piece, () => resolve())
    })
  }

  #arrival(): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), this.#options.timeoutMs ?? DEFAULT_TIMEOUT_MS)
      this.#waiting = () => {
        clearTimeout(timer)
        resolve(true)
      }
    })
  }

  #fail(failure: string): undefined {
    this.#failure = failure
    return undefined
  }

  #end(): void {
    this.#isEnded = true
    this.#wake()
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.()
  }
}

/** Cuts bytes into pieces of one size. */
export function piecesOf(size: number): (bytes: Buffer) => readonly Buffer[] {
  return (bytes) => {
    const pieces: Buffer[] = []
    for (let start = 0; start < bytes.length; start += size) pieces.push(bytes.subarray(start, start + size))
    return pieces
  }
}

function connectOptions(address: FilterAddress): NetConnectOpts {
  if (address === null) throw new Error('milter: the filter does not listen')
  if (typeof address === 'string') return { path: address }
  if ('path' in address) return { path: address.path }
  return { port: address.port, host: address.host ?? address.address ?? '127.0.0.1' }
}
