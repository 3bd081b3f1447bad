import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Analyzer, Progress } from '../../src/analyzers/analyzer.ts'
import { DummyAnalyzer } from '../../src/analyzers/dummy/dummy.ts'
import { dummyOptions } from '../../src/analyzers/dummy/options.ts'
import { Fault } from '../../src/core/index.ts'
import { FakeClock, settle } from '../fakes/clock.ts'
import { asker, node, openStore, SHA256, scripted, standing, want } from './support.ts'

function dummy(clock: FakeClock, options: object): DummyAnalyzer {
  return new DummyAnalyzer('box', dummyOptions.parse({ type: 'dummy', ...options }), clock)
}

test('the same question in one batch is asked once and answered for each', async (t) => {
  const clock = new FakeClock()
  const box = dummy(clock, { answer: { score: 3 } })
  const scheduler = node(t, clock, await openStore(clock), box)

  const standings = await scheduler.want([want(), want()], asker())
  await settle()

  assert.equal(standings.length, 2)
  assert.equal(box.submitted, 1)
  assert.equal(await standing(scheduler), 'reported')
})

test('a second node waits for the first and does not run the sample again', async (t) => {
  const clock = new FakeClock()
  const store = await openStore(clock)
  const first = dummy(clock, { after: '30s', answer: { score: 3 } })
  const second = dummy(clock, { after: '30s', answer: { score: 3 } })
  const nodeA = node(t, clock, store, first)
  const nodeB = node(t, clock, store, second)

  await standing(nodeA)
  await clock.advance(10_000)
  const meanwhile = await standing(nodeB)
  await clock.advance(25_000)

  assert.deepEqual([meanwhile, await standing(nodeB)], ['pending', 'reported'])
  assert.deepEqual([first.submitted, second.submitted], [1, 0])
})

test('an analysis whose node died is taken over after its lease, and polled rather than submitted again', async (t) => {
  const clock = new FakeClock()
  const store = await openStore(clock)
  const sandbox = dummy(clock, { after: '5m', answer: { score: 3 } })
  const dead = node(t, clock, store, sandbox)
  await standing(dead)
  await settle()
  const stopped = dead.stop()
  await settle()
  await stopped
  const again = dummyAfterRestart(sandbox)
  const scheduler = node(t, clock, store, again)

  await clock.advance(61_000)
  await standing(scheduler)
  await clock.advance(300_000)

  assert.equal(await standing(scheduler), 'reported')
  assert.equal(sandbox.submitted, 1)
})

test('a failed attempt is tried again as often as the options say, then the cause is kept', async (t) => {
  const clock = new FakeClock()
  const analyzer = scripted({
    state: 'failed',
    cause: 'analyzer-failed',
    detail: 'the machine did not start',
    mayRetry: true,
  })
  const scheduler = node(t, clock, await openStore(clock), analyzer)

  await standing(scheduler)
  await clock.advance(60_000)

  assert.equal(await standing(scheduler), 'failed')
  assert.equal(analyzer.submissions, 3)
})

test('an analysis that never ends is given up by our own clock', async (t) => {
  const clock = new FakeClock()
  const scheduler = node(t, clock, await openStore(clock), dummy(clock, { answer: 'never' }))

  await standing(scheduler)
  await clock.advance(31 * 60_000)

  const [now] = await scheduler.want([want()], asker())
  assert.deepEqual(now?.state, { state: 'failed', cause: 'analysis-expired' })
})

test('the message is kept from the claim to the end of the analysis and no longer', async (t) => {
  const clock = new FakeClock()
  const scheduler = node(t, clock, await openStore(clock), dummy(clock, { after: '10s', answer: { score: 3 } }))
  let holders = 0
  const kept = want({ retain: () => (holders += 1), release: () => (holders -= 1) })

  await scheduler.want([kept], asker())
  const during = holders
  await clock.advance(20_000)

  assert.deepEqual([during, holders], [1, 0])
})

test('stopping lets go of everything that runs', async (t) => {
  const clock = new FakeClock()
  const scheduler = node(t, clock, await openStore(clock), dummy(clock, { answer: 'never' }))
  await standing(scheduler)
  await settle()

  await scheduler.stop()

  assert.equal(clock.waiting, 0)
})

test('what no instance could take is free again, and tried anew later or when there is a place, but not at once', async (t) => {
  const clock = new FakeClock()
  const box = scripted({ state: 'reported', report: { analyzer: 'box', version: '1', evidence: ['scripted'] } })
  const away = new Fault('analyzer-unavailable', 'nobody is there')
  let isAway = true
  const submit = box.submit.bind(box)
  const flaky = Object.assign(box, {
    submit: (...args: Parameters<Analyzer['submit']>) => (isAway ? Promise.reject(away) : submit(...args)),
    capacity: () => ({ instances: 1, inService: isAway ? 0 : 1, running: 0, waiting: 0, free: isAway ? 0 : 1 }),
  })
  const store = await openStore(clock)
  const scheduler = node(t, clock, store, flaky)

  const [first] = await scheduler.want([want()], asker())
  await first?.changed
  const [atOnce] = await scheduler.want([want()], asker())
  await clock.advance(2000)
  const later = await standing(scheduler)
  await settle()
  isAway = false
  await standing(scheduler)
  await settle()

  const key = { analyzer: 'box', optionsDigest: '', revision: '1', sha256: SHA256 }
  const { analyses } = await store.lookup({ digests: [], recipe: '', analyses: [key], storyKey: '' })
  assert.equal(analyses[0]?.attempts, 1)
  assert.deepEqual(atOnce?.state, { state: 'failed', cause: 'analyzer-unavailable' })
  assert.equal(later, 'pending')
  assert.equal(await standing(scheduler), 'reported')
})

/** The same sandbox seen by a new process: stopping the old client does not end its tasks. */
function dummyAfterRestart(sandbox: DummyAnalyzer): Analyzer {
  const progress: Progress = {
    state: 'reported',
    report: { analyzer: 'box', version: '1', score: 3, evidence: ['scripted'] },
  }
  return Object.assign(Object.create(sandbox), { poll: async () => [progress] })
}
