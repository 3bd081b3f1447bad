/** The writer thread: one open database, one request at a time, one reply for each. Nothing that fails in here ends the thread. */
import type { DatabaseSync } from 'node:sqlite'
import { parentPort } from 'node:worker_threads'
import { StoreRefused } from '../event.ts'
import { type Commit, createCommit } from './commit.ts'
import { fileIdentity, openForWriting } from './database.ts'
import type { WriterReply, WriterRequest } from './operation.ts'
import { explainProblem, type Problem } from './problem.ts'

interface Open {
  readonly path: string
  readonly identity: string
  readonly database: DatabaseSync
  readonly commit: Commit
}

function serve(port: NonNullable<typeof parentPort>): void {
  let open: Open | undefined
  port.on('message', (request: WriterRequest) => {
    const path = request.kind === 'open' ? request.path : (open?.path ?? '')
    try {
      port.postMessage(handle(request))
      if (request.kind === 'close') port.close()
    } catch (error) {
      port.postMessage({ id: request.id, kind: 'failed', problem: problemOf(error, path) } satisfies WriterReply)
    }
  })

  function handle(request: WriterRequest): WriterReply {
    switch (request.kind) {
      case 'open': {
        close()
        const { database, schema } = openForWriting(request.path, request.busyMs, request.isSuspect)
        const commit = createCommit(database, request.path)
        open = { path: request.path, identity: fileIdentity(request.path), database, commit }
        return { id: request.id, kind: 'opened', ...schema }
      }
      case 'commit': {
        if (!open) throw new Error('the database is not open')
        if (request.operations.some((operation) => operation.kind === 'check')) requireSameFile(open)
        return { id: request.id, kind: 'committed', results: open.commit(request.operations, request.now) }
      }
      case 'close':
        close()
        return { id: request.id, kind: 'closed' }
      default:
        return request satisfies never
    }
  }

  function close(): void {
    open?.database.close()
    open = undefined
  }
}

/** A file that was moved away takes every write with it that its open descriptor still accepts. */
function requireSameFile(open: Open): void {
  if (fileIdentity(open.path) !== open.identity) throw new MovedAway(open.path)
}

class MovedAway extends Error {
  constructor(path: string) {
    super(`store ${path} was replaced by another file while it was open: it is opened anew`)
  }
}

function problemOf(error: unknown, path: string): Problem {
  const problem = explainProblem(error, path)
  if (error instanceof StoreRefused) return { ...problem, message: error.message, isStoreAway: true, isRefused: true }
  if (error instanceof MovedAway) return { ...problem, message: error.message, isStoreAway: true }
  return { ...problem, isStoreAway: true }
}

if (parentPort) serve(parentPort)
