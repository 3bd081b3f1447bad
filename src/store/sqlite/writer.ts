/**
 * The queue before the writer thread. Writes that arrive while a commit runs go into the next one together, and those that no mail waits
 * for go with the next that one does. Each write is answered after its commit or when its time is over, whatever comes first; the
 * queue is bounded in number and bytes.
 */
import { Fault } from '../../core/index.ts'
import type { SchemaChange } from './migrate.ts'
import type { Operation, OperationResult, OperationValue, WriterReply } from './operation.ts'
import type { Problem } from './problem.ts'
import { WriterThread } from './writer-thread.ts'

/** One commit takes at most this much, so that it stays short. */
const BATCH_COUNT = 1000
const BATCH_BYTES = 4 * 1024 * 1024
const QUEUE_COUNT = 20_000
const QUEUE_BYTES = 64 * 1024 * 1024
/** What no mail waits for is committed after so long where nothing else is: a commit of its own costs more than what it writes. */
const PATIENCE_MS = 50
const PATIENT: ReadonlySet<Operation['kind']> = new Set(['answer', 'facts', 'touch'])
/** A start may have a large table to migrate; no mail waits for it. */
const OPEN_TIMEOUT_MS = 120_000

export interface WriterSettings {
  readonly path: string
  readonly timeoutMs: number
  /** Undefined for the database's own time. */
  readonly now: (() => number) | undefined
  /** The thread's program. */
  readonly entry: URL
  /** The store is away: until somebody opens it again. */
  readonly onAway: (problem: Problem) => void
}

interface Pending {
  readonly operation: Operation
  readonly bytes: number
  readonly timer: NodeJS.Timeout
  readonly promise: Promise<OperationValue>
  readonly resolve: (value: OperationValue) => void
  readonly reject: (fault: Fault) => void
}

export class Writer {
  readonly #settings: WriterSettings
  readonly #unanswered = new Set<Pending>()
  #thread: WriterThread | undefined
  #queue: Pending[] = []
  #queuedBytes = 0
  #isDue = false
  #isFlushDue = false
  #isCommitting = false
  #patience: NodeJS.Timeout | undefined

  constructor(settings: WriterSettings) {
    this.#settings = settings
  }

  /** Opens the file (again), in a new thread where the old one ended; checks it whole when it `isSuspect`. */
  async open(isSuspect: boolean): Promise<SchemaChange | Problem> {
    const { path, timeoutMs, entry } = this.#settings
    if (!this.#thread?.isAlive) this.#thread = new WriterThread(entry, this.#settings.onAway)
    // A lock is given up before the write's own time is over, so that the error says what it waited for.
    const opening = this.#thread.ask({ kind: 'open', path, busyMs: Math.ceil(timeoutMs * 0.75), isSuspect })
    const reply = await within(OPEN_TIMEOUT_MS, opening)
    if (reply === undefined) return this.#problem(`could not be opened within ${OPEN_TIMEOUT_MS} ms`)
    return reply.kind === 'opened' ? { from: reply.from, to: reply.to } : this.#unexpected(reply)
  }

  /** Resolves after the commit, rejects with a fault; `bytes` is about what the operation takes in memory. */
  write(operation: Operation, bytes: number): Promise<OperationValue> {
    if (this.#queue.length >= QUEUE_COUNT || this.#queuedBytes + bytes > QUEUE_BYTES) {
      return Promise.reject(problemFault(this.#problem(`is too slow: ${this.#queue.length} writes wait already`)))
    }
    const { promise, resolve, reject } = Promise.withResolvers<OperationValue>()
    const timer = setTimeout(() => this.#timeOut(pending), this.#settings.timeoutMs)
    const pending: Pending = { operation, bytes, timer, promise, resolve, reject }
    this.#unanswered.add(pending)
    this.#queue.push(pending)
    this.#queuedBytes += bytes
    if (PATIENT.has(operation.kind)) this.#patience ??= setTimeout(() => this.#flushSoon(), PATIENCE_MS)
    else this.#flushSoon()
    return promise
  }

  /** Answers everything that waits for a commit with this fault. */
  abandon(fault: Fault): void {
    this.#queue = []
    this.#queuedBytes = 0
    for (const pending of [...this.#unanswered]) this.#answer(pending, () => pending.reject(fault))
  }

  /** Commits what is queued, as far as the time-outs allow, and ends the thread. */
  async close(): Promise<void> {
    this.#flushSoon()
    await Promise.allSettled([...this.#unanswered].map((pending) => pending.promise))
    const thread = this.#thread
    this.#thread = undefined
    if (!thread) return
    await within(this.#settings.timeoutMs, thread.ask({ kind: 'close' }))
    await within(this.#settings.timeoutMs, thread.terminate())
  }

  /** Not at once: all writes of one turn of the event loop share a commit. */
  #flushSoon(): void {
    clearTimeout(this.#patience)
    this.#patience = undefined
    this.#isDue = true
    if (this.#isFlushDue || this.#isCommitting) return
    this.#isFlushDue = true
    setImmediate(() => {
      this.#isFlushDue = false
      if (!this.#isCommitting) void this.#commitAll()
    })
  }

  async #commitAll(): Promise<void> {
    this.#isCommitting = true
    while (this.#isDue && this.#thread) {
      const batch = this.#takeBatch()
      this.#isDue = this.#queue.length > 0
      if (batch.length > 0) this.#deliver(batch, await this.#commit(this.#thread, batch))
    }
    this.#isCommitting = false
  }

  /** What timed out while it was queued is left out: it is never written. */
  #takeBatch(): readonly Pending[] {
    const isTooLarge = (bytes: number, count: number) => count > 0 && (bytes > BATCH_BYTES || count >= BATCH_COUNT)
    let bytes = 0
    let count = 0
    for (const pending of this.#queue) {
      if (isTooLarge(bytes + pending.bytes, count)) break
      bytes += pending.bytes
      count += 1
    }
    this.#queuedBytes -= bytes
    return this.#queue.splice(0, count).filter((pending) => this.#unanswered.has(pending))
  }

  async #commit(thread: WriterThread, batch: readonly Pending[]): Promise<readonly OperationResult[]> {
    const operations = batch.map((pending) => pending.operation)
    const reply = await thread.ask({ kind: 'commit', now: this.#settings.now?.() ?? null, operations })
    if (reply.kind === 'committed') return reply.results
    const problem = this.#unexpected(reply)
    return batch.map(() => ({ problem }))
  }

  #deliver(batch: readonly Pending[], results: readonly OperationResult[]): void {
    let away: Problem | undefined
    for (const [index, pending] of batch.entries()) {
      const result = results[index] ?? { problem: this.#problem('gave no result') }
      if ('value' in result) this.#answer(pending, () => pending.resolve(result.value))
      else {
        this.#answer(pending, () => pending.reject(problemFault(result.problem)))
        if (result.problem.isStoreAway) away = result.problem
      }
    }
    if (away) this.#settings.onAway(away)
  }

  #timeOut(pending: Pending): void {
    const problem = this.#problem(`did not answer within ${this.#settings.timeoutMs} ms; check disk and load`)
    this.#answer(pending, () => pending.reject(problemFault(problem)))
    this.#settings.onAway(problem)
  }

  #answer(pending: Pending, settle: () => void): void {
    if (!this.#unanswered.delete(pending)) return
    clearTimeout(pending.timer)
    settle()
  }

  #unexpected(reply: WriterReply): Problem {
    return reply.kind === 'failed'
      ? reply.problem
      : this.#problem(`gave the answer "${reply.kind}" to another question`)
  }

  #problem(what: string): Problem {
    return { message: `store ${this.#settings.path} ${what}`, isStoreAway: true, isRefused: false, isDamaged: false }
  }
}

/** What a caller gets: a store that is away, or an operation that it could not do. */
export function problemFault(problem: Problem): Fault {
  return new Fault('store-unavailable', problem.message)
}

/** The value, or undefined when the time is over first; what arrives later is dropped. */
async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>()
  const timer = setTimeout(() => resolve(undefined), ms)
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
