/**
 * A CAPE on a real socket, written after its `apiv2`: the paths, the 200 to nearly every error, the words. Analyses end at once unless
 * `isSlow`; then a test calls `finish`.
 */
import { createHash } from 'node:crypto'
import type { TestContext } from 'node:test'
import { formOf, HttpService, json, type Seen, say } from './http-service.ts'
import { type FakeTask, scoreOf } from './sandbox-task.ts'

const MACHINES = [
  {
    id: 1,
    name: 'win10-1',
    label: 'win10-1',
    platform: 'windows',
    ip: '192.0.2.1',
    tags: ['office', 'x64'],
    locked: true,
  },
  { id: 2, name: 'win10-2', label: 'win10-2', platform: 'windows', ip: '192.0.2.2', tags: ['x64'], locked: false },
  { id: 3, name: 'ubuntu', label: 'ubuntu', platform: 'linux', ip: '192.0.2.3', tags: [], locked: false },
]

/** What is switched on in `api.conf`; the last two are off by default. */
interface Switches {
  tasklist: boolean
  litereport: boolean
  cuckoostatus: boolean
  machinelist: boolean
}

export interface FakeCapeOptions {
  readonly token?: string
  readonly scheme?: string
  readonly tls?: { readonly key: string; readonly cert: string }
}

export class FakeCape {
  readonly service: HttpService
  readonly tasks = new Map<number, FakeTask>()
  readonly on: Switches = { tasklist: true, litereport: false, cuckoostatus: true, machinelist: true }
  /** Analyses do not end by themselves. */
  isSlow = false
  pending = 0
  /** Files that a submission is taken apart into. */
  demux: (content: string) => readonly string[] = (content) => [content]
  /** The fields of the last submission. */
  fields: ReadonlyMap<string, Buffer> = new Map()
  /** A reason for which submissions are not taken. */
  refusal: Record<string, unknown> | undefined
  /** Changes what a report says. */
  rewrite: (report: Record<string, unknown>) => unknown = (report) => report
  #next = 1
  readonly #authorization: string | undefined

  constructor(options: FakeCapeOptions = {}) {
    const { token, scheme = 'Token', tls } = options
    this.#authorization = token === undefined ? undefined : `${scheme} ${token}`
    this.service = new HttpService((seen) => this.#answer(seen), tls)
  }

  static async start(t: TestContext, options: FakeCapeOptions = {}): Promise<FakeCape> {
    const fake = new FakeCape(options)
    t.after(() => fake.service.stop())
    await fake.service.begin()
    return fake
  }

  get url(): string {
    return this.service.url
  }

  /** Ends tasks that run, all or one, with a score. */
  finish(score?: number, only?: number): void {
    for (const task of this.tasks.values()) {
      if (task.status === 'reported' || (only !== undefined && task.id !== only)) continue
      if (score !== undefined) task.report.malscore = score
      task.status = 'reported'
    }
  }

  /** Makes a task as if somebody had handed something over. */
  add(content: string, custom: string, parent?: string): FakeTask {
    const sha256 = digest(content)
    const id = this.#next++
    const status = this.isSlow ? 'running' : 'reported'
    const report = reportOf(id, sha256, scoreOf(content), parent)
    const task: FakeTask = { id, sha256, custom, content, status, report, ...(parent !== undefined && { parent }) }
    this.tasks.set(id, task)
    return task
  }

  /** As if it were set up anew. */
  reset(): void {
    this.tasks.clear()
    this.#next = 1
  }

  #answer(seen: Seen): void {
    const { path, method, response, headers } = seen
    const [bare = '', query = ''] = path.split('?')
    if (!bare.endsWith('/')) {
      say(response, '', 'text/html', 301, { location: `${bare}/` })
      return
    }
    if (this.#authorization !== undefined && headers.authorization !== this.#authorization) {
      json(response, { detail: 'Invalid token.' }, 401)
      return
    }
    const [first = '', second = '', third = '', fourth = ''] = bare.replace('/apiv2/', '').split('/')
    const route = method === 'POST' ? `POST ${first}/${second}/${third}` : `${first}/${second}`
    const routes: Record<string, () => unknown> = {
      'POST tasks/create/file': () => json(response, this.#create(seen)),
      'tasks/status': () => json(response, this.#status(Number(third))),
      'tasks/view': () => json(response, this.#view(Number(third))),
      'tasks/list': () => json(response, this.#list(new URLSearchParams(query))),
      'tasks/search': () => json(response, this.#search(fourth)),
      'tasks/delete': () => json(response, off('Task Deletion API')),
      'tasks/get': () => this.#report(seen, Number(fourth), bare.split('/')[6] ?? 'json'),
      'cuckoo/status': () => json(response, this.#cuckooStatus()),
      'machines/list': () => json(response, this.on.machinelist ? ok(MACHINES) : off('Machine list API')),
    }
    const known = routes[route]
    if (known) known()
    else say(response, '<html>Not Found</html>', 'text/html', 404)
  }

  #create(seen: Seen): unknown {
    this.fields = formOf(seen)
    if (this.refusal) return this.refusal
    const content = this.fields.get('file')?.toString('latin1') ?? ''
    const custom = this.fields.get('custom')?.toString() ?? ''
    const inner = this.demux(content)
    const parent = inner.length === 1 && inner[0] === content ? undefined : digest(content)
    const ids = inner.map((one) => this.add(one, custom, parent).id)
    return { error: [], data: { task_ids: ids, message: 'Task IDs' }, errors: [], url: [] }
  }

  #status(id: number): unknown {
    const task = this.tasks.get(id)
    return task ? ok(task.status) : { error: true, error_value: 'Task does not exist' }
  }

  #view(id: number): unknown {
    const task = this.tasks.get(id)
    if (!task) return { error: true, error_value: 'Task not found in database' }
    return ok({ id, status: task.status, custom: task.custom, category: 'file', errors: [], guest: {}, sample: {} })
  }

  #list(query: URLSearchParams): unknown {
    if (!this.on.tasklist) return off('Task List API')
    const rows = [...this.tasks.values()].filter(({ status }) => status === query.get('status'))
    return { data: rows.slice(-50).map(({ id }) => ({ id })), config: 'Limit: 50, Offset: 0', buf: 0 }
  }

  #search(sha256: string): unknown {
    const rows = [...this.tasks.values()].filter((task) => task.sha256 === sha256 || task.parent === sha256)
    if (rows.length === 0) return { data: [], error: false }
    const data = rows.map(({ id, custom, status, sha256: own }) => {
      return { id, custom, status, target: '/tmp/x', sample_id: Number.parseInt(own.slice(0, 8), 16) }
    })
    return { error: [], data }
  }

  #cuckooStatus(): unknown {
    if (!this.on.cuckoostatus) return off('Cuckoo Status API')
    return ok({ version: '2.5', machines: { total: 3, available: 2 }, tasks: { pending: this.pending, running: 1 } })
  }

  #report({ response }: Seen, id: number, kind: string): unknown {
    const task = this.tasks.get(id)
    if (!task) return json(response, { error: true, error_value: 'Task does not exist' })
    if (kind === 'litereport' && !this.on.litereport) {
      return json(response, { error: true, error_value: 'Reports directory does not exist' })
    }
    if (task.status.startsWith('failed')) return json(response, { error: true, error_value: 'Task failed' })
    if (task.status !== 'reported') return json(response, { error: true, error_value: 'Task is still being analyzed' })
    return json(response, this.rewrite(structuredClone(task.report)))
  }
}

function reportOf(id: number, sha256: string, malscore: number, parent?: string): Record<string, unknown> {
  const isBad = malscore >= 5
  return {
    statistics: { processing: [{ name: 'CAPE', time: 1.2 }] },
    info: {
      version: '2.5',
      id,
      machine: { id: 1, status: 'stopped', name: 'win10-1', label: 'win10-1', manager: 'KVM' },
      package: 'doc',
      timeout: false,
      duration: 211,
      tlp: '',
      parent_sample: parent === undefined ? {} : { sha256: parent },
    },
    target: { category: 'file', file: { name: 'x', sha256, size: 3, type: 'data', yara: [] } },
    behavior: { processtree: [{ name: 'WINWORD.EXE', pid: 4, children: [] }], processes: [] },
    network: { domains: isBad ? [{ domain: 'evil.example', ip: '192.0.2.66' }] : [], hosts: [], http: [] },
    dropped: [],
    malscore,
    malstatus: null,
    detections: isBad ? [{ family: 'Emotet', details: [{ Yara: 'x' }] }] : [],
    signatures: isBad
      ? [
          {
            name: 'office_macro_autoexec',
            description: 'Runs by itself',
            severity: 3,
            confidence: 80,
            families: [],
            data: [],
          },
        ]
      : [],
  }
}

function ok(data: unknown): unknown {
  return { error: false, data }
}

function off(what: string): unknown {
  return { error: true, error_value: `${what} is Disabled` }
}

function digest(content: string): string {
  return createHash('sha256').update(Buffer.from(content, 'latin1')).digest('hex')
}
