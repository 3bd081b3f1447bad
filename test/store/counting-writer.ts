/** A thread that commits nothing and answers each operation with the number of operations that came with it. */
import { parentPort } from 'node:worker_threads'
import type { WriterReply, WriterRequest } from '../../src/store/sqlite/operation.ts'

parentPort?.on('message', (request: WriterRequest) => parentPort?.postMessage(answer(request)))

function answer(request: WriterRequest): WriterReply {
  const { id, kind } = request
  if (kind === 'open') return { id, kind: 'opened', from: 1, to: 1 }
  if (kind === 'close') return { id, kind: 'closed' }
  const { length } = request.operations
  return { id, kind: 'committed', results: request.operations.map(() => ({ value: [{ length }] })) }
}
