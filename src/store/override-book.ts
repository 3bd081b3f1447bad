/**
 * The operators' overrides as a snapshot in memory, read again every few seconds: they are asked about every sample, also about members
 * that no lookup knew of, and go on counting while the store is away. A copy in a local file is for a start at which it is away.
 */
import { z } from 'zod'
import { type Clock, Repeated } from '../core/index.ts'
import { type Override, overrideFor, overrideKey } from './override.ts'
import { SnapshotFile } from './snapshot-file.ts'
import type { Store } from './store.ts'

const overrides = z.array(
  z.strictObject({
    kind: z.enum(['sha256', 'family']),
    value: z.string(),
    verdict: z.enum(['deny', 'allow']),
    reason: z.string(),
    who: z.string(),
    made: z.number(),
    until: z.number(),
  }),
)

/** Every node knows of a change after so long at the latest, while its store answers. */
const READ_EVERY_MS = 2000

export class OverrideBook {
  readonly #store: Pick<Store, 'overrides'>
  readonly #clock: Clock
  readonly #copy: SnapshotFile<readonly Override[]> | undefined
  readonly #reading: Repeated
  #overrides: ReadonlyMap<string, readonly Override[]> = new Map()

  /** `file` is where the copy lies; `onTrouble` is told once what is wrong with it. */
  constructor(
    store: Pick<Store, 'overrides'>,
    clock: Clock,
    file?: string,
    onTrouble: (error: unknown) => void = () => undefined,
  ) {
    this.#store = store
    this.#clock = clock
    this.#copy = file === undefined ? undefined : new SnapshotFile(file, overrides, onTrouble)
    this.#reading = new Repeated(clock, READ_EVERY_MS, () => this.#read())
  }

  /** Reads them once, from the store or else from the copy, and from then on again and again. */
  async start(): Promise<void> {
    this.#take((await this.#copy?.read()) ?? [])
    await this.#reading.start()
  }

  stop(): void {
    this.#reading.stop()
  }

  /** What counts for these bytes now; a denial before an allowance. */
  overrideFor(sha256: string, families: readonly string[] = []): Override | undefined {
    if (this.#overrides.size === 0) return undefined
    return overrideFor(this.#overrides, sha256, families, this.#clock.now())
  }

  async #read(): Promise<void> {
    // The store tells by itself that it is away; what was read before goes on counting.
    const found = await this.#store.overrides().catch(() => undefined)
    if (!found) return
    this.#take(found)
    await this.#copy?.write(found)
  }

  #take(found: readonly Override[]): void {
    this.#overrides = Map.groupBy(found, ({ kind, value }) => overrideKey(kind, value))
  }
}
