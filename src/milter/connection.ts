// One socket of an MTA and the engine behind it: bytes are read into frames, frames are taken one after the other while
// no hook is being waited for, and what the engine sends leaves in one write per batch.
import type { Socket } from 'node:net'
import { SMFIC } from './constants.ts'
import type { CloseReason } from './end-reason.ts'
import { Engine } from './engine.ts'
import { type Frame, FrameReader, type Violation } from './frame-reader.ts'
import type { Settings } from './options.ts'
import type { Host, Port } from './port.ts'

// Before the options are agreed on nothing but a 13-byte frame is expected.
const MAX_FIRST_FRAME = 1024
// While a hook is waited for, an MTA that need not wait for replies sends on: this much is taken, then TCP holds it back.
const MAX_QUEUED_FRAMES = 256
const MAX_QUEUED_BYTES = 256 * 1024

// What an abort makes pointless when it is already behind them.
const MESSAGE_COMMANDS: ReadonlySet<number> = new Set([
  SMFIC.RCPT,
  SMFIC.DATA,
  SMFIC.HEADER,
  SMFIC.EOH,
  SMFIC.BODY,
  SMFIC.BODYEOB,
])

/** One connection of an MTA. */
export class Connection<S, T> implements Port {
  readonly #socket: Socket
  readonly #settings: Settings<S, T>
  readonly #reader = new FrameReader(MAX_FIRST_FRAME)
  readonly #engine: Engine<S, T>
  readonly #openedAt: number
  #activeAt: number
  #frameSince: number | undefined
  #blockedSince: number | undefined
  #queue: Frame[] = []
  #out: Uint8Array[] = []
  #isClosed = false
  #isPaused = false

  constructor(socket: Socket, settings: Settings<S, T>, host: Host, onClosed: (connection: Connection<S, T>) => void) {
    this.#socket = socket
    this.#settings = settings
    this.#openedAt = settings.clock.now()
    this.#activeAt = this.#openedAt
    this.#engine = new Engine(settings, host, this)
    socket.on('data', (chunk: Buffer) => this.#received(chunk))
    socket.on('end', () => this.#ended())
    socket.on('drain', () => this.#drained())
    socket.on('error', (error) => this.#failed(error))
    socket.on('close', () => {
      this.close('eof')
      onClosed(this)
    })
  }

  /** Whether a message is open. */
  get isInMessage(): boolean {
    return this.#engine.talk.isMessageOpen
  }

  send(frame: Uint8Array): void {
    this.#out.push(frame)
  }

  flush(): void {
    const out = this.#out
    const [first] = out
    if (first === undefined || this.#socket.destroyed) return
    this.#out = []
    let isTaken = true
    if (out.length === 1) {
      isTaken = this.#socket.write(first)
    } else {
      this.#socket.cork()
      for (const frame of out) isTaken = this.#socket.write(frame)
      this.#socket.uncork()
    }
    if (!isTaken) this.#blockedSince = this.#settings.clock.now()
  }

  resume(): void {
    this.#run()
  }

  allow(maxLength: number, divisible: number | undefined): void {
    this.#reader.maxLength = maxLength
    this.#reader.divisible = divisible
  }

  close(reason: CloseReason): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#queue = []
    this.#engine.lost(reason)
    this.flush()
    this.#socket.destroySoon()
  }

  /** Ends it without waiting for anything. */
  destroy(): void {
    this.close('forced')
    this.#socket.destroy()
  }

  /** Looks at the clock; called by the server every now and then. */
  check(now: number): void {
    const which = this.#overdue(now)
    if (which === undefined) return
    if (!this.#isClosed) this.#engine.talk.report({ type: 'timeout', session: this.#engine.talk.session, which })
    this.close('timeout')
    this.#socket.destroy()
  }

  #overdue(now: number): 'negotiate' | 'idle' | 'frame' | 'write' | undefined {
    const { timeouts } = this.#settings
    const isOver = (since: number | undefined, ms: number) => since !== undefined && now - since >= ms
    if (isOver(this.#blockedSince, timeouts.writeMs) || this.#isClosed) return 'write'
    if (!this.#engine.isNegotiated && isOver(this.#openedAt, timeouts.negotiateMs)) return 'negotiate'
    if (this.#engine.talk.isHeld) return undefined
    if (isOver(this.#frameSince, timeouts.frameMs)) return 'frame'
    return isOver(this.#activeAt, timeouts.idleMs) ? 'idle' : undefined
  }

  #received(chunk: Buffer): void {
    if (this.#isClosed) return
    this.#activeAt = this.#settings.clock.now()
    this.#reader.push(chunk)
    this.#run()
  }

  #run(): void {
    if (this.#engine.talk.isHeld) this.#lookAhead()
    while (!this.#isClosed && !this.#engine.talk.isHeld && this.#blockedSince === undefined) {
      const frame = this.#queue.shift() ?? this.#reader.next()
      if (frame === undefined) break
      if (frame.kind === 'violation') this.#violated(frame)
      else this.#engine.take(frame)
      if (this.#engine.talk.isHeld) this.#lookAhead()
    }
    if (this.#isClosed) return
    this.flush()
    this.#measure()
  }

  /** While a hook is waited for: an abort or quit that is already here means that nobody waits for its answer. */
  #lookAhead(): void {
    while (this.#queue.length < MAX_QUEUED_FRAMES && this.#reader.bufferedBytes > 0) {
      const frame = this.#reader.next()
      if (frame === undefined) return
      if (frame.kind === 'violation') {
        this.#violated(frame)
        return
      }
      this.#queue.push(frame)
      const { command } = frame
      const isOver =
        command === SMFIC.QUIT ||
        command === SMFIC.QUIT_NC ||
        (command === SMFIC.ABORT && this.#engine.talk.isMessageHeld)
      if (!isOver) continue
      this.#engine.talk.cancelHold()
      this.#queue = this.#queue.filter((queued) => !MESSAGE_COMMANDS.has(queued.command))
      return
    }
  }

  /** Takes note of a frame that stays unfinished, and of how much waits to be taken. */
  #measure(): void {
    if (!this.#reader.hasPartialFrame) this.#frameSince = undefined
    else this.#frameSince ??= this.#activeAt
    const isFull = this.#queue.length >= MAX_QUEUED_FRAMES || this.#queuedBytes() >= MAX_QUEUED_BYTES
    const mustPause = this.#blockedSince !== undefined || (this.#engine.talk.isHeld && isFull)
    if (mustPause === this.#isPaused) return
    this.#isPaused = mustPause
    if (mustPause) this.#socket.pause()
    else this.#socket.resume()
  }

  #queuedBytes(): number {
    if (!this.#engine.talk.isHeld) return 0
    return this.#queue.reduce((sum, frame) => sum + frame.payload.length, this.#reader.bufferedBytes)
  }

  #drained(): void {
    this.#blockedSince = undefined
    if (!this.#isClosed) this.#run()
  }

  /** An MTA that sends no more can be told nothing more: it is gone, whatever it still reads. */
  #ended(): void {
    const cut = this.#isClosed ? undefined : this.#reader.end()
    if (cut !== undefined && !this.#engine.talk.isHeld) this.#violated(cut)
    else this.close('eof')
  }

  #violated({ violation, length, limit }: Violation): void {
    const detail = `length ${length}, allowed are 1 to ${limit}`
    this.#engine.talk.report({ type: 'violation', session: this.#engine.talk.session, violation, detail })
    this.close('violation')
  }

  #failed(error: Error): void {
    this.#engine.talk.report({ type: 'socket-error', session: this.#engine.talk.session, error })
    this.close('socket-error')
  }
}
