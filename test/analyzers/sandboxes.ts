/** The drivers of sandboxes with their fakes, in one shape, so that what holds for both is tested once. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { Analyzer, Progress } from '../../src/analyzers/analyzer.ts'
import { capeAnalyzer } from '../../src/analyzers/cape/cape.ts'
import { capeOptions } from '../../src/analyzers/cape/options.ts'
import { cuckooAnalyzer } from '../../src/analyzers/cuckoo/cuckoo.ts'
import { cuckooOptions } from '../../src/analyzers/cuckoo/options.ts'
import type { Clock, Secret } from '../../src/core/index.ts'
import { FakeCape } from '../fakes/cape.ts'
import { FakeClock } from '../fakes/clock.ts'
import { FakeCuckoo } from '../fakes/cuckoo.ts'
import { kindOf } from './fault.ts'
import { Told } from './scanner.ts'

/** A make of sandbox. */
export type Make = 'cape' | 'cuckoo'
export type FakeSandbox = FakeCape | FakeCuckoo

/** So long a call may take: a time that nothing else is asked for, by which a test knows that a call is under way. */
export const CALL_MS = 45_001
export const REPORT_MS = 300_001

/** Starts a fake of that make. */
export function startFake(t: TestContext, make: Make, options: { readonly token?: string } = {}): Promise<FakeSandbox> {
  return make === 'cape' ? FakeCape.start(t, options) : FakeCuckoo.start(t, options)
}

/** A driver that ends with the test. */
export function driver(t: TestContext, make: Make, options: object, clock: Clock, token = '') {
  const told = new Told()
  const deps = { clock, onEvent: told.take }
  const common = { timeout: `${CALL_MS}ms`, reportTimeout: `${REPORT_MS}ms`, ...options }
  const analyzer =
    make === 'cape'
      ? capeAnalyzer('box', read(capeOptions.parse({ type: 'cape', ...common }), token), deps)
      : cuckooAnalyzer('box', read(cuckooOptions.parse({ type: 'cuckoo', ...common }), token), deps)
  t.after(() => analyzer.stop())
  return { analyzer, told }
}

/** The token that the options name is this, as if the configuration had read it. */
function read<O extends { readonly token?: Secret | undefined }>(options: O, token: string): O {
  options.token?.take(token)
  return options
}

/**
 * Lets time pass until the promise has settled: while a call is under way only the network's own time passes, unless the fake leaves it
 * without an end.
 */
export async function pump<T>(promise: Promise<T>, clock: FakeClock, fakes: readonly FakeSandbox[]): Promise<T> {
  let isDone = false
  const settled = promise.finally(() => {
    isDone = true
  })
  settled.catch(() => undefined)
  while (!isDone) {
    const calls = clock.waitingFor(CALL_MS) + clock.waitingFor(REPORT_MS)
    const hanging = fakes.reduce((sum, { service }) => sum + service.hanging, 0)
    if (calls !== hanging) {
      await new Promise((resolve) => setImmediate(resolve))
      continue
    }
    for (const { service } of fakes) service.tick()
    await clock.next()
  }
  return settled
}

/** A driver with hosts of its own, and a clock that stands still. */
export async function scene(t: TestContext, make: Make, options: object = {}, hosts = 1) {
  const clock = new FakeClock()
  const fakes: FakeSandbox[] = []
  for (let i = 0; i < hosts; i += 1) fakes.push(await startFake(t, make))
  const all = { instances: fakes.map(({ url }) => ({ url })), ...options }
  const { analyzer, told } = driver(t, make, all, clock)
  const run = <T>(promise: Promise<T>) => pump(promise, clock, fakes)
  /** Time passes, at the speed at which calls are answered. */
  const pass = (ms: number) => run(new Promise<void>((resolve) => clock.after(ms, resolve)))
  await run(analyzer.start())
  const [fake] = fakes
  assert.ok(fake)
  return { clock, fakes, fake, analyzer, told, run, pass, all }
}

/** Asks until it has ended, as the scheduler does. */
export async function untilEnded(analyzer: Analyzer, id: string): Promise<Exclude<Progress, { state: 'running' }>> {
  const { signal } = new AbortController()
  for (;;) {
    const [progress] = await analyzer.poll([id], signal)
    if (progress && progress.state !== 'running') return progress
  }
}

/** How many calls of a kind came. */
export function count(fake: FakeSandbox, kind: string): number {
  return fake.service.requests.filter(({ path }) => kindOf(path) === kind).length
}
