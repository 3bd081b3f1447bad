/**
 * Which clamd are in service: each is tested at the start, periodically, and soon after it failed; and what signatures they have, on
 * which every report depends.
 */
import { causeOf } from '../../core/index.ts'
import type { AnalyzerDeps, AnalyzerEvent } from '../analyzer.ts'
import type { Pool } from '../pool.ts'
import { Watch } from '../watch.ts'
import { type Checked, type ClamdInstance, SelfTestFault } from './instance.ts'
import type { Version } from './wire.ts'

export interface ServiceOptions {
  readonly intervalMs: number
  /** Signatures that are older are worth a warning. */
  readonly maxAgeMs: number
}

/** What is known of the signatures of one instance. */
interface Signatures {
  version: Version
  /** Size of everything loaded: a site's own signatures do not show in the version. */
  pool: string
}

export class Service {
  readonly #name: string
  readonly #pool: Pool<ClamdInstance>
  readonly #options: ServiceOptions
  readonly #deps: AnalyzerDeps
  readonly #watches: ReadonlyMap<ClamdInstance, Watch>
  readonly #signatures = new Map<string, Signatures>()
  readonly #old = new Set<string>()
  /** Why an instance is out of service, as it was told last. */
  readonly #out = new Map<string, string>()
  /** When an instance last answered a scan. */
  readonly #scanned = new Map<string, number>()

  constructor(
    name: string,
    instances: readonly ClamdInstance[],
    pool: Pool<ClamdInstance>,
    options: ServiceOptions,
    deps: AnalyzerDeps,
  ) {
    this.#name = name
    this.#pool = pool
    this.#options = options
    this.#deps = deps
    const { intervalMs } = options
    const { clock } = deps
    this.#watches = new Map(
      instances.map((one) => [one, new Watch({ clock, intervalMs, check: (signal) => this.#check(one, signal) })]),
    )
  }

  /** The signatures of all instances that were ever seen: one that comes and goes changes nothing, one with new signatures does. */
  get revision(): string {
    const known = [...this.#signatures.values()].map(({ version, pool }) => `${version.text}${pool && ` ${pool}`}`)
    return known.length === 0 ? 'unknown' : [...new Set(known)].sort().join(' + ')
  }

  async start(): Promise<void> {
    await Promise.all([...this.#watches.values()].map((watch) => watch.now()))
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#watches.values()].map((watch) => watch.stop()))
  }

  /** The pool closed an instance: its next test comes soon. */
  wentOut(instance: ClamdInstance, why: string): void {
    this.#tellOut(instance.name, why)
    this.#watches.get(instance)?.soon()
  }

  /** An instance went away in a scan, for a reason that only a test will show. */
  doubt(instance: ClamdInstance): void {
    this.#watches.get(instance)?.soon()
  }

  /** A scan tells the version too: a reload between two tests is seen at once. */
  saw(instance: string, version: Version): void {
    this.#scanned.set(instance, this.#deps.clock.now())
    this.#learn(instance, version, this.#signatures.get(instance)?.pool ?? '')
  }

  async #check(instance: ClamdInstance, signal: AbortSignal): Promise<boolean> {
    try {
      this.#passed(instance, await instance.check(signal))
      return true
    } catch (error) {
      if (signal.aborted) return false
      if (this.#isOnlyBusy(instance, error)) return true
      const why = error instanceof Error ? error.message : String(error)
      this.#pool.close(instance, why)
      this.#tellOut(instance.name, why)
      return false
    }
  }

  /** A test that came to no answer while scans did: the instance has much to do, that is all. */
  #isOnlyBusy({ name }: ClamdInstance, error: unknown): boolean {
    if (error instanceof SelfTestFault || causeOf(error) === 'analyzer-unavailable') return false
    return this.#deps.clock.now() - (this.#scanned.get(name) ?? Number.NEGATIVE_INFINITY) < this.#options.intervalMs
  }

  #passed(instance: ClamdInstance, { version, stats }: Checked): void {
    const wasOpen = this.#pool.isOpen(instance)
    this.#learn(instance.name, version, stats.pool || (this.#signatures.get(instance.name)?.pool ?? ''))
    this.#pool.open(instance)
    this.#out.delete(instance.name)
    if (!wasOpen) this.#tell('info', instance.name, 'in service', version.text)
    this.#warnOfAge(instance.name, version)
  }

  #learn(instance: string, version: Version, pool: string): void {
    const before = this.#signatures.get(instance)
    this.#signatures.set(instance, { version, pool })
    const isNew = before !== undefined && (before.version.text !== version.text || before.pool !== pool)
    if (isNew) this.#tell('info', instance, 'signatures changed', `${before.version.text} → ${version.text}`)
  }

  #warnOfAge(instance: string, { built, text }: Version): void {
    const isOld = built !== undefined && this.#deps.clock.now() - built > this.#options.maxAgeMs
    const wasOld = this.#old.has(instance)
    if (isOld === wasOld) return
    if (isOld) this.#old.add(instance)
    else this.#old.delete(instance)
    if (isOld) this.#tell('warn', instance, 'signatures old', `${text}: is freshclam running?`)
  }

  /** The same reason is told once, however often the test fails. */
  #tellOut(instance: string, why: string): void {
    if (this.#out.get(instance) === why) return
    this.#out.set(instance, why)
    this.#tell('warn', instance, 'out of service', why)
  }

  #tell(level: AnalyzerEvent['level'], instance: string, event: AnalyzerEvent['event'], detail: string): void {
    this.#deps.onEvent({ level, analyzer: this.#name, instance, event, detail })
  }
}
