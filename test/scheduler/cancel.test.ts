// What an operator cancels or has tried again, while nodes work on it.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Store } from '../../src/store/store.ts'
import { FakeClock, settle } from '../fakes/clock.ts'
import { asker, digest, node, openStore, type Scripted, SHA256, scripted, standing, want } from './support.ts'

const KEY = { analyzer: 'box', optionsDigest: '', revision: '1', sha256: SHA256 }
const LATER = '1'.repeat(64)

/** An analyzer of one place, at work for the first sample while the later one waits. */
async function oneAtWork(t: TestContext, clock: FakeClock, store: Store): Promise<Scripted> {
  const capacity = { instances: 1, inService: 1, running: 0, waiting: 0, free: 1 }
  const analyzer = scripted({ state: 'running' }, { capacity: () => capacity })
  const scheduler = node(t, clock, store, analyzer)
  for (const sample of [want(), want({ sha256: LATER })]) {
    await scheduler.want([sample], asker())
    await settle()
  }
  return analyzer
}

test('a cancelled analysis ends at the next sign of life, its task is dropped, and who waits is told that it failed', async (t) => {
  const clock = new FakeClock()
  const store = await openStore(clock)
  const analyzer = scripted({ state: 'running' })
  const scheduler = node(t, clock, store, analyzer)
  let holders = 0
  const kept = want({ retain: () => (holders += 1), release: () => (holders -= 1) })
  const [waiting] = await scheduler.want([kept], asker())
  await settle()
  assert.equal(holders, 1)

  assert.equal(await store.cancelAnalyses({ sha256: SHA256 }, 9), 1)
  let isTold = false
  void waiting?.changed.then(() => {
    isTold = true
  })
  await clock.advance(20_000)

  assert.deepEqual([isTold, holders, analyzer.cancelled], [true, 0, ['1']])
  const [now] = await scheduler.want([kept], asker())
  assert.deepEqual(now?.state, { state: 'failed', cause: 'cancelled' })
  assert.equal(analyzer.submissions, 1)
})

test('the place of a cancelled analysis goes to who waits for one', async (t) => {
  const clock = new FakeClock()
  const store = await openStore(clock)
  const analyzer = await oneAtWork(t, clock, store)
  assert.equal(analyzer.submissions, 1)

  await store.cancelAnalyses({ sha256: SHA256 }, 9)
  await clock.advance(20_000)

  assert.equal(analyzer.submissions, 2)
})

test('what is cancelled while it waits for a place is never submitted', async (t) => {
  const clock = new FakeClock()
  const store = await openStore(clock)
  const analyzer = await oneAtWork(t, clock, store)

  await store.cancelAnalyses({ sha256: LATER }, 9)
  await clock.advance(20_000)
  await store.cancelAnalyses({ sha256: SHA256 }, 9)
  await clock.advance(40_000)

  assert.deepEqual([analyzer.submissions, analyzer.cancelled], [1, ['1']])
})

test('a message that comes after the cancelling begins anew', async (t) => {
  const clock = new FakeClock()
  const store = await openStore(clock)
  const analyzer = scripted({ state: 'running' })
  const scheduler = node(t, clock, store, analyzer)
  await standing(scheduler)
  await settle()
  await store.cancelAnalyses({}, 9)
  await clock.advance(21_000)

  const state = await standing(scheduler, want(), asker({ failedBefore: clock.now() }))
  await settle()

  assert.deepEqual([state, analyzer.submissions], ['pending', 2])
})

test('what takes over from a node that is gone is not told to drop anything', async (t) => {
  const clock = new FakeClock()
  const store = await openStore(clock)
  const analyzer = scripted({ state: 'running' })
  const scheduler = node(t, clock, store, analyzer)
  await standing(scheduler)
  await settle()
  const [row] = await store.analyses({ sha256: SHA256 }, 1)
  assert.ok(row)
  // Somebody else has it: as after a lease that ran out.
  await store.advance([{ key: KEY, owner: row.owner, token: row.token, state: 'submitted' }], 0)
  await store.claim([KEY], 'another node', 600_000)
  await clock.advance(21_000)

  assert.deepEqual(analyzer.cancelled, [])
})

test('what each attempt came to is kept, and an operator has it tried again', async (t) => {
  const clock = new FakeClock()
  const store = await openStore(clock)
  const analyzer = scripted({ state: 'failed', cause: 'analyzer-failed', detail: 'no machine', mayRetry: true })
  const scheduler = node(t, clock, store, analyzer)
  await standing(scheduler)
  await clock.advance(60_000)
  assert.equal(await standing(scheduler), 'failed')

  const notes = await store.analysisNotes(KEY)
  assert.deepEqual(
    notes.map(({ attempt, cause, detail }) => `${attempt} ${cause}: ${detail}`),
    [1, 2, 3].map((n) => `${n} analyzer-failed: no machine`),
  )
  assert.equal(await store.retryAnalyses({ cause: 'analyzer-failed' }, 9), 1)
  assert.equal(await standing(scheduler), 'pending')
  await clock.advance(60_000)
  assert.equal(analyzer.submissions, 6)
  assert.equal((await store.analysisNotes(KEY)).length, 6)
})

test('a sample of another is left alone', async (t) => {
  const clock = new FakeClock()
  const store = await openStore(clock)
  const analyzer = scripted({ state: 'running' })
  const scheduler = node(t, clock, store, analyzer)
  await scheduler.want([want(), want({ sha256: digest(2) })], asker())
  await settle()

  await store.cancelAnalyses({ sha256: digest(2) }, 9)
  await clock.advance(61_000)

  assert.deepEqual([analyzer.cancelled.length, await standing(scheduler)], [1, 'pending'])
})
