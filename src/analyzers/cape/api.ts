/** CAPE's `apiv2` of one host. Its paths end with a slash: without it GET is answered by a redirect. */
import { type Clock, Fault } from '../../core/index.ts'
import type { Machine, Submission } from '../analyzer.ts'
import type { HttpClient } from '../http/client.ts'
import { JsonPicker } from '../http/json-picker.ts'
import { type Described, type Ended, failed, NotYet, Refused, type SandboxApi, type TaskState } from '../sandbox/api.ts'
import { connect } from '../sandbox/connect.ts'
import { submissionBody } from '../sandbox/form.ts'
import type { Host } from '../sandbox/options.ts'
import {
  created,
  dataOf,
  described,
  isGone,
  isOff,
  listed,
  machines,
  readSaid,
  type Said,
  searched,
  stateOf,
  viewed,
} from './answers.ts'
import type { CapeOptions } from './options.ts'
import { CAPE_PICK, endOf } from './report.ts'

const SMALL = 4 * 1024 * 1024
/** No more rows than this are listed at once, whatever is asked for. */
const MOST_ROWS = 50
const FAILED = ['failed_analysis', 'failed_processing', 'failed_reporting'] as const

export class CapeApi implements SandboxApi {
  readonly name: string
  readonly #host: Host
  readonly #options: CapeOptions
  readonly #http: HttpClient
  /** Whether the list of tasks is switched off here. */
  #hasNoList = false
  #turn = 0

  constructor(host: Host, options: CapeOptions, clock: Clock) {
    this.name = host.url
    this.#host = host
    this.#options = options
    this.#http = connect(host, options, 'Token', clock)
  }

  async submit(submission: Submission, signal: AbortSignal): Promise<readonly number[]> {
    const { sha256, marker } = submission
    const body = submissionBody(this.#host, this.#options, submission, ({ route, tlp }) => ({ fields: { route, tlp } }))
    const path = '/apiv2/tasks/create/file/'
    const said = readSaid(await this.#http.call({ method: 'POST', path, body, maxBytes: SMALL, signal }))
    if (!said.isError) return dataOf(said, created).task_ids
    if (!/duplicat/i.test(said.why)) throw new Refused(`it does not take the sample: ${said.why}`)
    // Another submission of the same bytes is known to it, and it takes no second: what is ours of it is found, or the sample waits.
    const found = await this.find(sha256, marker, signal)
    if (found.length > 0) return found
    throw new Fault(
      'analyzer-unavailable',
      'it has analysed these bytes for somebody else and takes them only once a day',
    )
  }

  /** One list of what was reported last, and in turn one of the kinds of failure. */
  async states(tasks: readonly number[], _since: number, signal: AbortSignal): Promise<ReadonlyMap<number, TaskState>> {
    if (this.#hasNoList) return new Map()
    const failure = FAILED[this.#turn++ % FAILED.length] ?? FAILED[0]
    const known = new Set(tasks)
    const states = new Map<number, TaskState>()
    for (const word of ['reported', failure]) {
      const said = await this.#get(`/apiv2/tasks/list/${MOST_ROWS}/0/?status=${word}&ids=1`, signal)
      if (said.isError && isOff(said.why)) this.#hasNoList = true
      if (said.isError) break
      for (const { id } of dataOf(said, listed)) if (known.has(id)) states.set(id, stateOf(word))
    }
    return states
  }

  async state(task: number, signal: AbortSignal): Promise<TaskState> {
    const said = await this.#get(`/apiv2/tasks/status/${task}/`, signal)
    if (said.isError && isGone(said.why)) return { state: 'gone' }
    const word = String(dataOf(said, viewed.shape.status))
    return word === 'recovered' ? this.#successor(task, signal) : stateOf(word)
  }

  async report(task: number, sha256: string, signal: AbortSignal): Promise<Ended> {
    const lite = this.#options.liteReport ? await this.#read(task, 'litereport', sha256, signal) : undefined
    return lite ?? (await this.#read(task, 'json', sha256, signal)) ?? failed('its report is of no use', true)
  }

  async find(sha256: string, marker: string, signal: AbortSignal): Promise<readonly number[]> {
    const said = await this.#get(`/apiv2/tasks/search/sha256/${sha256}/`, signal)
    if (said.isError) return dataOf(said, searched).map(({ id }) => id)
    return dataOf(said, searched).flatMap(({ id, custom }) => (custom === marker ? [id] : []))
  }

  /** Of a container it lists the tasks of the files within: each must have a report, and the newest of each counts. */
  async reported(sha256: string, signal: AbortSignal): Promise<readonly number[]> {
    const rows = dataOf(await this.#get(`/apiv2/tasks/search/sha256/${sha256}/`, signal), searched)
    const files = Map.groupBy(rows, ({ id, sample_id: file }) => file ?? `task ${id}`)
    const newest = [...files.values()].map((tasks) => {
      return Math.max(0, ...tasks.flatMap(({ id, status }) => (status === 'reported' ? [id] : [])))
    })
    return newest.includes(0) ? [] : newest
  }

  /** Off by default there: then the task goes on, and nobody reads its report. */
  async cancel(task: number, signal: AbortSignal): Promise<void> {
    await this.#get(`/apiv2/tasks/delete/${task}/`, signal)
  }

  async describe(signal: AbortSignal): Promise<Described> {
    const said = await this.#get('/apiv2/cuckoo/status/', signal)
    const all = await this.#machines(signal)
    if (said.isError && !isOff(said.why)) throw new Fault('analyzer-failed', `it says: ${said.why}`)
    const status = said.isError ? undefined : dataOf(said, described)
    const { version, tasks, machines: counts } = status ?? {}
    const pending = tasks?.pending ?? undefined
    return {
      version: version ? `CAPE ${version}` : 'CAPE',
      ...(pending !== undefined && { pending }),
      ...(counts && { counts: { all: counts.total, busy: counts.total - counts.available } }),
      ...(all && { machines: all }),
    }
  }

  close(): void {
    this.#http.close()
  }

  async #machines(signal: AbortSignal): Promise<readonly Machine[] | undefined> {
    const said = await this.#get('/apiv2/machines/list/', signal)
    if (said.isError) return undefined
    return dataOf(said, machines).map(({ name, platform, tags, locked }) => {
      return { name, platform: platform ?? '', tags: tags ?? [], busy: locked ?? false }
    })
  }

  /** A task that was given up and begun anew says so in its mark; its view already shows the new one. */
  async #successor(task: number, signal: AbortSignal): Promise<TaskState> {
    const view = dataOf(await this.#get(`/apiv2/tasks/view/${task}/`, signal), viewed)
    const named = Number(/^Recovery_([1-9]\d{0,14})$/.exec(view.custom ?? '')?.[1] ?? view.id)
    if (named !== task) return { state: 'moved', to: named }
    return { state: 'failed', detail: 'the task was given up, and it does not say for which other', mayRetry: true }
  }

  /** Undefined: this kind of report is not to be had, or says too little. */
  async #read(
    task: number,
    kind: 'litereport' | 'json',
    sha256: string,
    signal: AbortSignal,
  ): Promise<Ended | undefined> {
    const picker = new JsonPicker({ keys: { ...keysOf(CAPE_PICK), error: 'value', error_value: 'value' } })
    const { maxReport: maxBytes, reportTimeout: totalMs } = this.#options
    const path = `/apiv2/tasks/get/report/${task}/${kind}/`
    const sink = (piece: Uint8Array) => picker.write(piece)
    const answer = await this.#http.call({ path, maxBytes, totalMs, sink, signal })
    // Whatever is no JSON went past the sink: the reason is in its status, or nowhere.
    if (answer.type !== 'application/json' || answer.status >= 300) readSaid(answer)
    const picked = picker.end()
    const error = errorOf(picked)
    if (error === undefined) {
      const end = endOf(picked, sha256, `${this.#host.url}/analysis/${task}/`)
      return kind === 'litereport' && end.state === 'failed' ? undefined : end
    }
    if (kind === 'litereport') return undefined
    if (/task failed/i.test(error)) return failed('it says: Task failed', true)
    if (/TLP of RED/i.test(error)) return failed('it keeps the report to itself: its traffic light is red', false)
    throw new NotYet(`there is no report: ${error}`)
  }

  async #get(path: string, signal: AbortSignal): Promise<Said> {
    return readSaid(await this.#http.call({ path, maxBytes: SMALL, signal }))
  }
}

function errorOf(picked: unknown): string | undefined {
  if (typeof picked !== 'object' || picked === null) return 'nothing'
  const { error, error_value: why } = picked as { readonly error?: unknown; readonly error_value?: unknown }
  return error === true ? String(why).slice(0, 200) : undefined
}

function keysOf(pick: typeof CAPE_PICK) {
  return typeof pick === 'object' && 'keys' in pick ? pick.keys : {}
}
