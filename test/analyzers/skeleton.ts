/**
 * The least that a driver of a sandbox must bring: copy it to a folder of its own in `src/analyzers/` and put calls in the place of the map.
 * Places, time-outs of tasks, retries, adoption after a restart and handles are those of `SandboxAnalyzer`. The contract is run over it, so
 * that it stays right.
 */
import type { AnalyzerDeps, Submission } from '../../src/analyzers/analyzer.ts'
import { type Described, type Ended, NotYet, type SandboxApi, type TaskState } from '../../src/analyzers/sandbox/api.ts'
import type { Host, SandboxOptions } from '../../src/analyzers/sandbox/options.ts'
import { SandboxAnalyzer } from '../../src/analyzers/sandbox/sandbox.ts'

/** What stands for the service: a task for each sample that it was handed. */
export interface Service {
  readonly tasks: { readonly sha256: string; readonly marker: string; readonly score: number }[]
  isHanging: boolean
}

class SkeletonApi implements SandboxApi {
  readonly name: string
  readonly #service: Service

  constructor(host: Host, service: Service) {
    this.name = host.url
    this.#service = service
  }

  async submit({ sha256, marker, bytes }: Submission, signal: AbortSignal): Promise<readonly number[]> {
    let text = ''
    for await (const piece of bytes()) text += Buffer.from(piece).toString('latin1')
    signal.throwIfAborted()
    return [this.#service.tasks.push({ sha256, marker, score: text.includes('malware') ? 9 : 0 })]
  }

  /** A service that cannot list says nothing here: its tasks are then asked about a few at a time. */
  async states(): Promise<ReadonlyMap<number, TaskState>> {
    return new Map()
  }

  async state(task: number): Promise<TaskState> {
    if (!this.#service.tasks[task - 1]) return { state: 'gone' }
    return { state: this.#service.isHanging ? 'running' : 'ended' }
  }

  /** Only what proves that these bytes were run is a report; throw `NotYet` while there is none, else say that it failed. */
  async report(task: number, sha256: string): Promise<Ended> {
    const found = this.#service.tasks[task - 1]
    if (!found) throw new NotYet('there is no report')
    if (found.sha256 !== sha256) {
      return { state: 'failed', cause: 'analyzer-failed', detail: 'the report is about another file', mayRetry: true }
    }
    const { score } = found
    const report = { analyzer: '', version: '', score, findings: [], families: [], evidence: ['it was run'] }
    return { state: 'reported', report }
  }

  async find(sha256: string, marker: string): Promise<readonly number[]> {
    const isIt = (task: Service['tasks'][number]) => task.sha256 === sha256 && task.marker === marker
    return this.#service.tasks.flatMap((task, i) => (isIt(task) ? [i + 1] : []))
  }

  /** What somebody ran already: the newest that has a report. */
  async reported(sha256: string): Promise<readonly number[]> {
    return [this.#service.tasks.findLastIndex((task) => task.sha256 === sha256) + 1].filter((task) => task > 0)
  }

  async cancel(): Promise<void> {}

  async describe(): Promise<Described> {
    return { version: 'skeleton 1' }
  }

  close(): void {}
}

/** The driver that `main.ts` would list. */
export function skeletonAnalyzer(name: string, options: SandboxOptions, service: Service, deps: AnalyzerDeps) {
  const apiOf = (host: Host) => new SkeletonApi(host, service)
  return new SandboxAnalyzer(name, options, { type: 'skeleton', meaning: 'skeleton-1', apiOf }, deps)
}
