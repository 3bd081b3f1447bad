/** The thread of searches, made when somebody first looks for something: most filters never do. */
import { Worker } from 'node:worker_threads'
import { Fault } from '../../core/index.ts'
import type { SearchReply } from './search-worker.ts'
import type { Search, Searched } from './searcher.ts'

/** A search may take long: nobody's mail waits for it. */
const SEARCH_TIMEOUT_MS = 60_000

type Settle = (reply: SearchReply | string) => void

export class SearchThread {
  readonly #path: string
  readonly #waiting = new Map<number, Settle>()
  #worker: Worker | undefined
  #nextId = 1

  constructor(path: string) {
    this.#path = path
  }

  async search(search: Search): Promise<Searched> {
    const id = this.#nextId++
    const { promise, resolve } = Promise.withResolvers<SearchReply | string>()
    const timer = setTimeout(() => this.#end(`no answer within ${SEARCH_TIMEOUT_MS} ms`), SEARCH_TIMEOUT_MS)
    this.#waiting.set(id, resolve)
    try {
      this.#thread().postMessage({ id, search })
      const reply = await promise
      if (typeof reply === 'string') throw new Fault('store-unavailable', `store ${this.#path}: search: ${reply}`)
      if ('problem' in reply) throw new Fault('store-unavailable', reply.problem.message)
      return reply.found
    } finally {
      clearTimeout(timer)
      this.#waiting.delete(id)
    }
  }

  /** Ends the thread; whoever waits is told so. */
  async close(): Promise<void> {
    await this.#end('the store was closed')
  }

  #thread(): Worker {
    if (this.#worker) return this.#worker
    const worker = new Worker(entry(), { name: 'store-search', workerData: this.#path })
    // The time-outs of the searches keep the process alive, not the idle thread.
    worker.unref()
    worker.on('message', (reply: SearchReply) => this.#waiting.get(reply.id)?.(reply))
    worker.on('error', (error) => void this.#end(String(error)))
    this.#worker = worker
    return worker
  }

  async #end(why: string): Promise<void> {
    const worker = this.#worker
    this.#worker = undefined
    for (const settle of this.#waiting.values()) settle(why)
    await worker?.terminate()
  }
}

/** Beside this file, with the same ending: `.ts` in the tree, `.js` once built. */
function entry(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './search-worker.ts' : './search-worker.js', import.meta.url)
}
