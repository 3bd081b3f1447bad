/**
 * The emergency brake and disabled rules as a snapshot in memory, read again every few seconds. When one ends is told by the store's clock and
 * measured by ours from the moment of reading: clocks that differ make no difference, and what is on ends in time while the store is away.
 */
import type { Clock } from '../core/index.ts'
import type { Brake, DisabledRule, Store, Switch } from './store.ts'

/** Every node knows of a change after so long at the latest, while its store answers. */
const READ_EVERY_MS = 2000

/** What the log is told: a switch that counts from now on, or no more. */
export interface SwitchEvent {
  readonly switched: 'on' | 'off'
  readonly what: Switch
}

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
  #cancel: () => void = () => undefined
  #isStopped = false

  constructor(store: Pick<Store, 'switches'>, clock: Clock, onEvent: (event: SwitchEvent) => void = () => undefined) {
    this.#store = store
    this.#clock = clock
    this.#onEvent = onEvent
  }

  /** Reads them once, as far as the store answers, and from then on again and again. */
  async start(): Promise<void> {
    await this.#read()
  }

  stop(): void {
    this.#isStopped = true
    this.#cancel()
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
    try {
      const { switches, now } = await this.#store.switches()
      const ours = this.#clock.now()
      const live = switches.filter(({ until }) => until > now)
      this.#entries = new Map(live.map((what) => [keyOf(what), { what, endsAt: ours + what.until - now }]))
    } catch {
      // The store tells by itself that it is away; what was read before counts until its end.
    }
    this.#tell()
    if (!this.#isStopped) this.#cancel = this.#clock.after(READ_EVERY_MS, () => void this.#read())
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
