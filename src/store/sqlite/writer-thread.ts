/**
 * One writer thread and the requests that it still owes an answer. When the thread ends, for whatever reason, every request is answered
 * with that; a new thread is the caller's to make.
 */
import { Worker } from 'node:worker_threads'
import type { WriterReply, WriterRequest } from './operation.ts'
import type { Problem } from './problem.ts'

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never
type Settle = (reply: WriterReply) => void

export class WriterThread {
  readonly #worker: Worker
  readonly #waiting = new Map<number, Settle>()
  readonly #onDeath: (problem: Problem) => void
  #nextId = 1
  #death: Problem | undefined
  #isEnding = false

  /** `onDeath` is called when the thread ended without being asked to. */
  constructor(entry: URL, onDeath: (problem: Problem) => void) {
    this.#onDeath = onDeath
    this.#worker = new Worker(entry, { name: 'store-writer' })
    // The time-outs of the requests keep the process alive, not the idle thread.
    this.#worker.unref()
    this.#worker.on('message', (reply: WriterReply) => this.#settle(reply))
    this.#worker.on('error', (error) => this.#die(error instanceof Error ? error.message : String(error)))
    this.#worker.on('exit', (code) => this.#die(`exit code ${code}`))
  }

  get isAlive(): boolean {
    return this.#death === undefined
  }

  /** Resolves with the thread's reply; never rejects. */
  ask(request: WithoutId<WriterRequest>): Promise<WriterReply> {
    const id = this.#nextId++
    if (request.kind === 'close') this.#isEnding = true
    if (this.#death) return Promise.resolve({ id, kind: 'failed', problem: this.#death })
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve)
      this.#worker.postMessage({ ...request, id })
    })
  }

  /** Ends the thread without asking it. */
  async terminate(): Promise<void> {
    this.#isEnding = true
    await this.#worker.terminate()
  }

  #settle(reply: WriterReply): void {
    const settle = this.#waiting.get(reply.id)
    this.#waiting.delete(reply.id)
    settle?.(reply)
  }

  #die(why: string): void {
    const message = `store: the writer thread ended (${why}); it is started again`
    if (this.#death) return
    this.#death = { message, isStoreAway: true, isRefused: false, isDamaged: false }
    for (const id of [...this.#waiting.keys()]) this.#settle({ id, kind: 'failed', problem: this.#death })
    if (!this.#isEnding) this.#onDeath(this.#death)
  }
}
