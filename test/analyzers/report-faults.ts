/** What the reports of sandboxes were seen to say, and how they were seen to come. */
import { json, type Seen, say } from '../fakes/http-service.ts'
import { CRASH, type Fault, on, type Scene } from './fault.ts'
import type { Make } from './sandboxes.ts'

const RETRIED = 'failed, tried again'
const RIGHT = 'reported, 8.5'

/** Changes what the report says. */
function report(change: (report: Report, make: Make) => unknown) {
  return ({ fake, make }: Scene) => {
    fake.rewrite = (said) => change(said as Report, make) ?? said
  }
}

/** The parts of a report that faults change. */
interface Report extends Record<string, unknown> {
  info: Record<string, unknown>
  target: { file: Record<string, unknown> }
  behavior: Record<string, unknown>
  debug: Record<string, unknown>
}

function score(value: unknown) {
  return report((said, make) => {
    const where: Record<string, unknown> = make === 'cape' ? said : said.info
    const key = make === 'cape' ? 'malscore' : 'score'
    if (value === undefined) delete where[key]
    else where[key] = value
  })
}

/** A report as text, sent in a way of its own. */
function sent(send: (seen: Seen, text: string) => boolean) {
  return ({ fake }: Scene) => {
    on('report', (seen) => {
      const [task] = fake.tasks.values()
      return send(seen, JSON.stringify(task?.report))
    })({ fake, make: 'cape' })
  }
}

function without<T extends object>(record: T, key: string): undefined {
  Reflect.deleteProperty(record, key)
  return undefined
}

/** Faults of reports. */
export const REPORT_FAULTS: Readonly<Record<string, Fault>> = {
  'says a score of null': { arrange: score(null), cell: RETRIED, detail: /no score/ },
  'says a score below 0': { arrange: score(-1), cell: RETRIED, detail: /no score/ },
  'says a score in quotes': { arrange: score('0.0'), cell: RETRIED, detail: /no score/ },
  'says no score': { arrange: score(undefined), cell: RETRIED, detail: /no score/ },
  'says a score of 11.4': { arrange: score(11.4), cell: 'reported, 10' },
  'says a score that is a list': { arrange: score([0]), cell: RETRIED, detail: /no score/ },
  'says its score twice': {
    arrange: sent(({ response }, text) =>
      say(response, text.replace(/"(malscore|score)":8.5/, '"$1":8.5,"$1":0'), 'application/json'),
    ),
    cell: RETRIED,
    detail: /twice/,
  },
  'saw no process': {
    arrange: report((said) => {
      said.behavior = { processtree: [], processes: [] }
    }),
    cell: RETRIED,
    detail: /never ran/,
  },
  'did not complete': {
    arrange: report((said) => {
      said.debug = { cuckoo: ['INFO: win7x64: end of analysis reached!'], errors: [] }
    }),
    cell: { cuckoo: RETRIED },
    detail: /nothing says/,
  },
  'names no machine': {
    arrange: report((said) => without(said.info, 'machine')),
    cell: RETRIED,
    detail: /no machine/,
  },
  'never started the machine': {
    arrange: report((said) => Object.assign(said.info, { duration: -1 }) && said),
    cell: RETRIED,
    detail: /never started/,
  },
  'has the status Failed': {
    arrange: report((said) => Object.assign(said, { malstatus: 'Failed' }) && said),
    cell: { cape: RETRIED },
    detail: /Failed/,
  },
  'had an error in the guest': {
    arrange: report(
      (said) => Object.assign(said, { debug: { ...said.debug, errors: ['The guest did not answer'] } }) && said,
    ),
    cell: { cuckoo: RETRIED },
    detail: /guest did not answer/,
  },
  'reports about another file': {
    arrange: report((said) => Object.assign(said.target.file, { sha256: '0'.repeat(64) }) && said),
    cell: RETRIED,
    detail: /another file/,
  },
  'does not say what file it is about': {
    arrange: report((said) => without(said.target.file, 'sha256')),
    cell: RETRIED,
    detail: /what file/,
  },
  'leaves out the signatures': {
    arrange: report((said) => without(said, 'signatures')),
    cell: RETRIED,
    detail: /signatures/,
  },
  'has a signature without a weight': {
    arrange: report((said) => Object.assign(said, { signatures: [{ name: 'x', severity: 'high' }] }) && said),
    cell: RETRIED,
    detail: /signatures/,
  },
  'reports an empty object': { arrange: report(() => ({})), cell: RETRIED },
  'reports a list': {
    arrange: sent(({ response }) => say(response, '[]', 'application/json')),
    cell: RETRIED,
  },
  'sends half a report': {
    arrange: sent(({ response }, text) => say(response, text.slice(0, text.length / 2), 'application/json')),
    cell: RETRIED,
    detail: /cut off/,
  },
  'hangs up in the middle of the report': {
    arrange: sent(({ response, socket }, text) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length })
      response.write(text.slice(0, text.length / 2), () => socket.destroy())
      return true
    }),
    cell: RETRIED,
    detail: /cut off|lost/,
  },
  'sends two reports at once': {
    arrange: sent(({ response }, text) => say(response, `${text}${text}`, 'application/json')),
    cell: RETRIED,
    detail: /where it may not/,
  },
  'sends a report of 50 MB': {
    arrange: sent(({ response }, text) => {
      const large = Buffer.alloc(50_000_000, 'x')
      const parts = ['{"strings":["', large, `"],${text.slice(1)}`].map((part) => Buffer.from(part))
      return say(response, Buffer.concat(parts), 'application/json')
    }),
    cell: RIGHT,
  },
  'sends a report beyond the limit': {
    arrange: sent(({ response }) => say(response, Buffer.alloc(61_000_000, ' '), 'application/json')),
    cell: RETRIED,
    detail: /longer than/,
  },
  'sends a report byte by byte, for ever': {
    arrange: ({ fake }) => on('report', (seen) => fake.service.hang(seen, ' '))({ fake, make: 'cape' }),
    cell: RETRIED,
    detail: /no answer within|nothing came/,
  },
  'never sends the report': {
    arrange: ({ fake }) => on('report', (seen) => fake.service.hang(seen))({ fake, make: 'cape' }),
    cell: RETRIED,
    detail: /nothing came/,
  },
  'crashes over the report': {
    arrange: on('report', ({ response }) => say(response, CRASH, 'text/html', 500)),
    cell: RETRIED,
    detail: /status 500/,
  },
  'shows a page instead of the report': {
    arrange: on('report', ({ response }) => say(response, '<html>no permission</html>', 'text/html')),
    cell: RETRIED,
    detail: /text\/html/,
  },
  'redirects to another host for the report': {
    arrange: on('report', ({ response }) => say(response, '', 'text/html', 302, { location: 'http://192.0.2.1/' })),
    cell: RETRIED,
    detail: /redirects to http:\/\/192\.0\.2\.1/,
  },
  'has no report although it is reported': {
    arrange: ({ fake, make }) =>
      on('report', ({ response }) =>
        make === 'cape'
          ? json(response, { error: true, error_value: 'Reports directory does not exist' })
          : json(response, { message: 'Report not found' }, 404),
      )({ fake, make }),
    cell: RETRIED,
    detail: /no report/,
  },
  'has the report a little later': {
    arrange: ({ fake, make }) =>
      on(
        'report',
        ({ response }) =>
          make === 'cape'
            ? json(response, { error: true, error_value: 'Task is still being analyzed' })
            : json(response, { message: 'Report not found' }, 404),
        3,
      )({ fake, make }),
    cell: RIGHT,
  },
  'keeps the report to itself (TLP red)': {
    arrange: on('report', ({ response }) => json(response, { error: true, error_value: 'Task has a TLP of RED' })),
    cell: { cape: 'failed' },
    detail: /red/,
  },
}
