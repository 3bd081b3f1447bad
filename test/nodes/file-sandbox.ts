/** A sandbox that lives in a file, so that it outlasts the processes that use it: a line for each task that was handed over. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Analyzer } from '../../src/analyzers/analyzer.ts'

/** Says that everything is bad, at once, or never while there is a file `slow`. `onSubmitted` is called when the task is there and nobody knows. */
export function fileSandbox(folder: string, onSubmitted: () => void = () => undefined): Analyzer {
  return {
    name: 'box',
    type: 'scripted',
    tier: 3,
    optionsDigest: '',
    revision: () => '1',
    start: async () => {},
    stop: async () => {},
    submit: async ({ sha256, marker }) => {
      appendFileSync(join(folder, 'tasks'), `${sha256} ${marker}\n`)
      onSubmitted()
      return String(tasksOf(folder).length)
    },
    poll: async (ids) =>
      ids.map(() =>
        existsSync(join(folder, 'slow'))
          ? { state: 'running' }
          : { state: 'reported', report: { analyzer: 'box', version: '1', score: 9, evidence: ['run'] } },
      ),
    find: async (sha256, marker) => {
      const at = tasksOf(folder).indexOf(`${sha256} ${marker}`)
      return at < 0 ? undefined : String(at + 1)
    },
    cancel: async () => {},
    capacity: () => ({ instances: 1, inService: 1, running: 0, waiting: 0, free: 100 }),
    health: async () => [],
  }
}

/** What was handed over. */
export function tasksOf(folder: string): readonly string[] {
  const path = join(folder, 'tasks')
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : []
}
