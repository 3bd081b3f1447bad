/** The thread of searches: one open database, one search at a time. Nothing that fails in here ends the thread. */
import { parentPort, workerData } from 'node:worker_threads'
import { explainProblem, type Problem } from './problem.ts'
import { type Search, type Searched, Searcher } from './searcher.ts'

/** Main thread → thread of searches. */
export interface SearchRequest {
  readonly id: number
  readonly search: Search
}

/** What comes back, with the number of its request. */
export type SearchReply =
  | { readonly id: number; readonly found: Searched }
  | { readonly id: number; readonly problem: Problem }

function serve(port: NonNullable<typeof parentPort>, path: string): void {
  let searcher: Searcher | undefined
  port.on('message', ({ id, search }: SearchRequest) => {
    try {
      searcher ??= new Searcher(path)
      port.postMessage({ id, found: searcher.search(search) } satisfies SearchReply)
    } catch (error) {
      // The file may have been replaced: the next search opens it anew.
      searcher?.close()
      searcher = undefined
      port.postMessage({ id, problem: explainProblem(error, path) } satisfies SearchReply)
    }
  })
}

if (parentPort) serve(parentPort, String(workerData))
