/**
 * A few connections for everybody. Each piece of work has one for itself and a time, waiting included; a connection that is lost or does
 * not answer in time is cut and never given to anybody again.
 */
import { Fault } from '../../core/index.ts'
import type { Link } from './connect.ts'
import { isConnectionLost } from './problem.ts'

export interface PoolSettings {
  readonly connect: () => Promise<Link>
  readonly connections: number
  readonly timeoutMs: number
  /** What the store is called in messages. */
  readonly name: string
}

/** So many may wait for a connection; more only wait in vain. */
const MAX_WAITING = 10_000

interface Waiting {
  readonly resolve: (link: Link | undefined) => void
  readonly reject: (why: unknown) => void
}

export class Pool {
  readonly #settings: PoolSettings
  readonly #idle: Link[] = []
  readonly #busy = new Set<Link>()
  #waiting: Waiting[] = []
  #open = 0
  #isClosed = false

  constructor(settings: PoolSettings) {
    this.#settings = settings
  }

  /** Rejects with what the work rejects with, or with a fault when the time is over. */
  use<T>(work: (link: Link) => Promise<T>, timeoutMs: number = this.#settings.timeoutMs): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const late = new Fault('store-unavailable', `store ${this.#settings.name} did not answer in time: look at its load`)
    let link: Link | undefined
    let isOver = false
    const timer = setTimeout(() => {
      isOver = true
      link?.cut(late)
      reject(late)
    }, timeoutMs)
    const run = async () => {
      link = await this.#take()
      if (isOver) return this.#give(link)
      try {
        resolve(await Promise.race([work(link), link.lost]))
        this.#give(link)
      } catch (error) {
        reject(error)
        if (isOver || isConnectionLost(error)) this.#drop(link)
        else this.#give(link)
      }
    }
    run()
      .catch(reject)
      .finally(() => clearTimeout(timer))
    return promise
  }

  /** Ends every connection at once; whoever waits gets `why`. The pool goes on with new ones unless it is `close`d. */
  abandon(why: Fault): void {
    for (const link of [...this.#idle, ...this.#busy]) this.#drop(link, why)
    const waiting = this.#waiting
    this.#waiting = []
    for (const { reject } of waiting) reject(why)
  }

  /** Ends the connections that nobody uses now, in order, and cuts the others. */
  async close(): Promise<void> {
    this.#isClosed = true
    const idle = this.#idle.splice(0)
    const ending = idle.map((link) => this.#end(link))
    this.abandon(new Fault('store-unavailable', `store ${this.#settings.name} is not open`))
    await Promise.all(ending)
  }

  async #end(link: Link): Promise<void> {
    this.#open -= 1
    const timer = setTimeout(() => link.cut(new Error('closing')), this.#settings.timeoutMs)
    await link.connection.end().catch(() => undefined)
    clearTimeout(timer)
  }

  async #take(): Promise<Link> {
    for (let link = this.#idle.pop(); link; link = this.#idle.pop()) {
      this.#busy.add(link)
      if (link.connection.isValid()) return link
      this.#drop(link)
    }
    while (this.#open >= this.#settings.connections) {
      const given = await this.#wait()
      if (given) return given
    }
    return this.#connect()
  }

  /** Resolves with a connection, or with none where a place for a new one became free. */
  #wait(): Promise<Link | undefined> {
    if (this.#waiting.length >= MAX_WAITING) {
      return Promise.reject(new Fault('store-unavailable', `store ${this.#settings.name}: too many questions wait`))
    }
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  async #connect(): Promise<Link> {
    this.#open += 1
    try {
      const link = await this.#settings.connect()
      if (!this.#isClosed) return this.#lend(link)
      link.cut(new Error('closing'))
      throw new Fault('store-unavailable', `store ${this.#settings.name} is not open`)
    } catch (error) {
      this.#open -= 1
      this.#waiting.shift()?.resolve(undefined)
      throw error
    }
  }

  #lend(link: Link): Link {
    this.#busy.add(link)
    return link
  }

  #give(link: Link): void {
    if (!this.#busy.has(link)) return
    const next = link.connection.isValid() ? this.#waiting.shift() : undefined
    if (next) next.resolve(link)
    else if (link.connection.isValid()) {
      this.#busy.delete(link)
      this.#idle.push(link)
    } else this.#drop(link)
  }

  #drop(link: Link, why: Error = new Error('the connection is of no use any more')): void {
    link.cut(why)
    const at = this.#idle.indexOf(link)
    if (at >= 0) this.#idle.splice(at, 1)
    const wasOurs = this.#busy.delete(link) || at >= 0
    if (!wasOurs) return
    this.#open -= 1
    this.#waiting.shift()?.resolve(undefined)
  }
}
