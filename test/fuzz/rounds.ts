/** Runs the cases of one target in a worker thread, which a case may end or hang; the thread that asked watches and goes on. */
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { seededRandom } from '../bench/random.ts'
import type { Target } from './target.ts'

/** What to try and how much of it. */
export interface Plan {
  /** The module with the list `targets`. */
  readonly house: string
  readonly target: string
  readonly seed: string
  /** Ends after so many cases or so many seconds, whatever comes first. */
  readonly cases: number
  readonly seconds: number
  /** A case that takes longer hangs. */
  readonly hangMs: number
}

/** A case that did not hold. */
export interface Failure {
  readonly index: number
  readonly why: string
  /** Where its bytes were written. */
  readonly file: string
}

export interface Result {
  readonly target: string
  readonly cases: number
  readonly seconds: number
  readonly failures: readonly Failure[]
}

/** What the worker says; how far it is it writes into shared memory, which also one that hangs has done. */
export type Said =
  | { readonly kind: 'failure'; readonly index: number; readonly why: string }
  | { readonly kind: 'done'; readonly cases: number }

/** What a worker gets. */
export interface Orders extends Plan {
  readonly first: number
  readonly progress: SharedArrayBuffer
}

const MOST_FAILURES = 8

/** Runs one target; whatever ends or hangs the worker is a failure of the case that it was at. */
export async function runRounds(plan: Plan): Promise<Result> {
  const start = performance.now()
  const target = await targetOf(plan)
  const failures: Failure[] = []
  const seconds = () => (performance.now() - start) / 1000
  let first = 0
  while (first < plan.cases && seconds() < plan.seconds && failures.length < MOST_FAILURES) {
    const told: Failure[] = []
    const note = (index: number, why: string) => told.push({ index, why, file: keepCase(target, plan.seed, index) })
    first = await runWorker({ ...plan, first, seconds: plan.seconds - seconds() }, note)
    failures.push(...told)
  }
  return { target: plan.target, cases: first, seconds: seconds(), failures }
}

/** The target of a plan. */
export async function targetOf({ house, target }: Pick<Plan, 'house' | 'target'>): Promise<Target> {
  const { targets } = (await import(house)) as { targets: readonly Target[] }
  const found = targets.find(({ name }) => name === target)
  if (!found) throw new Error(`no target ${target}: there are ${targets.map(({ name }) => name).join(', ')}`)
  return found
}

/** The bytes of a case. */
export function caseBytes(target: Target, seed: string, index: number): Buffer {
  return target.make(seededRandom(`${seed}/${target.name}/${index}`))
}

function keepCase(target: Target, seed: string, index: number): string {
  const file = join(tmpdir(), `peekaboo-fuzz-${target.name}-${seed}-${index}.bin`)
  writeFileSync(file, caseBytes(target, seed, index))
  return file
}

/** Resolves with the index to go on with. */
function runWorker(orders: Omit<Orders, 'progress'>, note: (index: number, why: string) => void): Promise<number> {
  const progress = new SharedArrayBuffer(8)
  const at = new Int32Array(progress)
  const workerData: Orders = { ...orders, progress }
  const resourceLimits = { maxOldGenerationSizeMb: 512 }
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData, resourceLimits, stderr: true })
  worker.stderr.resume()
  const { promise, resolve } = Promise.withResolvers<number>()
  let seen = 0
  let failure: string | undefined
  let cases: number | undefined
  const watch = setInterval(() => {
    const beat = Atomics.load(at, 1)
    if (beat > 0 && beat === seen) failure ??= `hangs for ${orders.hangMs / 1000} s or more`
    if (failure !== undefined) void worker.terminate()
    seen = beat
  }, orders.hangMs)
  worker.on('message', (said: Said) => {
    if (said.kind === 'failure') note(said.index, said.why)
    else cases = said.cases
  })
  worker.on('error', (error: unknown) => {
    failure ??= `ended the thread: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
  })
  worker.on('exit', (code) => {
    clearInterval(watch)
    const index = Atomics.load(at, 0)
    if (cases === undefined) note(index, failure ?? `ended the thread with ${code}`)
    resolve(cases ?? index + 1)
  })
  return promise
}
