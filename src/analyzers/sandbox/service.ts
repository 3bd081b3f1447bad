/** Which hosts are in service: each is asked for its state at the start, periodically, and soon after it failed. */
import { causeOf } from '../../core/index.ts'
import type { AnalyzerDeps, AnalyzerEvent, AnalyzerHealth } from '../analyzer.ts'
import type { Throttled } from '../http/client.ts'
import type { Pool } from '../pool.ts'
import { Watch } from '../watch.ts'
import { type Described, messageOf } from './api.ts'
import type { SandboxHost } from './host.ts'
import type { GuestOptions } from './options.ts'
import { SelfTest } from './self-test.ts'
import { unmetOptions } from './unmet.ts'

export interface ServiceOptions {
  readonly name: string
  readonly intervalMs: number
  readonly maxPending: number
  readonly pollMs: number
  /** None where the time is undefined. */
  readonly selfTest: { readonly everyMs: number | undefined; readonly score: number }
  /** How samples are run on a host. */
  /** All ways in which each host runs samples. */
  readonly guests: ReadonlyMap<SandboxHost, readonly GuestOptions[]>
}

export class SandboxService {
  readonly #pool: Pool<SandboxHost>
  readonly #options: ServiceOptions
  readonly #deps: AnalyzerDeps
  readonly #watches: ReadonlyMap<SandboxHost, Watch>
  readonly #selfTests: ReadonlyMap<SandboxHost, SelfTest>
  readonly #stop = new AbortController()
  readonly #out = new Map<SandboxHost, string>()
  readonly #versions = new Map<SandboxHost, string>()

  constructor(hosts: readonly SandboxHost[], pool: Pool<SandboxHost>, options: ServiceOptions, deps: AnalyzerDeps) {
    this.#pool = pool
    this.#options = options
    this.#deps = deps
    const { intervalMs, pollMs, selfTest } = options
    const { clock } = deps
    const { everyMs, score } = selfTest
    const tested = everyMs === undefined ? [] : hosts
    this.#selfTests = new Map(
      tested.map((host) => [host, new SelfTest(host, { clock, everyMs: everyMs ?? 0, pollMs, score })]),
    )
    this.#watches = new Map(
      hosts.map((host) => [host, new Watch({ clock, intervalMs, check: (signal) => this.#check(host, signal) })]),
    )
  }

  async start(): Promise<void> {
    await Promise.all([...this.#watches.values()].map((watch) => watch.now()))
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error('the filter is stopping'))
    await Promise.all([...this.#watches.values()].map((watch) => watch.stop()))
  }

  /** What a host last called itself. */
  versionOf(host: SandboxHost): string {
    return this.#versions.get(host) ?? ''
  }

  /** The pool closed a host: it is asked again soon. */
  wentOut(host: SandboxHost, why: string): void {
    this.#tellOut(host, why)
    this.#watches.get(host)?.soon()
  }

  /** A host wants no calls for a while. */
  pause(host: SandboxHost, { ms, message }: Throttled): void {
    this.#pool.close(host, message)
    this.#deps.clock.after(ms, () => void this.#watches.get(host)?.now())
  }

  /** A host did not answer a question: it is taken out of service at once when it cannot be reached. */
  doubt(host: SandboxHost, error: unknown): void {
    if (causeOf(error) === 'analyzer-unavailable') this.#pool.close(host, messageOf(error))
    else this.#watches.get(host)?.soon()
  }

  /** Everything that one wants to know of a host, asked now. */
  async health(host: SandboxHost, signal: AbortSignal): Promise<AnalyzerHealth> {
    const { clock } = this.#deps
    const began = clock.now()
    try {
      const said = await host.api.describe(signal)
      const { version, machines } = said
      const load = loadOf(said)
      const guests = this.#options.guests.get(host) ?? []
      const unmet = new Set(guests.flatMap((guest) => unmetOptions(guest, machines)))
      const warnings = [...unmet, ...this.#queueWarning(said)]
      return {
        instance: host.name,
        ok: true,
        detail: warnings.join('; '),
        version,
        selfTest: this.#selfTests.get(host)?.result ?? 'not run',
        latencyMs: clock.now() - began,
        ...(machines && { machines }),
        ...(load && { load }),
      }
    } catch (error) {
      return { instance: host.name, ok: false, detail: messageOf(error), version: '', selfTest: 'not run' }
    }
  }

  async #check(host: SandboxHost, signal: AbortSignal): Promise<boolean> {
    try {
      const said = await host.api.describe(signal)
      this.#versions.set(host, said.version)
      const [full] = this.#queueWarning(said)
      if (full !== undefined) return this.#isOut(host, full)
      const selfTest = this.#selfTests.get(host)
      if (selfTest) void this.#prove(host, selfTest)
      if (selfTest?.result === 'failed') return this.#isOut(host, selfTest.detail)
      const wasOpen = this.#pool.isOpen(host)
      this.#pool.open(host)
      this.#out.delete(host)
      if (!wasOpen) this.#tell('info', host, 'in service', said.version)
      return true
    } catch (error) {
      return signal.aborted ? false : this.#isOut(host, messageOf(error))
    }
  }

  /** In service while the first one runs: it takes minutes, and every report is proven by itself. */
  async #prove(host: SandboxHost, selfTest: SelfTest): Promise<void> {
    const isNew = await selfTest.run(this.#stop.signal)
    if (isNew) await this.#watches.get(host)?.now()
  }

  #isOut(host: SandboxHost, why: string): false {
    this.#pool.close(host, why)
    this.#tellOut(host, why)
    return false
  }

  #queueWarning({ pending }: Described): readonly string[] {
    const { maxPending } = this.#options
    if (pending === undefined || pending <= maxPending) return []
    return [`${pending} tasks wait in its queue, more than the ${maxPending} of maxPending`]
  }

  /** The same reason is told once, however often the check fails. */
  #tellOut(host: SandboxHost, why: string): void {
    if (this.#out.get(host) === why) return
    this.#out.set(host, why)
    this.#tell('warn', host, 'out of service', why)
  }

  #tell(level: AnalyzerEvent['level'], { name }: SandboxHost, event: AnalyzerEvent['event'], detail: string): void {
    this.#deps.onEvent({ level, analyzer: this.#options.name, instance: name, event, detail })
  }
}

/** How busy its machines are and what waits for them, where it tells both. */
function loadOf({ pending, counts, machines }: Described): AnalyzerHealth['load'] {
  const all = machines?.length ?? counts?.all
  const busy = machines?.filter((one) => one.busy).length ?? counts?.busy
  if (pending === undefined || all === undefined || busy === undefined) return undefined
  return { threads: busy, threadsMax: all, queued: pending }
}
