/** What sandboxes were seen to do with tasks and submissions. */
import { json, say } from '../fakes/http-service.ts'
import { CRASH, type Fault, on, type Scene, taken } from './fault.ts'

const RETRIED = 'failed, tried again'
const NOT_TAKEN = 'not taken now'
const RIGHT = 'reported, 8.5'

function status(word: string) {
  return ({ fake }: Scene) => {
    fake.isSlow = true
    on('status', () => {
      for (const task of fake.tasks.values()) task.status = word
      return false
    })({ fake, make: 'cape' })
  }
}

/** Faults of tasks and submissions. */
export const SERVICE_FAULTS: Readonly<Record<string, Fault>> = {
  'says failed_analysis': { arrange: status('failed_analysis'), cell: RETRIED, detail: /failed_analysis/ },
  'says failed_processing': { arrange: status('failed_processing'), cell: RETRIED, detail: /failed_processing/ },
  'says failed_reporting': { arrange: status('failed_reporting'), cell: RETRIED, detail: /failed_reporting/ },
  'says banned': { arrange: status('banned'), cell: { cape: 'failed' }, detail: /banned/ },
  'says a word that nobody knows': { arrange: status('sleeping'), cell: 'running until maxAge' },
  'keeps the task completed for ever': { arrange: status('completed'), cell: 'running until maxAge' },
  'goes back from running to pending': {
    arrange: ({ fake }) => {
      const words = ['pending', 'running', 'pending', 'running', 'completed', 'running', 'reported']
      fake.isSlow = true
      on('status', () => {
        for (const task of fake.tasks.values()) task.status = words.shift() ?? 'reported'
        return false
      })({ fake, make: 'cape' })
    },
    cell: RIGHT,
  },
  'deleted the task': {
    arrange: ({ fake }) => {
      fake.isSlow = true
      on('status', () => fake.tasks.clear() !== undefined)({ fake, make: 'cape' })
    },
    cell: RETRIED,
    detail: /does not know the task/,
  },
  'was set up anew, and counts from 1 again': {
    arrange: ({ fake }) => {
      fake.isSlow = true
      on(
        'status',
        () => {
          fake.reset()
          fake.isSlow = false
          fake.add('somebody else', 'his mark')
          return false
        },
        1,
      )({ fake, make: 'cape' })
    },
    cell: RETRIED,
    detail: /another file/,
  },
  'began the task anew under another number': {
    arrange: ({ fake, make }) => {
      fake.isSlow = true
      on(
        'status',
        () => {
          const [task] = fake.tasks.values()
          if (!task) return false
          fake.isSlow = false
          const next = fake.add(task.content, task.custom)
          task.status = 'recovered'
          if (make === 'cape') Object.assign(task, { custom: `Recovery_${next.id}` })
          return false
        },
        1,
      )({ fake, make })
    },
    cell: RIGHT,
  },
  'crashes whenever it is asked': {
    arrange: on('status', ({ response }) => say(response, CRASH, 'text/html', 500)),
    cell: RETRIED,
    detail: /did not answer for 600000 ms.*status 500/,
  },
  'never answers when it is asked': {
    arrange: ({ fake }) => on('status', (seen) => fake.service.hang(seen))({ fake, make: 'cape' }),
    cell: RETRIED,
    detail: /did not answer for 600000 ms/,
  },
  'answers with a number instead of a state': {
    arrange: on('status', ({ response }) => json(response, { error: false, data: 7, task: { id: 1, status: 7 } })),
    cell: RETRIED,
    detail: /another shape/,
  },
  'wants to be left alone for a while (429)': {
    arrange: on('status', ({ response }) => json(response, { detail: 'throttled' }, 429, { 'retry-after': '30' }), 2),
    cell: RIGHT,
  },
  'is away for a while': {
    arrange: on('status', ({ socket }) => socket.destroy() !== undefined, 3),
    cell: RIGHT,
  },
  'does not take the sample, and says why': {
    arrange: ({ fake, make }) => {
      const cape = { error: true, error_value: "Machine 'x' does not exist" }
      Object.assign(fake, {
        refusal: make === 'cape' ? cape : { status: 400, body: { message: 'Machine does not exist' } },
      })
    },
    cell: 'refused',
    detail: /does not exist/,
  },
  'names no task for the sample': {
    arrange: ({ fake, make }) => {
      const cape = { error: [], data: { task_ids: [], message: '' }, errors: [] }
      Object.assign(fake, { refusal: make === 'cape' ? cape : { status: 200, body: { task_id: null } } })
    },
    cell: NOT_TAKEN,
  },
  'crashes over the sample': {
    arrange: on('submit', ({ response }) => say(response, CRASH, 'text/html', 500)),
    cell: NOT_TAKEN,
    detail: /status 500/,
  },
  'crashes over the sample, and took it': {
    arrange: on('submit', (seen, fake) => taken(seen, fake) > 0 && say(seen.response, CRASH, 'text/html', 500)),
    cell: RIGHT,
  },
  'hangs up over the sample, and took it': {
    arrange: on('submit', (seen, fake) => taken(seen, fake) > 0 && seen.socket.destroy() !== undefined),
    cell: RIGHT,
  },
  'never answers to the sample, and took it': {
    arrange: on('submit', (seen, fake) => taken(seen, fake) > 0 && fake.service.hang(seen)),
    cell: RIGHT,
  },
  'answers to the sample byte by byte': {
    arrange: on('submit', (seen, fake) => fake.service.hang(seen, ' ')),
    cell: NOT_TAKEN,
  },
  'takes no token': {
    arrange: on('submit', ({ response }) => json(response, { detail: 'Invalid token.' }, 401)),
    cell: NOT_TAKEN,
    detail: /token/,
  },
  'takes no more for a while (429)': {
    arrange: on('submit', ({ response }) => json(response, { detail: 'throttled' }, 429, { 'retry-after': '60' })),
    cell: NOT_TAKEN,
    detail: /after 60 s/,
  },
  'redirects the sample to another host': {
    arrange: on('submit', ({ response }) => say(response, '', 'text/html', 307, { location: 'http://192.0.2.1/x' })),
    cell: NOT_TAKEN,
    detail: /redirects/,
  },
  'writes its numbers in quotes': {
    arrange: ({ fake, make }) =>
      on('submit', (seen, one) => {
        const id = String(taken(seen, one))
        return json(seen.response, make === 'cape' ? { error: [], data: { task_ids: [id] } } : { task_id: id })
      })({ fake, make }),
    cell: RIGHT,
  },
  'is away': { arrange: ({ fake }) => void fake.service.stop(), cell: NOT_TAKEN },
}
