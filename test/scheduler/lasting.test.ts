// Leases that live as long as their owner does, and analyses that live longer.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '../../src/core/index.ts'
import { FakeClock, settle } from '../fakes/clock.ts'
import { asker, digest, leaveRunning, node, openStore, REPORTED, scripted, standing, want } from './support.ts'

test('a lease lives through a submission that takes longer than it', async (t) => {
  const clock = new FakeClock()
  const store = await openStore(clock)
  const uploading = Promise.withResolvers<string>()
  const slow = scripted(REPORTED, { submit: () => uploading.promise })
  const other = scripted(REPORTED)
  const owner = node(t, clock, store, slow)
  const second = node(t, clock, store, other)
  await standing(owner)

  await clock.advance(300_000)
  const meanwhile = await standing(second)
  uploading.resolve('9')
  await settle()

  assert.deepEqual([meanwhile, await standing(second), other.submissions], ['pending', 'reported', 0])
})

test('all leases of a node are renewed by one statement', async (t) => {
  const clock = new FakeClock()
  const store = await openStore(clock)
  const scheduler = node(t, clock, store, scripted({ state: 'running' }), { runsPerMessage: 100 })
  await scheduler.want(
    Array.from({ length: 100 }, (_, n) => want({ sha256: digest(n) })),
    asker(),
  )
  await settle()
  const advance = t.mock.method(store, 'advance')

  await clock.advance(20_000)

  assert.deepEqual(
    advance.mock.calls.map(({ arguments: [changes] }) => changes.length),
    [100],
  )
})

test('whoever was away past his lease writes nothing more, and learns it at the next renewal', async (t) => {
  const clock = new FakeClock()
  const store = await openStore(clock)
  const paused = scripted({ state: 'running' })
  const scheduler = node(t, clock, store, paused)
  await standing(scheduler)
  await settle()
  const { analyses } = await lookUp(store)
  const stolen = { ...analyses[0], ...{ token: (analyses[0]?.token ?? 0) + 1, owner: 'other' } }
  t.mock.method(store, 'advance', async (changes: readonly { readonly token: number }[]) =>
    changes.map(({ token }) => token === stolen.token),
  )

  await clock.advance(20_000)
  const polled = paused.polls
  await clock.advance(60_000)

  assert.equal(paused.polls, polled)
})

test('what an earlier start submitted goes on although nobody asks, and is not submitted again', async (t) => {
  const clock = new FakeClock()
  const store = await openStore(clock)
  await leaveRunning(t, clock, store)
  const analyzer = scripted(REPORTED)
  const next = node(t, clock, store, analyzer)

  await next.start()
  await settle()

  const { analyses } = await lookUp(store)
  assert.deepEqual([analyses[0]?.state, analyzer.submissions], ['reported', 0])
})

test('what failed after a restart, when nobody has the bytes, waits for who brings them', async (t) => {
  const clock = new FakeClock()
  const store = await openStore(clock)
  await leaveRunning(t, clock, store)
  const gone = { state: 'failed', cause: 'analyzer-failed', detail: 'the task is not known', mayRetry: true } as const
  let answer: typeof gone | typeof REPORTED = gone
  const analyzer = scripted(REPORTED, { poll: async (ids) => ids.map(() => answer) })
  const next = node(t, clock, store, analyzer)
  await next.start()
  await settle()
  const { analyses } = await lookUp(store)
  await clock.advance(2000)

  answer = REPORTED
  await standing(next)
  await settle()

  assert.deepEqual([analyses[0]?.state, analyses[0]?.attempts], ['wanted', 1])
  assert.deepEqual([await standing(next), analyzer.submissions], ['reported', 1])
})

test('an analyzer that cannot be asked for a while loses no analysis', async (t) => {
  const clock = new FakeClock()
  let isAway = true
  const away = new Fault('analyzer-unavailable', 'nobody is there')
  const poll = async (ids: readonly string[]) => (isAway ? Promise.reject(away) : ids.map(() => REPORTED))
  const analyzer = scripted(REPORTED, { poll })
  const scheduler = node(t, clock, await openStore(clock), analyzer)
  await standing(scheduler)
  await clock.advance(120_000)
  const meanwhile = await standing(scheduler)

  isAway = false
  await clock.advance(2000)

  assert.deepEqual([meanwhile, await standing(scheduler), analyzer.submissions], ['pending', 'reported', 1])
})

test('a task that is given up is ended at the analyzer too', async (t) => {
  const clock = new FakeClock()
  const analyzer = scripted({ state: 'running' })
  const scheduler = node(t, clock, await openStore(clock), analyzer)
  await standing(scheduler)

  await clock.advance(30 * 60_000)

  assert.deepEqual(analyzer.cancelled, ['1'])
})

test('a thousand tasks are asked after with one question a time', async (t) => {
  const clock = new FakeClock()
  const analyzer = scripted({ state: 'running' })
  const scheduler = node(t, clock, await openStore(clock), analyzer, { runsPerMessage: 1000 })
  await scheduler.want(
    Array.from({ length: 1000 }, (_, n) => want({ sha256: digest(n) })),
    asker(),
  )
  await settle()
  const atFirst = analyzer.polls

  await clock.advance(10_000)

  assert.equal(analyzer.polls - atFirst, 5)
})

async function lookUp(store: Awaited<ReturnType<typeof openStore>>) {
  const key = { analyzer: 'box', optionsDigest: '', revision: '1', sha256: want().sha256 }
  return store.lookup({ digests: [], recipe: '', analyses: [key], storyKey: '' })
}
