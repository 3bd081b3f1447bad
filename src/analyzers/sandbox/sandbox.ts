/**
 * What all sandboxes behind an HTTP API have in common: a sample goes to the least loaded host that answers; its tasks are followed in
 * rounds; a report counts only when the API's side proved that these bytes were run. Whatever is unclear is no report.
 */
import { createHash } from 'node:crypto'
import { type Clock, causeOf, Fault } from '../../core/index.ts'
import type { Analyzer, AnalyzerDeps, AnalyzerHealth, Capacity, Progress, SampleView, Submission } from '../analyzer.ts'
import { Throttled } from '../http/client.ts'
import { HttpFault } from '../http/fault.ts'
import { SampleFault } from '../http/multipart.ts'
import { type Place, Pool } from '../pool.ts'
import { failed, hush, messageOf, Refused, type SandboxApi } from './api.ts'
import { isWritable } from './form.ts'
import { SandboxHost } from './host.ts'
import { type GuestOptions, guestFor, type Host, hostsOf, mayUpload, type SandboxOptions } from './options.ts'
import { Rounds } from './rounds.ts'
import { SandboxService } from './service.ts'
import { SandboxTask } from './task.ts'
import { formatHandle, parseHandle } from './task-id.ts'

const MOST_TRIES = 3
/** A poll waits so long for an end: shorter than any lease of an analysis. */
const POLL_MS = 5000
/** So long the end of a task is kept for whoever asks, and is remembered where a sample failed. */
const KEEP_MS = 10 * 60_000
const REMEMBERED = 10_000

export interface SandboxMake {
  readonly type: string
  /** Counts up when what we make of the same report changes, so that reports of before do not count any more. */
  readonly meaning: string
  readonly apiOf: (host: Host) => SandboxApi
}

export class SandboxAnalyzer implements Analyzer {
  readonly type: string
  readonly tier = 3
  readonly name: string
  readonly optionsDigest: string
  readonly view: SampleView
  readonly #meaning: string
  readonly #options: SandboxOptions
  readonly #clock: Clock
  readonly #hosts: readonly SandboxHost[]
  readonly #pool: Pool<SandboxHost>
  readonly #service: SandboxService
  readonly #rounds: ReadonlyMap<SandboxHost, Rounds>
  readonly #tasks = new Map<string, SandboxTask>()
  /** Samples that may have arrived although no answer came, where, and with which mark. */
  readonly #doubtful = new Map<string, { readonly host: SandboxHost; readonly marker: string }>()
  /** Where a sample failed: its next try is better made elsewhere. */
  readonly #failedAt = new Map<string, SandboxHost>()

  constructor(name: string, options: SandboxOptions, make: SandboxMake, deps: AnalyzerDeps) {
    const { clock } = deps
    this.name = name
    this.type = make.type
    this.#meaning = make.meaning
    this.#options = options
    this.#clock = clock
    const hosts = hostsOf(options)
    this.optionsDigest = digestOf([
      make.meaning,
      hosts.map(({ guest }) => guest),
      options.optionsByType,
      options.shareNames,
      options.sharePasswords,
      options.upload,
    ])
    const { sharePasswords } = options
    this.view = { sharesPasswords: sharePasswords, takesPassword: (value) => sharePasswords && isWritable(value) }
    this.#hosts = hosts.map((host) => new SandboxHost(host.url, make.apiOf(host)))
    const { concurrency, queue, wait: waitMs, check: intervalMs, maxPending } = options
    this.#pool = new Pool(this.#hosts, { concurrency, queue, waitMs }, clock, (host, why) =>
      this.#service.wentOut(host, why),
    )
    const guests = new Map(this.#hosts.map((host, i) => [host, guestsOf(hosts[i])]))
    const selfTest = { everyMs: options.selfTest, score: options.selfTestScore }
    const service = { name, intervalMs, maxPending, pollMs: options.poll, guests, selfTest }
    this.#service = new SandboxService(this.#hosts, this.#pool, service, deps)
    this.#rounds = new Map(this.#hosts.map((host) => [host, this.#roundsOf(host)]))
  }

  /** A sandbox does not tell which signatures it has: reports live by their age, and with what we make of them. */
  revision(): string {
    return this.#meaning
  }

  async start(): Promise<void> {
    await this.#service.start()
    if (this.capacity().inService === 0) throw new Fault('analyzer-unavailable', this.#pool.why())
  }

  /** Tasks go on in the sandbox: whoever owns the analysis next follows them by their handles. */
  async stop(): Promise<void> {
    for (const rounds of this.#rounds.values()) rounds.stop()
    for (const task of this.#tasks.values()) task.giveUp(failed('the filter is stopping', true))
    this.#tasks.clear()
    await this.#service.stop()
    for (const { api } of this.#hosts) api.close()
  }

  async submit(submission: Submission, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted()
    const { maxSize, upload } = this.#options
    if (!mayUpload(upload, submission.type)) return (await this.#lookUp(submission, signal)).id
    if (submission.size > maxSize) {
      const remedy = 'raise maxSize together with the largest sample that the sandbox takes'
      throw new Fault('sample-too-large', `${submission.size} bytes are more than the ${maxSize} of maxSize: ${remedy}`)
    }
    const lost = await this.#lookForLost(submission, signal)
    return lost?.id ?? (await this.#submitAnywhere(submission, signal)).id
  }

  async poll(taskIds: readonly string[], signal: AbortSignal): Promise<readonly Progress[]> {
    signal.throwIfAborted()
    const now = this.#clock.now()
    const tasks = taskIds.map((id) => this.#tasks.get(id) ?? this.#adoptHandle(id))
    for (const task of tasks) if (task) task.askedAt = now
    const running = tasks.flatMap((task) => (task?.progress.state === 'running' ? [task] : []))
    if (running.length > 0 && running.length === tasks.length) await this.#firstEnd(running, signal)
    signal.throwIfAborted()
    return tasks.map((task) => (task ? this.#tell(task) : failed('the task is of no host that is configured', true)))
  }

  async find(sha256: string, marker: string, signal: AbortSignal): Promise<string | undefined> {
    for (const task of this.#tasks.values()) if (task.sha256 === sha256 && task.marker === marker) return task.id
    const found = await Promise.all(this.#hosts.map((host) => this.#search(host, sha256, marker, signal)))
    signal.throwIfAborted()
    return found.find((task) => task !== undefined)?.id
  }

  async cancel(taskId: string, signal: AbortSignal): Promise<void> {
    const task = this.#tasks.get(taskId)
    if (!task) return
    const { open, host } = task
    task.giveUp(failed('the analysis was given up', false))
    await Promise.all(open.map((number) => host.api.cancel(number, signal).catch(() => undefined)))
  }

  capacity(): Capacity {
    return this.#pool.capacity()
  }

  health(signal: AbortSignal): Promise<readonly AnalyzerHealth[]> {
    return Promise.all(this.#hosts.map((host) => this.#service.health(host, signal)))
  }

  hurry(): void {
    for (const rounds of this.#rounds.values()) rounds.hurry()
  }

  #roundsOf(host: SandboxHost): Rounds {
    const { poll: pollMs, late: lateMs, lost: lostMs } = this.#options
    const onAnswer = (error: unknown) => {
      if (error !== undefined) this.#service.doubt(host, error)
    }
    return new Rounds(host, { clock: this.#clock, pollMs, lateMs, lostMs, onAnswer })
  }

  async #submitAnywhere(submission: Submission, signal: AbortSignal): Promise<SandboxTask> {
    const tried = new Set<SandboxHost>()
    let last: unknown
    while (tried.size < Math.min(MOST_TRIES, this.#hosts.length)) {
      const place = await this.#take(submission, tried, signal).catch((error: unknown) => {
        throw last === undefined ? error : passing(last)
      })
      tried.add(place.instance)
      try {
        return this.#begin(submission, await place.instance.api.submit(submission, signal), place)
      } catch (fault) {
        const error = hush(fault, submission.passwords)
        const found = await this.#afterFault(submission, place, error, signal)
        if (found) return found
        last = error
      }
    }
    throw passing(last)
  }

  /** A place elsewhere than where the sample failed, if there is one. */
  async #take(
    submission: Submission,
    tried: ReadonlySet<SandboxHost>,
    signal: AbortSignal,
  ): Promise<Place<SandboxHost>> {
    const failedAt = this.#failedAt.get(submission.sha256)
    const avoid = new Set(failedAt ? [...tried, failedAt] : tried)
    const hasOther = this.#hosts.some((host) => !avoid.has(host) && this.#pool.isOpen(host))
    return this.#pool.take(signal, hasOther ? avoid : tried)
  }

  /** What became of a submission that failed: a task all the same, or a reason to try another host, or the end. */
  async #afterFault(
    submission: Submission,
    place: Place<SandboxHost>,
    error: unknown,
    signal: AbortSignal,
  ): Promise<SandboxTask | undefined> {
    const host = place.instance
    if (signal.aborted || error instanceof SampleFault || error instanceof Refused) {
      place.giveBack()
      throw signal.aborted ? signal.reason : error
    }
    if (error instanceof Throttled) {
      place.giveBack()
      this.#service.pause(host, error)
      return undefined
    }
    const isDown = causeOf(error) === 'analyzer-unavailable'
    place.failed(messageOf(error), isDown)
    if (isDown || (error instanceof HttpFault && !error.mayHaveActed)) return undefined
    remember(this.#doubtful, identityOf(submission), { host, marker: submission.marker })
    return this.#lookForLost(submission, signal)
  }

  /** The task of a submission whose answer was lost, where the host can tell. */
  async #lookForLost(submission: Submission, signal: AbortSignal): Promise<SandboxTask | undefined> {
    const doubt = this.#doubtful.get(identityOf(submission))
    if (!doubt) return undefined
    const { sha256 } = submission
    const { host, marker } = doubt
    const numbers = await host.api.find(sha256, marker, signal).catch((error: unknown) => {
      signal.throwIfAborted()
      throw new Fault(
        'analyzer-unavailable',
        `it is not known whether ${host.name} took the sample: ${messageOf(error)}`,
      )
    })
    this.#doubtful.delete(identityOf(submission))
    return numbers.length > 0 ? this.#begin({ sha256, marker }, numbers, this.#pool.join(host)) : undefined
  }

  /** A report that is there already, on whatever host; no byte of the sample leaves. */
  async #lookUp({ sha256, marker, type }: Submission, signal: AbortSignal): Promise<SandboxTask> {
    const faults: unknown[] = []
    for (const host of this.#hosts.filter((one) => this.#pool.isOpen(one))) {
      const numbers = await host.api.reported(sha256, signal).catch((error: unknown) => {
        signal.throwIfAborted()
        faults.push(error)
        this.#service.doubt(host, error)
        return []
      })
      if (numbers.length > 0) return this.#begin({ sha256, marker }, numbers, this.#pool.join(host))
    }
    if (faults.length > 0) throw passing(faults[0])
    if (this.capacity().inService === 0) throw new Fault('analyzer-unavailable', this.#pool.why())
    throw new Fault('not-uploaded', `nobody has run these bytes there, and upload does not allow to hand over ${type}`)
  }

  async #search(
    host: SandboxHost,
    sha256: string,
    marker: string,
    signal: AbortSignal,
  ): Promise<SandboxTask | undefined> {
    const numbers = await host.api.find(sha256, marker, signal).catch(() => [])
    return numbers.length > 0 ? this.#begin({ sha256, marker }, numbers, this.#pool.join(host)) : undefined
  }

  #begin(
    { sha256, marker }: Pick<Submission, 'sha256' | 'marker'>,
    numbers: readonly number[],
    place: Place<SandboxHost>,
  ): SandboxTask {
    const since = this.#clock.now()
    const id = formatHandle({ host: place.instance.key, tasks: numbers, since, sha256 })
    return this.#follow({ id, sha256, marker, since }, numbers, place)
  }

  /** Follows a task of an earlier start or another node. */
  #adoptHandle(id: string): SandboxTask | undefined {
    const handle = parseHandle(id)
    const host = this.#hosts.find(({ key }) => key === handle?.host)
    if (!handle || !host) return undefined
    const { sha256, since, tasks } = handle
    return this.#follow({ id, sha256, marker: '', since }, tasks, this.#pool.join(host))
  }

  #follow(
    about: { readonly id: string; readonly sha256: string; readonly marker: string; readonly since: number },
    numbers: readonly number[],
    place: Place<SandboxHost>,
  ): SandboxTask {
    const rounds = this.#rounds.get(place.instance)
    const known = numbers.map((number) => rounds?.taskOf(number))
    const same = known.find((one) => one?.sha256 === about.sha256)
    if (same) place.giveBack()
    const task = same ?? new SandboxTask(about, numbers, place, this.#clock.now())
    this.#tasks.set(about.id, task)
    void task.ended.then(() => this.#clock.after(KEEP_MS, () => this.#tasks.delete(about.id)))
    if (!same) rounds?.watch(task)
    return task
  }

  #tell(task: SandboxTask): Progress {
    const { progress, sha256, host } = task
    if (progress.state === 'running') return progress
    if (progress.state === 'failed') remember(this.#failedAt, sha256, host)
    if (progress.state !== 'reported') return progress
    this.#failedAt.delete(sha256)
    const { report } = progress
    return {
      ...progress,
      report: { ...report, analyzer: this.name, version: report.version || this.#service.versionOf(host) || this.type },
    }
  }

  async #firstEnd(tasks: readonly SandboxTask[], signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const cancel = this.#clock.after(POLL_MS, resolve)
    const stop = () => resolve()
    signal.addEventListener('abort', stop, { once: true })
    await Promise.race([promise, ...tasks.map((task) => task.ended)])
    signal.removeEventListener('abort', stop)
    cancel()
  }
}

/** What no host took now says nothing about the sample: a later try is free to come. */
function passing(error: unknown): unknown {
  const cause = causeOf(error)
  if (cause === 'analyzer-unavailable' || cause === 'overloaded') return error
  return new Fault('analyzer-unavailable', `no host took the sample: ${messageOf(error)}`, { cause: error })
}

/** The oldest is forgotten when there are too many. */
function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key)
  map.set(key, value)
  const [oldest] = map.keys()
  if (map.size > REMEMBERED && oldest !== undefined) map.delete(oldest)
}

/** Of the same bytes there may be an analysis with the password and one without: neither is the other. */
function identityOf({ sha256, variant = '' }: Submission): string {
  return `${sha256} ${variant}`
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16)
}

/** All ways in which a host runs samples. */
function guestsOf(host: Host | undefined): readonly GuestOptions[] {
  return host ? [host.guest, ...Object.keys(host.byType).map((type) => guestFor(host, type))] : []
}
