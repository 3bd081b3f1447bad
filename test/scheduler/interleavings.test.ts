// Several nodes, one sandbox, and whatever may happen to them in whatever order.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { pino } from 'pino'
import type { Analyzer, Progress } from '../../src/analyzers/analyzer.ts'
import { type Clock, Fault, pause } from '../../src/core/index.ts'
import { Scheduler, schedulerOptions } from '../../src/scheduler/index.ts'
import { createMemoryStore } from '../../src/store/index.ts'
import type { Store } from '../../src/store/store.ts'
import { FakeClock, settle } from '../fakes/clock.ts'
import { asker, digest, want } from './support.ts'

const MINUTE_MS = 60_000
const NODES = [0, 1, 2] as const
const SAMPLES = [1, 2] as const
const ATTEMPTS = 3
/** Time between a submission and its answer. */
const ANSWER_MS = 3000
const MAX_AGE_MS = 30 * MINUTE_MS

const step = fc.oneof(
  fc.record({ do: fc.constant('want' as const), node: fc.constantFrom(...NODES), sample: fc.constantFrom(...SAMPLES) }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(100, 2000, 20_000, MINUTE_MS, 31 * MINUTE_MS) }),
  fc.record({ do: fc.constantFrom('kill' as const, 'stop' as const), node: fc.constantFrom(...NODES) }),
  fc.record({
    do: fc.constantFrom('report' as const, 'fail' as const, 'cancel' as const),
    sample: fc.constantFrom(...SAMPLES),
  }),
  fc.record({ do: fc.constant('away' as const) }),
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** A sandbox that all nodes share: its tasks outlast them. What is handed over is there some time before it says so. */
class Box {
  readonly tasks: { readonly sha256: string; readonly marker: string; progress: Progress }[] = []

  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  end(sha256: string, progress: Progress): void {
    for (const task of this.tasks)
      if (task.sha256 === sha256 && task.progress.state === 'running') task.progress = progress
  }

  analyzer(): Analyzer {
    return {
      name: 'box',
      type: 'scripted',
      tier: 3,
      optionsDigest: '',
      revision: () => '1',
      start: async () => {},
      stop: async () => {},
      submit: async ({ sha256, marker }, signal) => {
        const id = this.tasks.push({ sha256, marker, progress: { state: 'running' } })
        await pause(this.#clock, ANSWER_MS, signal)
        return String(id)
      },
      poll: async (ids) => ids.map((id) => this.tasks[Number(id) - 1]?.progress ?? { state: 'running' }),
      find: async (sha256, marker) => {
        const at = this.tasks.findIndex((task) => task.sha256 === sha256 && task.marker === marker)
        return at < 0 ? undefined : String(at + 1)
      },
      cancel: async () => {},
      capacity: () => ({ instances: 1, inService: 1, running: 0, waiting: 0, free: 100 }),
      health: async () => [],
    }
  }
}

/** A node that can be killed: from then on nothing that it began goes on, as if its process were gone. */
class Mortal {
  readonly scheduler: Scheduler
  #isDead = false

  constructor(store: Store, box: Box, clock: Clock, isAway: () => boolean) {
    const gone = new Promise<never>(() => undefined)
    const living = <T extends object>(target: T): T =>
      new Proxy(target, {
        get: (_, name: keyof T & string) => {
          const member = target[name]
          if (typeof member !== 'function' || name === 'capacity' || name === 'revision') return member
          return async (...args: readonly unknown[]) => {
            if (this.#isDead) return gone
            if (target === (store as object) && isAway()) throw new Fault('store-unavailable', 'away')
            const value = await member.apply(target, args)
            return this.#isDead ? gone : value
          }
        },
      })
    const after: Clock['after'] = (ms, call) => clock.after(ms, () => (this.#isDead ? undefined : call()))
    this.scheduler = new Scheduler({
      store: living(store),
      analyzers: new Map([['box', living(box.analyzer())]]),
      clock: { now: clock.now, after },
      log: pino({ level: 'silent' }),
      options: schedulerOptions.parse({ attempts: ATTEMPTS, maxAge: `${MAX_AGE_MS}ms` }),
    })
  }

  kill(): void {
    this.#isDead = true
  }
}

const REPORTED: Progress = { state: 'reported', report: { analyzer: 'box', version: '1', score: 9, evidence: ['run'] } }
const FAILED: Progress = { state: 'failed', cause: 'analyzer-failed', detail: 'no machine', mayRetry: true }

test('whatever happens to nodes, sandbox and store, every sample ends, and is run again only after a failure, a cancellation or its age', async () => {
  const property = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
    const clock = new FakeClock()
    const store = createMemoryStore({ clock })
    await store.start()
    const world = new World(store, clock)
    for (const next of steps) await world.take(next)
    await world.end()
  })

  await fc.assert(property, { numRuns: 60 })
})

class World {
  readonly #store: Store
  readonly #clock: FakeClock
  readonly #box: Box
  readonly #nodes: Mortal[]
  readonly #began: number
  /** How often each sample failed or was cancelled: it may then be run once more. */
  readonly #mayRunAgain = new Map<number, number>()
  #isAway = false

  constructor(store: Store, clock: FakeClock) {
    this.#box = new Box(clock)
    this.#began = clock.now()
    this.#store = store
    this.#clock = clock
    this.#nodes = NODES.map(() => this.#node())
  }

  async take(next: Step): Promise<void> {
    if (next.do === 'want') await this.#want(next.node, next.sample)
    else if (next.do === 'wait') await this.#wait(next.ms)
    else if ('node' in next) await this.#replace(next.node, next.do)
    else if ('sample' in next) await this.#end(next.do, next.sample)
    else this.#isAway = !this.#isAway
    await settle()
    await this.#check()
  }

  /** All is well again: whoever asks now gets an answer that the sandbox gave, or the cause of a failure. */
  async end(): Promise<void> {
    this.#isAway = false
    await this.#wait(2 * MINUTE_MS)
    for (const sample of SAMPLES) {
      let state = ''
      for (let round = 0; round < 10 && state !== 'reported'; round += 1) {
        state = await this.#want(0, sample)
        this.#box.end(digest(sample), REPORTED)
        await this.#wait(MINUTE_MS)
      }
      assert.equal(state, 'reported', `sample ${sample} did not end`)
    }
    await this.#check()
    for (const node of this.#nodes) await node.scheduler.stop()
  }

  async #end(how: 'report' | 'fail' | 'cancel', sample: number): Promise<void> {
    if (how !== 'report') this.#mayRunAgain.set(sample, (this.#mayRunAgain.get(sample) ?? 0) + 1)
    if (how === 'cancel') await this.#store.cancelAnalyses({ sha256: digest(sample) }, 10)
    else this.#box.end(digest(sample), how === 'report' ? REPORTED : FAILED)
  }

  #node(): Mortal {
    return new Mortal(this.#store, this.#box, this.#clock, () => this.#isAway)
  }

  async #replace(at: number, how: 'kill' | 'stop'): Promise<void> {
    const old = this.#nodes[at]
    if (how === 'kill') old?.kill()
    else await old?.scheduler.stop()
    const node = this.#node()
    this.#nodes[at] = node
    await node.scheduler.start()
  }

  /** What a new message is told; a failure of before is not its own. */
  async #want(at: number, sample: number): Promise<string> {
    const by = asker({ failedBefore: this.#clock.now() })
    const standings = await this.#nodes[at]?.scheduler.want([want({ sha256: digest(sample) })], by).catch(() => [])
    const state = standings?.[0]?.state
    if (state?.state === 'reported') {
      const ended = this.#box.tasks.some(({ sha256, progress }) => sha256 === digest(sample) && progress === REPORTED)
      assert.ok(ended, 'a report that the sandbox did not make')
    }
    return state?.state ?? 'away'
  }

  async #wait(ms: number): Promise<void> {
    await this.#clock.advance(ms)
  }

  /** Whoever is killed, stopped, paused or without a store costs no run. */
  async #check(): Promise<void> {
    for (const sample of SAMPLES) {
      const sha256 = digest(sample)
      const markers = this.#box.tasks.filter((task) => task.sha256 === sha256).map(({ marker }) => marker)
      assert.equal(new Set(markers).size, markers.length, 'one submission was made twice')
      const aged = Math.floor((this.#clock.now() - this.#began) / MAX_AGE_MS)
      assert.ok(
        markers.length <= 1 + (this.#mayRunAgain.get(sample) ?? 0) + aged,
        `${markers.length} runs of one sample`,
      )
      const [row] = await this.#store.analyses({ sha256 }, 1)
      assert.ok((row?.attempts ?? 0) <= ATTEMPTS, 'more attempts than allowed')
    }
  }
}
