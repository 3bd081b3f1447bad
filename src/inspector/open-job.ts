/** One sample on its way to be opened, from the client's side. */
import type { Fault } from '../core/index.ts'
import { type Limit, NO_CONTENT } from '../core/index.ts'
import type { Connection, ConnectionJob, Connections } from './connection.ts'
import { frame, GarbageError } from './frame.ts'
import { abortFault } from './inspection.ts'
import { DATA_BYTES, decodeEnding, decodeTree, FRAME, jobOf } from './protocol.ts'
import { faultOf } from './sample-bytes.ts'
import type { Opening, SampleTree } from './tree.ts'

/** Sends a sample and takes what is within it; what a limit ended as a whole is a tree with nothing but that limit. */
export async function openSample(
  connections: Connections,
  sample: AsyncIterable<Uint8Array>,
  opening: Opening,
  signal: AbortSignal,
): Promise<SampleTree> {
  if (signal.aborted) throw abortFault(signal)
  const job = new OpenJob(connections, opening)
  const abort = () => job.lost(abortFault(signal))
  signal.addEventListener('abort', abort, { once: true })
  try {
    job.send(sample).catch((error: unknown) => job.fail(error instanceof Error ? error : new Error(String(error))))
    return await job.tree
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

function unopenedTree(limit: Limit, size: number): SampleTree {
  const root = { formats: [], anomalies: [], limit, isEncrypted: false, openedBy: '' }
  return { sample: { ...NO_CONTENT, size }, root, members: [], limit }
}

class OpenJob implements ConnectionJob {
  readonly tree: Promise<SampleTree>
  readonly #connections: Connections
  readonly #connection: Connection
  readonly #number: number
  #resolve: (tree: SampleTree) => void = () => {}
  #reject: (error: Error) => void = () => {}
  #wake: (() => void) | undefined
  #bytes = 0
  #isSent = false
  #isOver = false

  constructor(connections: Connections, opening: Opening) {
    this.#connections = connections
    this.tree = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.#connection = connections.open(this)
    this.#number = this.#connection.number
    this.#connection.write(frame(FRAME.open, this.#number, JSON.stringify(opening)))
  }

  /** Copies every chunk, because its owner may use it again. */
  async send(sample: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const chunk of sample) {
      for (let at = 0; at < chunk.length; at += DATA_BYTES) {
        if (this.#isOver) return
        this.#connection.write(frame(FRAME.data, undefined, chunk.subarray(at, at + DATA_BYTES)))
        while (this.#connection.isFull && !this.#isOver) await this.#writable()
      }
      this.#bytes += chunk.length
    }
    if (this.#isOver) return
    this.#connection.write(frame(FRAME.end))
    this.#isSent = true
  }

  take(type: number, raw: Buffer): void {
    if (jobOf(raw) !== this.#number) throw new GarbageError('an answer to another job')
    if (type === FRAME.fault) {
      const ending = decodeEnding(raw)
      this.#end(this.#isSent)
      if ('limit' in ending) this.#resolve(unopenedTree(ending.limit, this.#bytes))
      else this.#reject(faultOf(raw))
    } else if (type === FRAME.result && this.#isSent) {
      const tree = decodeTree(raw, this.#bytes)
      this.#end(true)
      this.#resolve(tree)
    } else throw new GarbageError('an answer out of order')
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
    if (this.#isOver) return
    this.#end(false)
    this.#reject(error)
  }

  /** A connection on which bytes are still to come cannot serve another job. */
  #end(mayKeep: boolean): void {
    this.#isOver = true
    if (mayKeep) this.#connections.close(this.#connection)
    else this.#connection.destroy()
    this.writable()
  }

  #writable(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}
