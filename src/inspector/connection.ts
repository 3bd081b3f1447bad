/** A client's connections to the supervisor: one job at a time on each, kept open for the next. */
import { connect, type Socket } from 'node:net'
import { Fault } from '../core/index.ts'
import { FrameReader, GarbageError } from './frame.ts'
import { REPLY_CAPS } from './protocol.ts'
import type { Turns } from './turns.ts'

/** Bytes that may wait for the socket before a writer is asked to wait. */
const HIGH_BYTES = 256 * 1024
/** Idle connections that are kept. */
const KEPT = 64

/** The job that a connection works for. Each call of `lost` and every thrown `GarbageError` ends the connection. */
export interface ConnectionJob {
  take(type: number, raw: Buffer): void
  writable(): void
  lost(fault: Fault): void
}

export class Connection {
  job: ConnectionJob | undefined
  /** Counts the jobs of this connection; answers carry it. */
  number = 0
  readonly #socket: Socket
  readonly #reader: FrameReader
  readonly #noteTaken = (error?: Error | null) => {
    if (!error) this.#isTaken = true
  }
  /** Whether the kernel took bytes of the job for the other side: before that nobody there can have lost it. */
  #isTaken = false
  #isOurs = false

  constructor(path: string, onClose: (connection: Connection, isOurs: boolean) => void) {
    this.#reader = new FrameReader(REPLY_CAPS, (type, raw) => this.#take(type, raw))
    this.#socket = connect({ path })
    this.#socket.on('data', (chunk: Buffer) => this.#feed(chunk))
    this.#socket.on('drain', () => this.job?.writable())
    this.#socket.on('error', () => {})
    this.#socket.on('close', () => {
      onClose(this, this.#isOurs)
      this.#lose(new Fault(this.#isTaken ? 'inspector-crashed' : 'inspector-unavailable'))
    })
  }

  /** Begins the next job. */
  begin(job: ConnectionJob): void {
    this.hold(true)
    this.number = (this.number + 1) >>> 0
    this.#isTaken = false
    this.job = job
  }

  /** Sends bytes, which must not be changed before `isFlushed`. */
  write(bytes: Buffer): void {
    if (this.#isTaken) this.#socket.write(bytes)
    else this.#socket.write(bytes, this.#noteTaken)
  }

  /** Sends the head of a frame and its payload, neither of which must be changed afterwards, without a copy. */
  writeFrame(head: Buffer, payload: Uint8Array): void {
    this.#socket.cork()
    this.write(head)
    this.#socket.write(payload)
    this.#socket.uncork()
  }

  /** Whether everything was handed to the kernel. */
  get isFlushed(): boolean {
    return this.#socket.writableLength === 0
  }

  get isFull(): boolean {
    return this.#socket.writableLength >= HIGH_BYTES
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  /** Whether the connection lets the process end. */
  hold(yes: boolean): void {
    if (yes) this.#socket.ref()
    else this.#socket.unref()
  }

  destroy(): void {
    this.#isOurs = true
    this.job = undefined
    this.#reader.stop()
    this.#socket.destroy()
  }

  #feed(chunk: Buffer): void {
    try {
      this.#reader.feed(chunk)
    } catch (error) {
      if (!(error instanceof GarbageError)) throw error
      this.#lose(new Fault('inspector-garbage', error.message))
    }
  }

  #take(type: number, raw: Buffer): void {
    if (this.job === undefined) throw new GarbageError('an answer without a job')
    this.job.take(type, raw)
  }

  #lose(fault: Fault): void {
    const job = this.job
    this.destroy()
    job?.lost(fault)
  }
}

/** The connections to one supervisor. */
export class Connections {
  readonly turns: Turns
  readonly #path: string
  readonly #all = new Set<Connection>()
  readonly #idle: Connection[] = []

  constructor(path: string, turns: Turns) {
    this.#path = path
    this.turns = turns
  }

  /** A connection for one job; whether the supervisor can be reached, the job is told. */
  open(job: ConnectionJob): Connection {
    const connection = this.#idle.pop() ?? this.#connect()
    connection.begin(job)
    return connection
  }

  /** The job ended in order: its connection serves the next. */
  close(connection: Connection): void {
    connection.job = undefined
    connection.resume()
    connection.hold(false)
    if (this.#all.has(connection) && this.#idle.length < KEPT) this.#idle.push(connection)
    else connection.destroy()
  }

  /** Ends all; the jobs in work are told so. */
  destroy(): void {
    this.turns.end(new Fault('shutting-down'))
    this.#idle.length = 0
    for (const connection of [...this.#all]) {
      const { job } = connection
      connection.destroy()
      job?.lost(new Fault('shutting-down'))
    }
  }

  #connect(): Connection {
    const connection = new Connection(this.#path, (closed, isOurs) => {
      this.#all.delete(closed)
      // A supervisor that closes one has died: the others are as dead, though we may not have been told yet.
      if (!isOurs) for (const idle of this.#idle.splice(0)) idle.destroy()
    })
    this.#all.add(connection)
    return connection
  }
}
