/** One sample of a message streamed again, from the client's side. */
import { Fault } from '../core/index.ts'
import type { Connection, ConnectionJob, Connections } from './connection.ts'
import { frame, GarbageError } from './frame.ts'
import { abortFault } from './inspection.ts'
import { bodyOf, decodeEnding, type Ending, encodeWanted, FRAME, jobOf, type WantedBytes } from './protocol.ts'
import { ByteQueue } from './queue.ts'
import { Upload } from './upload.ts'

/** Sends the message, takes the sample, both at the pace of the slower; leaving the iteration early frees the process. */
export async function* streamSample(
  connections: Connections,
  message: AsyncIterable<Uint8Array>,
  wanted: WantedBytes,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (signal.aborted) throw abortFault(signal)
  const job = new SampleJob(connections, wanted)
  const abort = () => job.lost(abortFault(signal))
  signal.addEventListener('abort', abort, { once: true })
  job.send(message).catch((error: unknown) => job.fail(error instanceof Error ? error : new Error(String(error))))
  try {
    yield* job.samples
  } finally {
    signal.removeEventListener('abort', abort)
    job.leave()
  }
}

class SampleJob implements ConnectionJob {
  readonly samples: ByteQueue
  readonly #connections: Connections
  readonly #connection: Connection
  readonly #number: number
  readonly #upload: Upload
  #isDone = false

  constructor(connections: Connections, wanted: WantedBytes) {
    this.#connections = connections
    this.#connection = connections.open(this)
    this.#number = this.#connection.number
    this.#upload = new Upload(this.#connection)
    this.samples = new ByteQueue(this.#connection)
    this.#connection.write(frame(FRAME.bytes, this.#number, encodeWanted(wanted)))
  }

  send(message: AsyncIterable<Uint8Array>): Promise<void> {
    return this.#upload.send(message)
  }

  take(type: number, raw: Buffer): void {
    if (jobOf(raw) !== this.#number) throw new GarbageError('an answer to another job')
    if (type === FRAME.chunk) this.samples.push(bodyOf(raw))
    else if (type === FRAME.fault) this.fail(faultOf(decodeEnding(raw)))
    else if (type === FRAME.done && this.#upload.isSent) this.#done()
    else throw new GarbageError('an answer out of order')
  }

  writable(): void {
    this.#upload.writable()
  }

  lost(fault: Fault): void {
    this.fail(fault)
  }

  fail(error: Error): void {
    this.samples.fail(error)
    this.leave()
  }

  /** Gives the connection back, or ends it where the job is not done. */
  leave(): void {
    if (this.#upload.isStopped) return
    this.#upload.stop()
    if (this.#isDone) this.#connections.close(this.#connection)
    else this.#connection.destroy()
  }

  #done(): void {
    this.#isDone = true
    this.samples.end()
    this.leave()
  }
}

/** The error that a FAULT means for who wants the bytes or members of a sample. */
export function faultOf(ending: Ending): Fault {
  if ('cause' in ending) return new Fault(ending.cause, ending.detail || undefined)
  return new Fault('inspector-crashed', `the sample could not be read again: ${ending.limit} ${ending.detail}`)
}
