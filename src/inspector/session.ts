/** One client connection of the supervisor: its job waits for a process, then its frames are passed on, both ways. */
import type { Socket } from 'node:net'
import type { OnEvent } from './events.ts'
import { FrameReader, frame, GarbageError, HEAD_BYTES } from './frame.ts'
import type { InspectorState } from './inspector.ts'
import type { JobOwner, ParserProcess } from './parser-process.ts'
import type { Pool, Waiter } from './pool.ts'
import { decodeOpening, type Ending, FRAME, jobOf, REQUEST_CAPS } from './protocol.ts'

/** A message waits for a process when it is whole or this much of it is there; before that it is nobody's business. */
const HIGH_BYTES = 256 * 1024

export interface SessionDeps {
  readonly pool: Pool
  readonly state: () => InspectorState
  readonly onEvent: OnEvent
}

/**
 * idle → gathering (READ, BYTES or OPEN came) → waiting (the message is whole, or a quarter of a megabyte is there) → running (a process has the job) → idle (answered after END), or → over (a fault
 * before END: what the client still sends is dropped until it closes).
 */
export class Session implements JobOwner, Waiter {
  readonly #socket: Socket
  readonly #deps: SessionDeps
  readonly #reader: FrameReader
  #phase: 'idle' | 'gathering' | 'waiting' | 'running' | 'over' = 'idle'
  #opening: Buffer = Buffer.alloc(0)
  #held: Buffer[] = []
  #heldBytes = 0
  #clientJob = 0
  #isEnded = false
  #process: ParserProcess | undefined

  constructor(socket: Socket, deps: SessionDeps) {
    this.#socket = socket
    this.#deps = deps
    this.#reader = new FrameReader(REQUEST_CAPS, (type, raw) => this.#take(type, raw))
    socket.on('data', (chunk: Buffer) => this.#feed(chunk))
    socket.on('drain', () => this.#process?.resumeAnswers())
    socket.on('error', () => {})
    socket.on('close', () => this.#closed())
  }

  /** The supervisor stops: whoever waits is told so. */
  stop(): void {
    if (this.#phase !== 'idle' && this.#phase !== 'over') {
      this.#fault({ cause: 'shutting-down', detail: 'the inspector is stopping' })
    }
    this.#closed()
    this.#socket.destroySoon()
  }

  get wholeBytes(): number | undefined {
    return this.#isEnded ? this.#heldBytes : undefined
  }

  begin(process: ParserProcess): void {
    this.#process = process
    this.#phase = 'running'
    const held = this.#held
    this.#held = []
    process.cork(() => {
      process.begin(this, this.#opening)
      for (const raw of held) process.send(raw[HEAD_BYTES - 1] as number, raw)
    })
    this.#socket.resume()
  }

  answer(raw: Buffer): boolean {
    raw.writeUInt32BE(this.#clientJob, HEAD_BYTES)
    this.#socket.write(raw)
    return this.#socket.writableLength < HIGH_BYTES
  }

  over(ending?: Ending): void {
    this.#process = undefined
    if (ending) this.#fault(ending)
    else this.#phase = 'idle'
    this.#socket.resume()
  }

  drained(): void {
    this.#socket.resume()
  }

  #feed(chunk: Buffer): void {
    if (this.#phase === 'over') return
    try {
      this.#reader.feed(chunk)
      if (this.#phase === 'gathering' && (this.#isEnded || this.#heldBytes >= HIGH_BYTES)) this.#enter()
    } catch (error) {
      const detail = error instanceof GarbageError ? error.message : String(error)
      this.#deps.onEvent({ kind: 'garbage', level: 'warn', pid: 0, detail: `a client: ${detail}` })
      this.#socket.destroy()
    }
  }

  #take(type: number, raw: Buffer): void {
    switch (type) {
      case FRAME.data:
      case FRAME.end:
        this.#pass(type, raw)
        return
      case FRAME.read:
      case FRAME.bytes:
      case FRAME.open:
        this.#open(type, raw)
        return
      case FRAME.state:
        this.#expectIdle()
        this.#socket.write(frame(FRAME.status, undefined, JSON.stringify(this.#deps.state())))
        return
      default:
        this.#expectIdle()
        this.#clientJob = jobOf(raw)
        this.#fault({ cause: 'internal', detail: 'this inspector cannot do that yet' })
    }
  }

  #open(type: number, raw: Buffer): void {
    this.#expectIdle()
    // What a client says must not end a process.
    if (type === FRAME.open) decodeOpening(raw)
    this.#clientJob = jobOf(raw)
    this.#opening = raw
    this.#heldBytes = 0
    this.#isEnded = false
    this.#phase = 'gathering'
  }

  #enter(): void {
    this.#phase = 'waiting'
    if (!this.#isEnded) this.#socket.pause()
    // `begin` lets it go on, and so does the fault.
    if (this.#deps.pool.enter(this)) return
    this.#socket.resume()
    this.#deps.onEvent({
      kind: 'refused',
      level: 'warn',
      pid: 0,
      detail: 'more messages wait than inspector.queue allows',
    })
    this.#fault({ cause: 'overloaded', detail: 'more messages wait for a parser process than may' })
  }

  #pass(type: number, raw: Buffer): void {
    if (this.#phase === 'over') return
    if (this.#isEnded || this.#phase === 'idle') throw new GarbageError('bytes without a job')
    this.#isEnded = type === FRAME.end
    if (this.#phase !== 'running') {
      this.#held.push(raw)
      this.#heldBytes += raw.length
    } else if (this.#process?.send(type, raw) === false) {
      this.#socket.pause()
    }
  }

  #expectIdle(): void {
    if (this.#phase !== 'idle') throw new GarbageError('a request within a job')
  }

  #fault(ending: Ending): void {
    this.#socket.write(frame(FRAME.fault, this.#clientJob, JSON.stringify(ending)))
    this.#phase = this.#isEnded ? 'idle' : 'over'
    this.#held = []
  }

  #closed(): void {
    if (this.#phase === 'waiting') this.#deps.pool.leave(this)
    this.#phase = 'over'
    this.#reader.stop()
    this.#held = []
    const process = this.#process
    this.#process = undefined
    process?.release()
  }
}
