/** The thread that tries cases one after the other. */
import { parentPort, workerData } from 'node:worker_threads'
import { caseBytes, type Orders, type Said, targetOf } from './rounds.ts'

const SETTLE_EVERY = 100

const orders = workerData as Orders
const at = new Int32Array(orders.progress)
const target = await targetOf(orders)
if (!parentPort) throw new Error('this is the code of a worker thread')
const port = parentPort
const attack = await target.open()
const end = performance.now() + orders.seconds * 1000
const known = new Set<string>()

/** The same fault again, at another case, is told once. */
function tell(index: number, error: unknown): void {
  const why = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const kind = why.split('\n', 1)[0]?.replace(/[0-9]+/g, '#') ?? ''
  if (known.has(kind)) return
  known.add(kind)
  port.postMessage({ kind: 'failure', index, why } satisfies Said)
}

let index = orders.first
for (; index < orders.cases && performance.now() < end; index += 1) {
  Atomics.store(at, 0, index)
  Atomics.add(at, 1, 1)
  await attack.check(caseBytes(target, orders.seed, index)).catch((error: unknown) => tell(index, error))
  if (index % SETTLE_EVERY === SETTLE_EVERY - 1) await attack.settle?.().catch((error: unknown) => tell(index, error))
}
await attack.settle?.().catch((error: unknown) => tell(index - 1, error))
await attack.close()
port.postMessage({ kind: 'done', cases: index } satisfies Said)
