/**
 * A Cuckoo 2 on a real socket, written after its REST API: no slash at the end, real status codes, elements of reports. Analyses end at once
 * unless `isSlow`; then a test calls `finish`.
 */
import { createHash } from 'node:crypto'
import type { TestContext } from 'node:test'
import { formOf, HttpService, json, type Seen, say } from './http-service.ts'
import { type FakeTask, scoreOf } from './sandbox-task.ts'

const MACHINES = [
  {
    id: 1,
    name: 'win7x64',
    label: 'win7x64',
    platform: 'windows',
    tags: ['office'],
    locked: false,
    status: 'poweroff',
  },
  {
    id: 2,
    name: 'esx-win10',
    label: 'esx-win10',
    platform: 'windows',
    tags: ['office', 'esx'],
    locked: true,
    status: 'running',
  },
]

export interface FakeCuckooOptions {
  readonly token?: string
  readonly tls?: { readonly key: string; readonly cert: string }
}

export class FakeCuckoo {
  readonly service: HttpService
  readonly tasks = new Map<number, FakeTask>()
  isSlow = false
  pending = 0
  fields: ReadonlyMap<string, Buffer> = new Map()
  /** Answer to a submission instead of a task. */
  refusal: { readonly status: number; readonly body: unknown } | undefined
  rewrite: (report: Record<string, unknown>) => unknown = (report) => report
  /** How it answers to `elements`: cut to these, the bare element, or (an old one) as if it had not been asked. */
  elements: 'cut' | 'bare' | 'ignored' = 'cut'
  #next = 1
  readonly #authorization: string | undefined

  constructor(options: FakeCuckooOptions = {}) {
    const { token, tls } = options
    this.#authorization = token === undefined ? undefined : `Bearer ${token}`
    this.service = new HttpService((seen) => this.#answer(seen), tls)
  }

  static async start(t: TestContext, options: FakeCuckooOptions = {}): Promise<FakeCuckoo> {
    const fake = new FakeCuckoo(options)
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
      if (score !== undefined) Object.assign(task.report.info as object, { score })
      task.status = 'reported'
    }
  }

  add(content: string, custom: string): FakeTask {
    const sha256 = createHash('sha256').update(Buffer.from(content, 'latin1')).digest('hex')
    const id = this.#next++
    const status = this.isSlow ? 'running' : 'reported'
    const task: FakeTask = { id, sha256, custom, content, status, report: reportOf(id, sha256, scoreOf(content)) }
    this.tasks.set(id, task)
    return task
  }

  /** As if it were set up anew. */
  reset(): void {
    this.tasks.clear()
    this.#next = 1
  }

  #answer(seen: Seen): void {
    const { path, response, headers } = seen
    if (this.#authorization !== undefined && headers.authorization !== this.#authorization) {
      json(response, { message: 'Authentication in the form of an Authorization header is required' }, 401)
      return
    }
    const [bare = '', query = ''] = path.split('?')
    const [, first = '', second = '', third = '', fourth = ''] = bare.split('/')
    const routes: Record<string, () => unknown> = {
      'tasks/create': () => this.#create(seen),
      'tasks/view': () => this.#view(seen, Number(third)),
      'tasks/list': () => json(response, { tasks: this.#rows(new URLSearchParams(query)) }),
      'tasks/report': () => this.#report(seen, Number(third), new URLSearchParams(query).get('elements')),
      'tasks/delete': () => this.#delete(seen, Number(third)),
      'files/view': () => this.#file(seen, fourth),
      'cuckoo/status': () =>
        json(response, {
          version: '2.0.7',
          hostname: 'cuckoo',
          machines: { total: 2, available: 1 },
          tasks: { total: this.tasks.size, pending: this.pending, running: 0, completed: 0, reported: 0 },
        }),
      'machines/list': () => json(response, { machines: MACHINES }),
    }
    const known = routes[`${first}/${second}`]
    if (known) known()
    else say(response, '<!doctype html><title>404 Not Found</title>', 'text/html', 404)
  }

  #create(seen: Seen): unknown {
    this.fields = formOf(seen)
    if (this.refusal) return json(seen.response, this.refusal.body, this.refusal.status)
    const content = this.fields.get('file')?.toString('latin1') ?? ''
    return json(seen.response, { task_id: this.add(content, this.fields.get('custom')?.toString() ?? '').id })
  }

  #view({ response }: Seen, id: number): unknown {
    const task = this.tasks.get(id)
    if (!task) return json(response, { message: 'Task not found' }, 404)
    return json(response, { task: rowOf(task) })
  }

  #rows(query: URLSearchParams): unknown {
    const rows = [...this.tasks.values()].filter(({ status }) => status === query.get('status'))
    return query.get('owner') === 'peekaboo' ? rows.map(rowOf) : []
  }

  #delete({ response }: Seen, id: number): unknown {
    const task = this.tasks.get(id)
    if (task?.status === 'running') return json(response, { message: 'The task is currently being processed' }, 500)
    return task ? json(response, { status: 'OK' }) : json(response, { message: 'Task not found' }, 404)
  }

  #file({ response }: Seen, sha256: string): unknown {
    const tasks = [...this.tasks.values()].filter((task) => task.sha256 === sha256).map(({ id }) => id)
    if (tasks.length === 0) return json(response, { message: 'File not found' }, 404)
    return json(response, { sample: { id: 7, sha256, tasks } })
  }

  #report({ response }: Seen, id: number, element: string | null): unknown {
    const task = this.tasks.get(id)
    if (task?.status !== 'reported') return json(response, { message: 'Report not found' }, 404)
    const report = this.rewrite(structuredClone(task.report)) as Record<string, unknown>
    if (element === null || this.elements === 'ignored') return json(response, report)
    if (!(element in report)) return json(response, { message: `'${element}'` }, 404)
    return json(response, this.elements === 'cut' ? { [element]: report[element] } : report[element])
  }
}

function rowOf({ id, sha256, custom, status }: FakeTask): unknown {
  return { id, status, custom, owner: 'peekaboo', category: 'file', errors: [], guest: {}, sample: { id: 7, sha256 } }
}

function reportOf(id: number, sha256: string, score: number): Record<string, unknown> {
  const isBad = score >= 5
  return {
    info: {
      id,
      score,
      machine: { name: 'win7x64', label: 'win7x64', manager: 'ESX' },
      package: 'doc',
      duration: 128,
      version: '2.0.7',
    },
    target: { category: 'file', file: { name: 'x', sha256, size: 3 } },
    signatures: isBad
      ? [
          {
            name: 'office_macro',
            description: 'Has a macro',
            severity: 3,
            families: ['dridex'],
            references: [],
            marks: [],
            markcount: 0,
          },
        ]
      : [],
    debug: {
      log: [],
      action: [],
      errors: [],
      cuckoo: ['[cuckoo.core.guest] INFO: win7x64: analysis completed successfully'],
    },
    behavior: { processes: [{ pid: 4 }] },
  }
}
