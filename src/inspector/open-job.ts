/** One sample on its way to be opened, from the client's side. */
import type { Fault } from '../core/index.ts'
import { type Limit, NO_CONTENT } from '../core/index.ts'
import type { Connection, ConnectionJob, Connections } from './connection.ts'
import { frame, GarbageError } from './frame.ts'
import { abortFault } from './inspection.ts'
import { decodeEnding, decodeFound, decodeTree, FRAME, jobOf, RESULT_BYTES } from './protocol.ts'
import { faultOf } from './sample-bytes.ts'
import type { Opening, SampleTree } from './tree.ts'
import { Upload } from './upload.ts'

/** Sends a sample and takes what is within it; what a limit ended as a whole is a tree with that limit and what was found before. */
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

/** What is known of a sample when a limit ended its opening from outside: the members that were found before. */
function cutTree(limit: Limit, size: number, found: readonly Buffer[]): SampleTree {
  const root = { formats: [], anomalies: [], limit, isEncrypted: false, openedBy: '' }
  return { sample: { ...NO_CONTENT, size }, root, members: found.flatMap(decodeFound), limit }
}

class OpenJob implements ConnectionJob {
  readonly tree: Promise<SampleTree>
  readonly #connections: Connections
  readonly #connection: Connection
  readonly #number: number
  #resolve: (tree: SampleTree) => void = () => {}
  #reject: (error: Error) => void = () => {}
  readonly #upload: Upload
  readonly #found: Buffer[] = []
  #foundBytes = 0

  constructor(connections: Connections, opening: Opening) {
    this.#connections = connections
    this.tree = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.#connection = connections.open(this)
    this.#number = this.#connection.number
    this.#upload = new Upload(this.#connection)
    this.#connection.write(frame(FRAME.open, this.#number, JSON.stringify(opening)))
  }

  send(sample: AsyncIterable<Uint8Array>): Promise<void> {
    return this.#upload.send(sample)
  }

  take(type: number, raw: Buffer): void {
    if (jobOf(raw) !== this.#number) throw new GarbageError('an answer to another job')
    if (type === FRAME.fault) {
      const ending = decodeEnding(raw)
      this.#end(this.#upload.isSent)
      if ('limit' in ending) this.#resolve(cutTree(ending.limit, this.#upload.bytes, this.#found))
      else this.#reject(faultOf(ending))
    } else if (type === FRAME.found && this.#upload.isSent && this.#foundBytes <= RESULT_BYTES) {
      this.#foundBytes += raw.length
      // The frame is part of a larger buffer, which is used again.
      this.#found.push(Buffer.from(raw))
    } else if (type === FRAME.result && this.#upload.isSent) {
      const tree = decodeTree(raw, this.#upload.bytes)
      this.#end(true)
      this.#resolve(tree)
    } else throw new GarbageError('an answer out of order')
  }

  writable(): void {
    this.#upload.writable()
  }

  lost(fault: Fault): void {
    this.fail(fault)
  }

  fail(error: Error): void {
    if (this.#upload.isStopped) return
    this.#end(false)
    this.#reject(error)
  }

  /** A connection on which bytes are still to come cannot serve another job. */
  #end(mayKeep: boolean): void {
    this.#upload.stop()
    if (mayKeep) this.#connections.close(this.#connection)
    else this.#connection.destroy()
  }
}
