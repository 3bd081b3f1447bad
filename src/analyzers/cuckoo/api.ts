/** The REST API of one Cuckoo 2. */
import { type Clock, Fault } from '../../core/index.ts'
import type { Submission } from '../analyzer.ts'
import type { HttpAnswer, HttpClient } from '../http/client.ts'
import { parseJson, readJson } from '../http/json.ts'
import { JsonPicker } from '../http/json-picker.ts'
import { type Described, type Ended, NotYet, Refused, type SandboxApi, type TaskState } from '../sandbox/api.ts'
import { connect } from '../sandbox/connect.ts'
import { submissionBody } from '../sandbox/form.ts'
import type { GuestOptions, Host } from '../sandbox/options.ts'
import {
  created,
  described,
  listed,
  machines,
  said,
  sampled,
  stateOf,
  type Viewed,
  viewed,
  viewedSample,
} from './answers.ts'
import type { CuckooOptions } from './options.ts'
import { CUCKOO_PICK, ELEMENTS, type Element, endOf } from './report.ts'

/** Our mark on every task, by which lists are narrowed to ours. */
const OWNER = 'peekaboo'
const SMALL = 4 * 1024 * 1024
/** Rows of tasks that are listed at once. */
const MOST_ROWS = 500
/** Its clock and ours may differ so much. */
const SKEW_S = 3600
/** Tasks of one sample that are looked at when a lost one is searched, the newest first. */
const MOST_LOOKED_AT = 20

export class CuckooApi implements SandboxApi {
  readonly name: string
  readonly #host: Host
  readonly #options: CuckooOptions
  readonly #http: HttpClient

  constructor(host: Host, options: CuckooOptions, clock: Clock) {
    this.name = host.url
    this.#host = host
    this.#options = options
    this.#http = connect(host, options, 'Bearer', clock)
  }

  async submit(submission: Submission, signal: AbortSignal): Promise<readonly number[]> {
    // Route and password have no field of their own here: both are options.
    const own = ({ route }: GuestOptions) => ({ fields: { owner: OWNER }, options: { route } })
    const body = submissionBody(this.#host, this.#options, submission, own)
    const path = '/tasks/create/file'
    const answer = await this.#http.call({ method: 'POST', path, body, maxBytes: SMALL, signal })
    if (answer.status === 400) throw new Refused(`it does not take the sample: ${reasonOf(answer)}`)
    const { task_id: task } = readJson(answer, created)
    if (task === null) throw new Fault('analyzer-failed', 'its database did not take the task')
    return [task]
  }

  /** What is reported of ours, in one list; failures have no time by which they could be listed. */
  async states(tasks: readonly number[], since: number, signal: AbortSignal): Promise<ReadonlyMap<number, TaskState>> {
    const after = Math.max(0, Math.floor(since / 1000) - SKEW_S)
    const known = new Set(tasks)
    const query = `status=reported&owner=${OWNER}&completed_after=${after}`
    const answer = await this.#get(`/tasks/list/${MOST_ROWS}/0?${query}`, signal)
    const rows = readJson(answer, listed).tasks
    return new Map(rows.flatMap(({ id, status }) => (known.has(id) ? [[id, stateOf(status)]] : [])))
  }

  async state(task: number, signal: AbortSignal): Promise<TaskState> {
    const answer = await this.#get(`/tasks/view/${task}`, signal)
    if (isNotFound(answer)) return { state: 'gone' }
    const view = readJson(answer, viewed).task
    if (view.id !== task) throw new Fault('analyzer-failed', `it tells of task ${view.id} when asked for ${task}`)
    return view.status === 'recovered' ? this.#successor(task, view.custom ?? '', signal) : stateOf(view.status)
  }

  async report(task: number, sha256: string, signal: AbortSignal): Promise<Ended> {
    const picked: Partial<Record<Element, unknown>> = {}
    for (const element of ELEMENTS) {
      if (element in picked) continue
      const answer = await this.#elements(task, `?elements=${element}`, signal)
      // An element that is missing is found missing below; the first tells whether there is a report at all.
      if (answer === undefined && element === ELEMENTS[0]) throw new NotYet('there is no report')
      Object.assign(picked, answer)
      // It answers in a way of its own: the whole report is the same everywhere.
      if (Object.keys(picked).length === 0) break
    }
    if (Object.keys(picked).length === 0) Object.assign(picked, await this.#elements(task, '', signal))
    return endOf(picked, sha256, `${this.#host.url}/tasks/report/${task}/html`)
  }

  find(sha256: string, marker: string, signal: AbortSignal): Promise<readonly number[]> {
    return this.#newest(sha256, ({ custom }) => custom === marker, signal)
  }

  reported(sha256: string, signal: AbortSignal): Promise<readonly number[]> {
    return this.#newest(sha256, ({ status }) => status === 'reported', signal)
  }

  /** It deletes what is not running; what runs goes on, and nobody reads its report. */
  async cancel(task: number, signal: AbortSignal): Promise<void> {
    await this.#get(`/tasks/delete/${task}`, signal)
  }

  async describe(signal: AbortSignal): Promise<Described> {
    const { version, tasks, machines: counts } = readJson(await this.#get('/cuckoo/status', signal), described)
    const all = readJson(await this.#get('/machines/list', signal), machines).machines
    return {
      version: `Cuckoo ${version}`,
      ...(tasks && { pending: tasks.pending }),
      ...(counts && { counts: { all: counts.total, busy: counts.total - counts.available } }),
      machines: all.map(({ name, platform, tags, locked }) => {
        return { name, platform: platform ?? '', tags: tags ?? [], busy: locked ?? false }
      }),
    }
  }

  close(): void {
    this.#http.close()
  }

  /** The newest task of these bytes that fits. */
  async #newest(sha256: string, fits: (task: Viewed) => boolean, signal: AbortSignal): Promise<readonly number[]> {
    const answer = await this.#get(`/files/view/sha256/${sha256}`, signal)
    if (isNotFound(answer)) return []
    const { id, tasks } = readJson(answer, sampled).sample
    const numbers = tasks ?? readJson(await this.#get(`/tasks/sample/${id}`, signal), listed).tasks.map((one) => one.id)
    const newest = [...numbers].sort((a, b) => b - a).slice(0, MOST_LOOKED_AT)
    for (const number of newest) {
      const view = await this.#get(`/tasks/view/${number}`, signal)
      if (!isNotFound(view) && fits(readJson(view, viewed).task)) return [number]
    }
    return []
  }

  /** It was begun anew under a number that nothing names: the newest of the same sample with the same mark. */
  async #successor(task: number, marker: string, signal: AbortSignal): Promise<TaskState> {
    const view = readJson(await this.#get(`/tasks/view/${task}`, signal), viewedSample).task
    const [newest] = marker === '' ? [] : await this.find(view.sample.sha256, marker, signal)
    if (newest !== undefined && newest > task) return { state: 'moved', to: newest }
    return { state: 'failed', detail: 'the task was given up, and no other was begun', mayRetry: true }
  }

  /** Elements of the report, each under its name; undefined where there is none. */
  async #elements(task: number, query: string, signal: AbortSignal): Promise<object | undefined> {
    const { maxReport: maxBytes, reportTimeout: totalMs } = this.#options
    const picker = new JsonPicker(CUCKOO_PICK)
    const sink = (piece: Uint8Array) => picker.write(piece)
    const path = `/tasks/report/${task}/json${query}`
    const answer = await this.#http.call({ path, maxBytes, totalMs, sink, signal })
    if (isNotFound(answer)) return undefined
    if (answer.status >= 300 || answer.type !== 'application/json') readJson(answer, said)
    const picked = picker.end()
    return typeof picked === 'object' && picked !== null ? picked : {}
  }

  #get(path: string, signal: AbortSignal): Promise<HttpAnswer> {
    return this.#http.call({ path, maxBytes: SMALL, signal })
  }
}

/** Its own 404, in JSON; that of something in between is no answer about a task. */
function isNotFound(answer: HttpAnswer): boolean {
  if (answer.status !== 404) return false
  parseJson(answer, said)
  return true
}

function reasonOf(answer: HttpAnswer): string {
  return answer.type === 'application/json' ? parseJson(answer, said).message.slice(0, 200) : 'it names no reason (400)'
}
