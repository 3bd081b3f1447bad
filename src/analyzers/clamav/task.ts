import type { Progress } from '../analyzer.ts'

/** One sample on its way through the pool, without its bytes: these are let go when it has ended. */
export class Task {
  readonly sha256: string
  readonly marker: string
  readonly #abort = new AbortController()
  readonly #handed = Promise.withResolvers<void>()
  readonly #ended = Promise.withResolvers<void>()
  /** An instance went away over it: no other gets it at once, in case it was the sample that ended it. */
  mayKill = false
  #progress: Progress = { state: 'running' }

  constructor(sha256: string, marker: string) {
    this.sha256 = sha256
    this.marker = marker
    this.#handed.promise.catch(() => undefined)
  }

  get progress(): Progress {
    return this.#progress
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** Resolves when an instance has all bytes; rejects when none takes them. */
  get handed(): Promise<void> {
    return this.#handed.promise
  }

  get ended(): Promise<void> {
    return this.#ended.promise
  }

  isHanded(): void {
    this.#handed.resolve()
  }

  end(progress: Progress): void {
    this.#progress = progress
    this.#handed.resolve()
    this.#ended.resolve()
  }

  /** No instance takes it: the submission itself fails, unless one had the bytes before. */
  refuse(error: unknown, progress: Progress): void {
    this.#handed.reject(error)
    this.end(progress)
  }

  cancel(reason: unknown): void {
    this.#abort.abort(reason)
  }
}
