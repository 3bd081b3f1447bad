/**
 * The emergency brake and disabled rules as a snapshot in memory, read again every few seconds. When one ends is told by the store's clock and
 * measured by ours from the moment of reading: clocks that differ make no difference, and what is on ends in time while the store is away. A copy in
 * a local file is for a start at which it is away.
 */
import { z } from 'zod'
import { type Clock, Repeated } from '../core/index.ts'
import { switchOf } from './row.ts'
import { SnapshotFile } from './snapshot-file.ts'
import type { Brake, DisabledRule, Store, Switch } from './store.ts'

/** Every node knows of a change after so long at the latest, while its store answers. */
const READ_EVERY_MS = 2000

/** What the log is told: a switch that counts from now on, or no more. */
export interface SwitchEvent {
  readonly switched: 'on' | 'off'
  readonly what: Switch
}

const text = z.string()
/** As rows, so that what a newer program switched is read as it is from the store. */
const copy = z.strictObject({
  /** How far the store's clock was ahead of ours. */
  ahead: z.number(),
  switches: z.array(
    z.strictObject({
      ...{ kind: text, name: text, mode: text, reason: text, who: text },
      ...{ made: z.number(), until: z.number() },
    }),
  ),
})

interface Entry {
  readonly what: Switch
  /** When it ends, by our own clock. */
  readonly endsAt: number
}

export class SwitchBook {
  readonly #store: Pick<Store, 'switches'>
  readonly #clock: Clock
  readonly #onEvent: (event: SwitchEvent) => void
  #entries: ReadonlyMap<string, Entry> = new Map()
  #told: ReadonlyMap<string, Switch> = new Map()
  #disabled: ReadonlyMap<string, DisabledRule> = NONE
  readonly #copy: SnapshotFile<z.output<typeof copy>> | undefined
  readonly #reading: Repeated
  /** What the copy holds, as far as we know. */
  #copied = ''

  /** `file` is where the copy lies; `onTrouble` is told once what is wrong with it. */
  constructor(
    store: Pick<Store, 'switches'>,
    clock: Clock,
    onEvent: (event: SwitchEvent) => void = () => undefined,
    file?: string,
    onTrouble: (error: unknown) => void = () => undefined,
  ) {
    this.#store = store
    this.#clock = clock
    this.#onEvent = onEvent
    this.#copy = file === undefined ? undefined : new SnapshotFile(file, copy, onTrouble)
    this.#reading = new Repeated(clock, READ_EVERY_MS, () => this.#read())
  }

  /** Reads them once, from the store or else from the copy, and from then on again and again. */
  async start(): Promise<void> {
    const found = await this.#copy?.read()
    if (found) this.#take(found.switches.flatMap(switchOf), found.ahead)
    await this.#reading.start()
  }

  stop(): void {
    this.#reading.stop()
  }

  /** The brake that is on now. */
  get brake(): Brake | undefined {
    for (const { what, endsAt } of this.#entries.values())
      if (what.kind === 'brake' && endsAt > this.#clock.now()) return what
    return undefined
  }

  /** By id, the rules that are not asked now; always the same map while nothing changes. */
  get disabledRules(): ReadonlyMap<string, DisabledRule> {
    if (this.#entries.size === 0) return NONE
    const live = this.#live().flatMap(({ what }) => (what.kind === 'rule' ? [[what.name, what] as const] : []))
    const isSame = live.length === this.#disabled.size && live.every(([id, rule]) => this.#disabled.get(id) === rule)
    if (!isSame) this.#disabled = new Map(live)
    return this.#disabled
  }

  #live(): readonly Entry[] {
    const now = this.#clock.now()
    return [...this.#entries.values()].filter(({ endsAt }) => endsAt > now)
  }

  async #read(): Promise<void> {
    // The store tells by itself that it is away; what was read before counts until its end.
    const found = await this.#store.switches().catch(() => undefined)
    const ahead = found ? found.now - this.#clock.now() : 0
    if (found) this.#take(found.switches, ahead)
    this.#tell()
    if (found) await this.#keep(found.switches, ahead)
  }

  #take(switches: readonly Switch[], ahead: number): void {
    this.#entries = new Map(switches.map((what) => [keyOf(what), { what, endsAt: what.until - ahead }]))
  }

  /** Only where something is switched otherwise: clocks always drift a little. */
  async #keep(switches: readonly Switch[], ahead: number): Promise<void> {
    const now = JSON.stringify(switches)
    if (now !== this.#copied && (await this.#copy?.write({ ahead, switches: [...switches] }))) this.#copied = now
  }

  #tell(): void {
    const before = this.#told
    this.#told = new Map(this.#live().map(({ what }) => [keyOf(what), what]))
    for (const [key, what] of before)
      if (this.#told.get(key)?.made !== what.made) this.#onEvent({ switched: 'off', what })
    for (const [key, what] of this.#told)
      if (before.get(key)?.made !== what.made) this.#onEvent({ switched: 'on', what })
  }
}

const NONE: ReadonlyMap<string, DisabledRule> = new Map()

function keyOf({ kind, name }: Switch): string {
  return `${kind} ${name}`
}
