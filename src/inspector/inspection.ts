/** One message on its way to a parser process, from the client's side. */
import { Fault, type Limit, type Reading } from '../core/index.ts'
import type { Connection, ConnectionJob, Connections } from './connection.ts'
import { GarbageError, HEAD_BYTES, writeHead } from './frame.ts'
import { type Inspection, unscannableReading, type WantedReading } from './inspector.ts'
import { DATA_BYTES, decodeEnding, decodeReading, type Ending, FRAME, jobOf, WANTS_HEADER } from './protocol.ts'
import type { Turn } from './turns.ts'

/** The job, and what is wanted. */
const REQUEST_BYTES = 5
const OPENING_BYTES = HEAD_BYTES + REQUEST_BYTES
/** Room for a small message whole: with its request and its end it leaves in one write. */
const FIRST_BYTES = 16 * 1024
/** A piece of the message from this size on is sent as it is. */
const DIRECT_BYTES = 16 * 1024
const NOTHING = Buffer.alloc(0)

/**
 * Bytes are copied into frames as they come, the first when they are sent. Nothing is sent, and no process is taken, before the first buffer is full or
 * the message is whole: a client that is slow to send its first bytes occupies nobody. What is whole by then waits for its turn.
 */
export class MessageInspection implements Inspection, ConnectionJob, Turn {
  readonly #connections: Connections
  readonly #signal: AbortSignal | undefined
  readonly #maxBytes: number
  #onAbort: (() => void) | undefined
  readonly #reading: Promise<Reading>
  #resolve: (reading: Reading) => void = () => {}
  #reject: (fault: Fault) => void = () => {}
  #wake: (() => void) | undefined
  #connection: Connection | undefined
  #job = 0
  /** The first pieces as they came: whoever hands them over keeps them too, and a copy would double what waits. */
  #pieces: Uint8Array[] = []
  #buffer: Buffer = NOTHING
  #start = OPENING_BYTES
  #at = OPENING_BYTES + HEAD_BYTES
  #bytes = 0
  readonly #wantsHeader: boolean
  #isCut = false
  #isSent = false
  #isOver = false

  constructor(connections: Connections, maxBytes: number, signal?: AbortSignal, wanted?: WantedReading) {
    this.#wantsHeader = wanted?.header === true
    this.#connections = connections
    this.#maxBytes = maxBytes
    this.#signal = signal
    this.#reading = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    // Who never calls `finish` need not handle its rejection.
    this.#reading.catch(() => {})
    if (signal) this.#heed(signal)
  }

  #heed(signal: AbortSignal): void {
    const onAbort = () => this.#lose(abortFault(signal))
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
    this.#onAbort = onAbort
  }

  write(chunk: Uint8Array, isKept = false): boolean {
    if (this.#isOver || this.#isSent || this.#isCut) return true
    const room = this.#maxBytes - this.#bytes
    const end = Math.min(chunk.length, room)
    this.#isCut = chunk.length > room
    if (this.#keeps(chunk.subarray(0, end), isKept)) return true
    const direct = this.#sendDirectly(chunk, end)
    for (let from = direct; from < end; ) {
      if (this.#at === this.#buffer.length) this.#flush()
      const step = Math.min(end - from, this.#buffer.length - this.#at)
      this.#buffer.set(chunk.subarray(from, from + step), this.#at)
      this.#at += step
      from += step
    }
    this.#bytes += end
    return this.#connection === undefined || !this.#connection.isFull
  }

  /** Whether the piece is one of the first and kept by its writer, for which nothing is sent yet; else all of them are in the buffer now. */
  #keeps(piece: Uint8Array, isKept: boolean): boolean {
    const isFirst = this.#buffer === NOTHING
    if (isFirst && isKept && OPENING_BYTES + 2 * HEAD_BYTES + this.#bytes + piece.length <= FIRST_BYTES) {
      this.#pieces.push(piece)
      this.#bytes += piece.length
      return true
    }
    if (isFirst) this.#pour(FIRST_BYTES)
    return false
  }

  #pour(room: number): void {
    this.#buffer = Buffer.allocUnsafe(room)
    for (const piece of this.#pieces) {
      this.#buffer.set(piece, this.#at)
      this.#at += piece.length
    }
    this.#pieces = []
  }

  /** What fills a frame anyway needs no copy; returns how many of the bytes were sent. */
  #sendDirectly(chunk: Uint8Array, end: number): number {
    let sent = 0
    for (; end - sent >= DIRECT_BYTES; sent += DATA_BYTES) {
      const payload = chunk.subarray(sent, Math.min(end, sent + DATA_BYTES))
      if (this.#at > this.#start + HEAD_BYTES || this.#connection === undefined) this.#flush()
      const head = Buffer.allocUnsafe(HEAD_BYTES)
      writeHead(head, 0, FRAME.data, payload.length)
      this.#open().writeFrame(head, payload)
    }
    return Math.min(sent, end)
  }

  async drained(): Promise<void> {
    while (!this.#isOver && this.#connection?.isFull) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    if (this.#isOver) await this.#reading
  }

  finish(): Promise<Reading> {
    if (this.#isOver || this.#isSent) return this.#reading
    this.#isSent = true
    if (this.#connection) this.begin()
    else this.#connections.turns.enter('read', this)
    return this.#reading
  }

  /** Its end is sent, and before it what was not sent yet. */
  begin(): void {
    if (this.#buffer === NOTHING) this.#pour(OPENING_BYTES + 2 * HEAD_BYTES + this.#bytes)
    if (this.#at + HEAD_BYTES > this.#buffer.length) this.#flush()
    const from = this.#start === OPENING_BYTES ? 0 : this.#start
    if (this.#at > this.#start + HEAD_BYTES) this.#closeFrame()
    else this.#at = this.#start
    writeHead(this.#buffer, this.#at, FRAME.end, 0)
    const connection = this.#open()
    connection.write(this.#buffer.subarray(from, this.#at + HEAD_BYTES))
    this.#buffer = NOTHING
  }

  abort(fault?: Fault): void {
    if (!this.#isOver) this.#lose(fault ?? new Fault('shutting-down', 'the reading was given up'))
  }

  take(type: number, raw: Buffer): void {
    if (jobOf(raw) !== this.#job) throw new GarbageError('an answer to another job')
    if (type === FRAME.fault) {
      this.#fault(decodeEnding(raw))
    } else if (type === FRAME.result && this.#isSent) {
      const reading = decodeReading(raw, this.#bytes)
      this.#settle(this.#isCut ? { ...reading, unscannable: 'message-size' } : reading)
    } else {
      throw new GarbageError('an answer out of order')
    }
  }

  lost(fault: Fault): void {
    this.#lose(fault)
  }

  writable(): void {
    this.#wakeUp()
  }

  #wakeUp(): void {
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
  }

  #fault(ending: Ending): void {
    if ('cause' in ending) this.#lose(new Fault(ending.cause, ending.detail || undefined), this.#isSent)
    else this.#settle(unscannableReading(ending.limit satisfies Limit))
  }

  /** Sends what the buffer holds as one DATA frame, and takes the buffer again where the kernel took all. */
  #flush(): void {
    const connection = this.#open()
    const from = this.#start === OPENING_BYTES ? 0 : this.#start
    this.#closeFrame()
    connection.write(this.#buffer.subarray(from, this.#at))
    const mayReuse = connection.isFlushed && this.#buffer.length === HEAD_BYTES + DATA_BYTES
    if (!mayReuse) this.#buffer = Buffer.allocUnsafeSlow(HEAD_BYTES + DATA_BYTES)
    this.#start = 0
    this.#at = HEAD_BYTES
  }

  #closeFrame(): void {
    writeHead(this.#buffer, this.#start, FRAME.data, this.#at - this.#start - HEAD_BYTES)
  }

  /** The first bytes leave: from here on a connection is ours, and the buffer begins with the request. */
  #open(): Connection {
    if (this.#connection) return this.#connection
    const connection = this.#connections.open(this)
    this.#connection = connection
    this.#job = connection.number
    writeHead(this.#buffer, 0, FRAME.read, REQUEST_BYTES)
    this.#buffer.writeUInt32BE(this.#job, HEAD_BYTES)
    this.#buffer[OPENING_BYTES - 1] = this.#wantsHeader ? WANTS_HEADER : 0
    return connection
  }

  #settle(reading: Reading): void {
    this.#resolve(reading)
    this.#end(this.#isSent)
  }

  #lose(fault: Fault, mayKeep = false): void {
    if (this.#isOver) return
    this.#reject(fault)
    this.#end(mayKeep)
  }

  /** A connection on which bytes are still to come cannot serve another job. */
  #end(mayKeep: boolean): void {
    this.#isOver = true
    if (this.#onAbort) this.#signal?.removeEventListener('abort', this.#onAbort)
    this.#buffer = NOTHING
    this.#pieces = []
    const connection = this.#connection
    this.#connection = undefined
    if (connection && mayKeep) this.#connections.close(connection)
    else connection?.destroy()
    this.#connections.turns.leave('read', this)
    this.#wakeUp()
  }
}

/** What an aborted wait is rejected with: the reason that was given where it is a fault, else the deadline. */
export function abortFault(signal: AbortSignal): Fault {
  return signal.reason instanceof Fault ? signal.reason : new Fault('deadline', undefined, { cause: signal.reason })
}
