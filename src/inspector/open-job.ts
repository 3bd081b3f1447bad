/** One sample on its way to be opened, from the client's side. */
import type { Fault } from '../core/index.ts'
import { type Limit, NO_CONTENT } from '../core/index.ts'
import type { Connection, ConnectionJob, Connections } from './connection.ts'
import { frame, GarbageError } from './frame.ts'
import { abortFault } from './inspection.ts'
import { decodeEnding, decodeFound, decodeTree, FRAME, jobOf, RESULT_BYTES } from './protocol.ts'
import { faultOf } from './sample-bytes.ts'
import type { Opening, SampleTree } from './tree.ts'
import type { Turn } from './turns.ts'
import { Upload } from './upload.ts'

/** Sends a sample and takes what is within it; what a limit ended as a whole is a tree with that limit and what was found before. */
export async function openSample(
  connections: Connections,
  sample: AsyncIterable<Uint8Array>,
  opening: Opening,
  signal: AbortSignal,
): Promise<SampleTree> {
  if (signal.aborted) throw abortFault(signal)
  const { promise, resolve, reject } = Promise.withResolvers<SampleTree>()
  let job: OpenJob | undefined
  const turn: Turn = {
    begin: () => {
      const begun = new OpenJob(connections, opening, { resolve, reject })
      job = begun
      begun.send(sample).catch((error: unknown) => begun.fail(toError(error)))
    },
    lost: reject,
  }
  const abort = () => (job ?? turn).lost(abortFault(signal))
  signal.addEventListener('abort', abort, { once: true })
  try {
    connections.turns.enter('open', turn)
    return await promise
  } finally {
    signal.removeEventListener('abort', abort)
    connections.turns.leave('open', turn)
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}

/** Who waits for the tree. */
interface Awaiting {
  resolve(tree: SampleTree): void
  reject(error: Error): void
}

/** What is known of a sample when a limit ended its opening from outside: the members that were found before. */
function cutTree(limit: Limit, size: number, found: readonly Buffer[]): SampleTree {
  const root = { formats: [], anomalies: [], limit, isEncrypted: false, openedBy: '' }
  return { sample: { ...NO_CONTENT, size }, root, members: found.flatMap(decodeFound), limit }
}

class OpenJob implements ConnectionJob {
  readonly #awaiting: Awaiting
  readonly #connections: Connections
  readonly #connection: Connection
  readonly #number: number
  readonly #upload: Upload
  readonly #tellsPasswords: boolean
  readonly #found: Buffer[] = []
  #foundBytes = 0

  constructor(connections: Connections, opening: Opening, awaiting: Awaiting) {
    this.#connections = connections
    this.#awaiting = awaiting
    this.#tellsPasswords = opening.tellsPasswords === true
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
      if ('limit' in ending) this.#awaiting.resolve(cutTree(ending.limit, this.#upload.bytes, this.#found))
      else this.#awaiting.reject(faultOf(ending))
    } else if (type === FRAME.found && this.#upload.isSent && this.#foundBytes <= RESULT_BYTES) {
      this.#foundBytes += raw.length
      // The frame is part of a larger buffer, which is used again.
      this.#found.push(Buffer.from(raw))
    } else if (type === FRAME.result && this.#upload.isSent) {
      const tree = decodeTree(raw, this.#upload.bytes, this.#tellsPasswords)
      this.#end(true)
      this.#awaiting.resolve(tree)
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
    this.#awaiting.reject(error)
  }

  /** A connection on which bytes are still to come cannot serve another job. */
  #end(mayKeep: boolean): void {
    this.#upload.stop()
    if (mayKeep) this.#connections.close(this.#connection)
    else this.#connection.destroy()
  }
}
