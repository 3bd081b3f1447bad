/**
 * The operators' overrides as a snapshot in memory, read again every few seconds: they are asked about every sample, also about members
 * that no lookup knew of, and go on counting while the store is away.
 */
import type { Clock } from '../core/index.ts'
import { type Override, overrideFor, overrideKey } from './override.ts'
import type { Store } from './store.ts'

/** Every node knows of a change after so long at the latest, while its store answers. */
const READ_EVERY_MS = 2000

export class OverrideBook {
  readonly #store: Pick<Store, 'overrides'>
  readonly #clock: Clock
  #overrides: ReadonlyMap<string, readonly Override[]> = new Map()
  #cancel: () => void = () => undefined
  #isStopped = false

  constructor(store: Pick<Store, 'overrides'>, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** Reads them once, as far as the store answers, and from then on again and again. */
  async start(): Promise<void> {
    await this.#read()
  }

  stop(): void {
    this.#isStopped = true
    this.#cancel()
  }

  /** What counts for these bytes now; a denial before an allowance. */
  overrideFor(sha256: string, families: readonly string[] = []): Override | undefined {
    if (this.#overrides.size === 0) return undefined
    return overrideFor(this.#overrides, sha256, families, this.#clock.now())
  }

  async #read(): Promise<void> {
    try {
      const found = await this.#store.overrides()
      this.#overrides = Map.groupBy(found, ({ kind, value }) => overrideKey(kind, value))
    } catch {
      // The store tells by itself that it is away; what was read before goes on counting.
    }
    if (!this.#isStopped) this.#cancel = this.#clock.after(READ_EVERY_MS, () => void this.#read())
  }
}
