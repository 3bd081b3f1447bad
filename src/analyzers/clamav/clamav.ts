/**
 * The driver of ClamAV: samples are streamed to the least loaded clamd that passed its self-test. A scan is tried on another instance
 * when one fails it; only `stream: OK` and `… FOUND` in a session that ended properly make a report.
 */
import { randomUUID } from 'node:crypto'
import { type Cause, type Clock, causeOf, Fault } from '../../core/index.ts'
import type { Analyzer, AnalyzerDeps, AnalyzerHealth, Capacity, Progress, Submission } from '../analyzer.ts'
import { type Place, Pool } from '../pool.ts'
import { HungUp } from './connection.ts'
import { ClamdInstance } from './instance.ts'
import { addressesOf, type ClamavOptions } from './options.ts'
import { reportOf } from './report.ts'
import { SampleFault, type Scanned } from './scan.ts'
import { Service } from './service.ts'
import { Task } from './task.ts'

/** Counts up when what we make of the same answer changes, so that reports of before do not count any more. */
const MEANING = 'clamav-1'
const MOST_TRIES = 3
/** A poll waits so long for an end: shorter than any lease of an analysis. */
const POLL_MS = 5000
/** So long the end of a task is kept for whoever asks. */
const KEEP_MS = 60_000

export class ClamavAnalyzer implements Analyzer {
  readonly type = 'clamav'
  readonly tier = 1
  readonly optionsDigest = MEANING
  readonly name: string
  readonly #options: ClamavOptions
  readonly #clock: Clock
  readonly #instances: readonly ClamdInstance[]
  readonly #pool: Pool<ClamdInstance>
  readonly #service: Service
  readonly #tasks = new Map<string, Task>()

  constructor(name: string, options: ClamavOptions, deps: AnalyzerDeps) {
    const { clock } = deps
    this.name = name
    this.#options = options
    this.#clock = clock
    this.#instances = addressesOf(options).map((address) => new ClamdInstance(address, options, clock))
    const { concurrency, queue, wait: waitMs } = options
    this.#pool = new Pool(this.#instances, { concurrency, queue, waitMs }, clock, (instance, why) =>
      this.#service.wentOut(instance, why),
    )
    const { check: intervalMs, maxSignatureAge: maxAgeMs } = options
    this.#service = new Service(name, this.#instances, this.#pool, { intervalMs, maxAgeMs }, deps)
  }

  revision(): string {
    return this.#service.revision
  }

  async start(): Promise<void> {
    await this.#service.start()
    if (this.capacity().inService === 0) throw new Fault('analyzer-unavailable', this.#pool.why())
  }

  async stop(): Promise<void> {
    for (const task of this.#tasks.values()) task.cancel(new Fault('shutting-down'))
    await this.#service.stop()
    await Promise.all([...this.#tasks.values()].map((task) => task.ended))
    this.#tasks.clear()
  }

  async submit(submission: Submission, signal: AbortSignal): Promise<string> {
    const { maxSize } = this.#options
    if (submission.size > maxSize) {
      const remedy = 'raise maxSize together with StreamMaxLength and MaxFileSize of clamd'
      throw new Fault('sample-too-large', `${submission.size} bytes are more than the ${maxSize} of maxSize: ${remedy}`)
    }
    const id = randomUUID()
    const task = new Task(submission.sha256, submission.marker)
    this.#tasks.set(id, task)
    const stop = () => task.cancel(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    void this.#work(task, submission).finally(() => {
      signal.removeEventListener('abort', stop)
      this.#clock.after(KEEP_MS, () => this.#tasks.delete(id))
    })
    await task.handed
    // What ended because we stop says nothing about the sample: it must not be written down as its end.
    signal.throwIfAborted()
    return id
  }

  async poll(taskIds: readonly string[], signal: AbortSignal): Promise<readonly Progress[]> {
    const tasks = taskIds.map((id) => this.#tasks.get(id))
    const running = tasks.flatMap((task) => (task?.progress.state === 'running' ? [task] : []))
    if (running.length > 0 && running.length === tasks.length) await this.#firstEnd(running, signal)
    signal.throwIfAborted()
    for (const [i, id] of taskIds.entries()) if (tasks[i]?.progress.state !== 'running') this.#tasks.delete(id)
    return tasks.map((task) => task?.progress ?? failed('the task is not known: it was of an earlier start', true))
  }

  async find(sha256: string, marker: string): Promise<string | undefined> {
    for (const [id, task] of this.#tasks) if (task.sha256 === sha256 && task.marker === marker) return id
    return undefined
  }

  async cancel(taskId: string): Promise<void> {
    this.#tasks.get(taskId)?.cancel(new Fault('analyzer-failed', 'the analysis was given up'))
  }

  capacity(): Capacity {
    return this.#pool.capacity()
  }

  health(signal: AbortSignal): Promise<readonly AnalyzerHealth[]> {
    return Promise.all(this.#instances.map((instance) => instance.health(signal)))
  }

  /** Never rejects: whatever happens is the end of the task. */
  async #work(task: Task, submission: Submission): Promise<void> {
    const tried = new Set<ClamdInstance>()
    let last = failed('it was never tried', true)
    try {
      while (tried.size < MOST_TRIES) {
        const place = await this.#pool.take(task.signal, tried)
        tried.add(place.instance)
        last = await this.#try(task, submission, place)
        if (last.state !== 'failed' || !last.mayRetry || task.mayKill) break
      }
      task.end(last)
    } catch (error) {
      const isReached = last.state === 'failed' && last.cause !== 'analyzer-unavailable' && tried.size > 0
      if (isReached) task.end(last)
      else task.refuse(error, failed(messageOf(error), true))
    }
  }

  async #try(task: Task, submission: Submission, place: Place<ClamdInstance>): Promise<Progress> {
    const { instance } = place
    try {
      const scanned = await instance.scan(submission, () => task.isHanded(), task.signal)
      learnSize(instance, submission.size, scanned)
      const progress = this.#conclude(submission, instance, scanned)
      if (progress.state === 'failed' && progress.mayRetry) place.failed(progress.detail, false)
      else place.done()
      return progress
    } catch (error) {
      const detail = `${instance.name}: ${messageOf(error)}`
      if (task.signal.aborted || error instanceof SampleFault) {
        place.giveBack()
        return failed(detail, false)
      }
      if (error instanceof HungUp) {
        place.giveBack()
        this.#service.doubt(instance)
        if (instance.refuses(submission.size)) return failed(detail, false, 'sample-too-large')
        task.mayKill = true
        return failed(detail, true)
      }
      const isDown = causeOf(error) === 'analyzer-unavailable'
      place.failed(messageOf(error), isDown)
      return failed(detail, true, isDown ? 'analyzer-unavailable' : 'analyzer-failed')
    }
  }

  #conclude({ size }: Submission, { name: instance }: ClamdInstance, { version, answer }: Scanned): Progress {
    if (answer.kind === 'error') {
      const cause = answer.isFinal ? 'sample-too-large' : 'analyzer-failed'
      return failed(`${instance}: clamd said ${answer.text}`, !answer.isFinal, cause)
    }
    if (!version) return failed(`${instance}: clamd did not tell its version`, true)
    this.#service.saw(instance, version)
    return reportOf(answer, { analyzer: this.name, instance, version: version.text, size })
  }

  async #firstEnd(tasks: readonly Task[], signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const cancel = this.#clock.after(POLL_MS, resolve)
    const stop = () => resolve()
    signal.addEventListener('abort', stop, { once: true })
    await Promise.race([promise, ...tasks.map((task) => task.ended)])
    signal.removeEventListener('abort', stop)
    cancel()
  }
}

/** What a clamd says of a size it would say of each larger one too. */
function learnSize(instance: ClamdInstance, size: number, { answer }: Scanned): void {
  if (answer.kind !== 'error') instance.took(size)
  else if (answer.isFinal) instance.refused(size)
}

function failed(detail: string, mayRetry: boolean, cause: Cause = 'analyzer-failed'): Progress {
  return { state: 'failed', cause, detail, mayRetry }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
