import type { TestContext } from 'node:test'
import { pino } from 'pino'
import type { Analyzer, Progress } from '../../src/analyzers/analyzer.ts'
import type { Clock } from '../../src/core/index.ts'
import { type Asker, Scheduler, schedulerOptions, type Want } from '../../src/scheduler/index.ts'
import { createMemoryStore } from '../../src/store/index.ts'
import type { Store } from '../../src/store/store.ts'
import { settle } from '../fakes/clock.ts'

export const SHA256 = 'a'.repeat(64)

/** The n-th of many samples. */
export function digest(n: number): string {
  return n.toString(16).padStart(64, '0')
}

/** A sample for the analyzer `box`. */
export function want(changes: Partial<Want> = {}): Want {
  const bytes = async function* () {
    yield Buffer.from('sample')
  }
  return {
    analyzer: 'box',
    sha256: SHA256,
    size: 6,
    type: 'text/plain',
    bytes,
    retain: () => {},
    release: () => {},
    ...changes,
  }
}

/** A message whose story began at the beginning of time: what failed, failed for it. */
export function asker(changes: Partial<Asker> = {}): Asker {
  return { client: 'a', isHeld: () => false, failedBefore: 0, begun: new Set(), ...changes }
}

/** A daemon's scheduler with the one analyzer `box`; stopped when the test is over. */
export function node(t: TestContext, clock: Clock, store: Store, analyzer: Analyzer, options = {}): Scheduler {
  const log = pino({ level: 'silent' })
  const all = { store, analyzers: new Map([['box', analyzer]]), clock, log, options: schedulerOptions.parse(options) }
  const scheduler = new Scheduler(all)
  t.after(() => scheduler.stop())
  return scheduler
}

/** An open store in memory. */
export async function openStore(clock: Clock): Promise<Store> {
  const store = createMemoryStore({ clock })
  await store.start()
  return store
}

/** How the only want stands now. */
export async function standing(scheduler: Scheduler, one = want(), by = asker()): Promise<string> {
  const [now] = await scheduler.want([one], by)
  return now?.state.state ?? 'nothing'
}

/** A node submits the only want and stops: its analysis runs on without anybody. */
export async function leaveRunning(t: TestContext, clock: Clock, store: Store): Promise<void> {
  const first = node(t, clock, store, scripted({ state: 'running' }))
  await standing(first)
  await settle()
  await first.stop()
}

export const REPORTED: Progress = {
  state: 'reported',
  report: { analyzer: 'box', version: '1', evidence: ['scripted'] },
}

/** An analyzer that gives every task the same end, and counts what it is asked. */
export interface Scripted extends Analyzer {
  submissions: number
  polls: number
  readonly cancelled: string[]
}

export function scripted(progress: Progress, changes: Partial<Analyzer> = {}): Scripted {
  const capacity = { instances: 1, inService: 1, running: 0, waiting: 0, free: 10_000 }
  return {
    name: 'box',
    type: 'scripted',
    tier: 3,
    optionsDigest: '',
    submissions: 0,
    polls: 0,
    cancelled: [],
    revision: () => '1',
    start: async () => {},
    stop: async () => {},
    async submit() {
      this.submissions += 1
      return String(this.submissions)
    },
    async poll(ids) {
      this.polls += 1
      return ids.map(() => progress)
    },
    find: async () => undefined,
    async cancel(id) {
      this.cancelled.push(id)
    },
    capacity: () => capacity,
    health: async () => [],
    ...changes,
  }
}
