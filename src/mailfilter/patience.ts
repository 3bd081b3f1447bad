import type { Clock } from '../core/index.ts'

/** A signal that fires with the first of several others or after a time; by hand, as `AbortSignal.any` costs a held message kilobytes. */
export class Patience {
  readonly #controller = new AbortController()
  readonly #sources: readonly AbortSignal[]
  readonly #listen: () => void
  readonly #cancel: () => void

  constructor(sources: readonly AbortSignal[], ms: number, clock: Clock) {
    this.#sources = sources
    this.#cancel = clock.after(ms, () => this.#controller.abort())
    this.#listen = () => this.#controller.abort(sources.find((source) => source.aborted)?.reason)
    for (const source of sources) {
      if (source.aborted) this.#listen()
      else source.addEventListener('abort', this.#listen, { once: true })
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Listens no more. */
  end(): void {
    this.#cancel()
    for (const source of this.#sources) source.removeEventListener('abort', this.#listen)
  }
}
