/**
 * The scripted analyzer: answers what its options say, after the time that they say, and counts what it is asked. It shows the
 * shape of a driver and lets an operator try out holding, deferring and refusing without a sandbox.
 */
import { createHash, randomUUID } from 'node:crypto'
import type { Clock } from '../../core/index.ts'
import type { Analyzer, AnalyzerHealth, Capacity, Progress, Submission } from '../analyzer.ts'
import type { DummyAnswer, DummyOptions } from './options.ts'

interface Task {
  readonly sha256: string
  readonly marker: string
  readonly due: number
}

export class DummyAnalyzer implements Analyzer {
  readonly type = 'dummy'
  readonly name: string
  readonly tier: 1 | 2 | 3
  readonly optionsDigest: string
  readonly #options: DummyOptions
  readonly #clock: Clock
  readonly #tasks = new Map<string, Task>()
  #submitted = 0

  constructor(name: string, options: DummyOptions, clock: Clock) {
    this.name = name
    this.tier = options.tier
    this.optionsDigest = createHash('sha256').update(JSON.stringify(options)).digest('hex').slice(0, 16)
    this.#options = options
    this.#clock = clock
  }

  /** How many samples were handed over since the start. */
  get submitted(): number {
    return this.#submitted
  }

  revision(): string {
    return '1'
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    this.#tasks.clear()
  }

  async submit(submission: Submission, signal: AbortSignal): Promise<string> {
    for await (const _ of submission.bytes()) signal.throwIfAborted()
    this.#submitted += 1
    const id = randomUUID()
    const due = this.#clock.now() + this.#options.after
    this.#tasks.set(id, { sha256: submission.sha256, marker: submission.marker, due })
    return id
  }

  async poll(taskIds: readonly string[]): Promise<readonly Progress[]> {
    return taskIds.map((id) => this.#progress(this.#tasks.get(id)))
  }

  async find(sha256: string, marker: string): Promise<string | undefined> {
    for (const [id, task] of this.#tasks) if (task.sha256 === sha256 && task.marker === marker) return id
    return undefined
  }

  async health(): Promise<readonly AnalyzerHealth[]> {
    return [{ instance: this.name, ok: true, detail: 'scripted', version: 'dummy 1', selfTest: 'not run' }]
  }

  async cancel(taskId: string): Promise<void> {
    this.#tasks.delete(taskId)
  }

  capacity(): Capacity {
    const running = [...this.#tasks.values()].filter(({ due }) => this.#clock.now() < due).length
    return { instances: 1, inService: 1, running, waiting: 0, free: Number.MAX_SAFE_INTEGER }
  }

  #progress(task: Task | undefined): Progress {
    if (!task) return { state: 'failed', cause: 'analyzer-failed', detail: 'the task is not known', mayRetry: true }
    const answer = this.#options.bySha256[task.sha256] ?? this.#options.answer
    if (answer === 'never' || this.#clock.now() < task.due) return { state: 'running' }
    return this.#ended(answer)
  }

  #ended(answer: Exclude<DummyAnswer, 'never'>): Progress {
    if (answer === 'fail') {
      return { state: 'failed', cause: 'analyzer-failed', detail: 'the options say so', mayRetry: false }
    }
    const { score, families, findings } = answer
    const report = {
      analyzer: this.name,
      version: 'dummy 1',
      score,
      families,
      findings: findings.map((id) => ({ id, severity: 10, description: '', family: families[0] ?? '' })),
      evidence: ['scripted answer'],
    }
    return { state: 'reported', report }
  }
}
