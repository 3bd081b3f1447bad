// What a message may cause, and which failures are its own.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock, settle } from '../fakes/clock.ts'
import { asker, digest, node, openStore, REPORTED, scripted, standing, want } from './support.ts'

const wants = (count: number) => Array.from({ length: count }, (_, n) => want({ sha256: digest(n) }))
const FAILED = { state: 'failed', cause: 'analyzer-failed', detail: 'no', mayRetry: false } as const

test('a message causes ten sandbox runs, and what is beyond is capped, also when it asks again', async (t) => {
  const clock = new FakeClock()
  const analyzer = scripted({ state: 'running' })
  const scheduler = node(t, clock, await openStore(clock), analyzer)
  const message = asker()

  const first = await scheduler.want(wants(12), message)
  const again = await scheduler.want(wants(12), message)
  await settle()

  for (const standings of [first, again]) {
    const states = standings.map(({ state }) => state.state)
    assert.deepEqual(states, [...Array(10).fill('pending'), 'capped', 'capped'])
  }
  assert.equal(analyzer.submissions, 10)
})

test('what is known or under way for another message is not counted', async (t) => {
  const clock = new FakeClock()
  const analyzer = scripted({ state: 'running' })
  const scheduler = node(t, clock, await openStore(clock), analyzer)
  await scheduler.want(wants(8), asker())

  const standings = await scheduler.want(wants(20), asker())

  assert.equal(standings.filter(({ state }) => state.state === 'pending').length, 18)
  assert.equal(standings.filter(({ state }) => state.state === 'capped').length, 2)
})

test('cheap analyses have no cap', async (t) => {
  const clock = new FakeClock()
  const analyzer = scripted({ state: 'running' }, { tier: 1 })
  const scheduler = node(t, clock, await openStore(clock), analyzer)

  const standings = await scheduler.want(wants(300), asker())

  assert.ok(standings.every(({ state }) => state.state === 'pending'))
})

test('a failure stays with the story that saw it, and a later story tries anew', async (t) => {
  const clock = new FakeClock()
  let answer: typeof FAILED | typeof REPORTED = FAILED
  const analyzer = scripted(REPORTED, { poll: async (ids) => ids.map(() => answer) })
  const scheduler = node(t, clock, await openStore(clock), analyzer)
  const story = asker({ failedBefore: clock.now() })
  await standing(scheduler, want(), story)
  await clock.advance(60_000)
  answer = REPORTED

  const retry = await standing(scheduler, want(), story)
  await standing(scheduler, want(), asker({ failedBefore: clock.now() }))
  await settle()

  assert.equal(retry, 'failed')
  assert.equal(await standing(scheduler), 'reported')
  assert.equal(analyzer.submissions, 2)
})

test('whoever asks learns how long it may take once it is known how long it took', async (t) => {
  const clock = new FakeClock()
  let isOver = false
  const analyzer = scripted(REPORTED, {
    poll: async (ids) => ids.map(() => (isOver ? REPORTED : ({ state: 'running' } as const))),
  })
  const scheduler = node(t, clock, await openStore(clock), analyzer)
  const [first] = await scheduler.want(wants(1), asker())
  await clock.advance(89_000)
  isOver = true
  await clock.advance(2000)
  isOver = false

  const [, second] = await scheduler.want(wants(2), asker())
  await clock.advance(30_000)
  const [, later] = await scheduler.want(wants(2), asker())

  assert.deepEqual([first?.expectedMs, second?.expectedMs, later?.expectedMs], [undefined, 90_000, 60_000])
})
