/** One sample of a message streamed again, from the client's side. */
import { Fault } from '../core/index.ts'
import type { Connection, ConnectionJob, Connections } from './connection.ts'
import { frame, GarbageError } from './frame.ts'
import { abortFault } from './inspection.ts'
import { bodyOf, DATA_BYTES, decodeEnding, FRAME, jobOf } from './protocol.ts'
import { ByteQueue } from './queue.ts'

/** Sends the message, takes the sample, both at the pace of the slower; leaving the iteration early frees the process. */
export async function* streamSample(
  connections: Connections,
  message: AsyncIterable<Uint8Array>,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (signal.aborted) throw abortFault(signal)
  const job = new SampleJob(connections, path)
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
  #wake: (() => void) | undefined
  #isSent = false
  #isDone = false
  #isLeft = false

  constructor(connections: Connections, path: string) {
    this.#connections = connections
    this.#connection = connections.open(this)
    this.#number = this.#connection.number
    this.samples = new ByteQueue(this.#connection)
    this.#connection.write(frame(FRAME.bytes, this.#number, path))
  }

  /** Copies every chunk, because its owner may use it again. */
  async send(message: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const chunk of message) {
      for (let at = 0; at < chunk.length; at += DATA_BYTES) {
        if (this.#isLeft) return
        this.#connection.write(frame(FRAME.data, undefined, chunk.subarray(at, at + DATA_BYTES)))
        while (this.#connection.isFull && !this.#isLeft) await this.#writable()
      }
    }
    if (this.#isLeft) return
    this.#connection.write(frame(FRAME.end))
    this.#isSent = true
  }

  take(type: number, raw: Buffer): void {
    if (jobOf(raw) !== this.#number) throw new GarbageError('an answer to another job')
    if (type === FRAME.chunk) this.samples.push(bodyOf(raw))
    else if (type === FRAME.fault) this.fail(faultOf(raw))
    else if (type === FRAME.done && this.#isSent) this.#done()
    else throw new GarbageError('an answer out of order')
  }

  writable(): void {
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
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
    if (this.#isLeft) return
    this.#isLeft = true
    if (this.#isDone) this.#connections.close(this.#connection)
    else this.#connection.destroy()
    this.writable()
  }

  #done(): void {
    this.#isDone = true
    this.samples.end()
    this.leave()
  }

  #writable(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}

/** The error that a FAULT means for who wants the bytes or members of a sample. */
export function faultOf(raw: Buffer): Fault {
  const ending = decodeEnding(raw)
  if ('cause' in ending) return new Fault(ending.cause, ending.detail || undefined)
  return new Fault('inspector-crashed', `the sample could not be read again: ${ending.limit} ${ending.detail}`)
}
