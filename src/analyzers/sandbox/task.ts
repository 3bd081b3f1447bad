import type { Progress } from '../analyzer.ts'
import type { Place } from '../pool.ts'
import type { Ended } from './api.ts'
import type { SandboxHost } from './host.ts'

/** One sample in a sandbox, without its bytes: one task there, or several where it was a container of several files. */
export class SandboxTask {
  readonly id: string
  readonly sha256: string
  readonly marker: string
  readonly host: SandboxHost
  /** When it was handed over, by our clock. */
  readonly since: number
  readonly #place: Place<SandboxHost>
  /** Its tasks, each with its end once that is known. */
  readonly #ends = new Map<number, Ended | undefined>()
  #progress: Progress = { state: 'running' }
  #ended: PromiseWithResolvers<void> | undefined
  /** When somebody last asked about it. */
  askedAt: number

  constructor(
    about: { readonly id: string; readonly sha256: string; readonly marker: string; readonly since: number },
    tasks: readonly number[],
    place: Place<SandboxHost>,
    now: number,
  ) {
    this.id = about.id
    this.sha256 = about.sha256
    this.marker = about.marker
    this.since = about.since
    this.host = place.instance
    this.#place = place
    this.askedAt = now
    for (const task of tasks) this.#ends.set(task, undefined)
  }

  get progress(): Progress {
    return this.#progress
  }

  /** The tasks of which the end is not known. */
  get open(): readonly number[] {
    if (this.#progress.state !== 'running') return []
    return [...this.#ends].flatMap(([task, end]) => (end === undefined ? [task] : []))
  }

  /** Resolves when it has ended. */
  get ended(): Promise<void> {
    if (this.#progress.state !== 'running') return Promise.resolve()
    this.#ended ??= Promise.withResolvers()
    return this.#ended.promise
  }

  /** A task is continued under another number. */
  moved(task: number, to: number): void {
    if (!this.#ends.delete(task) || this.#ends.has(to)) return
    this.#ends.set(to, undefined)
  }

  /** The end of one task: the first failure is the end of all, else the worst report when the last is there. */
  learn(task: number, end: Ended): void {
    if (this.#ends.get(task) !== undefined || !this.#ends.has(task)) return
    this.#ends.set(task, end)
    if (end.state === 'failed') {
      this.#finish(end, () => this.#place.failed(end.detail, false))
      return
    }
    const ends = [...this.#ends.values()]
    const [first, ...others] = ends.flatMap((one) => (one?.state === 'reported' ? [one] : []))
    if (first && others.length + 1 === ends.length) this.#finish(worst([first, ...others]), () => this.#place.done())
  }

  /** It ends for a reason that says nothing about the host. */
  giveUp(end: Ended): void {
    this.#finish(end, () => this.#place.giveBack())
  }

  #finish(end: Ended, leave: () => void): void {
    if (this.#progress.state !== 'running') return
    this.#progress = end
    leave()
    this.#ended?.resolve()
  }
}

type Reported = Extract<Ended, { readonly state: 'reported' }>

/** The report with the highest score, with the findings and the evidence of all. */
function worst([first, ...others]: readonly [Reported, ...Reported[]]): Ended {
  if (others.length === 0) return first
  const all = [first, ...others].map(({ report }) => report).sort((a, b) => (b.score ?? 0) - (a.score ?? 0))
  const [highest = first.report] = all
  const report = {
    ...highest,
    findings: all.flatMap(({ findings = [] }) => findings),
    families: [...new Set(all.flatMap(({ families = [] }) => families))],
    evidence: all.flatMap(({ evidence }) => evidence),
  }
  return { state: 'reported', report }
}
