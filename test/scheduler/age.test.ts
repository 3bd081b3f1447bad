// How old an analysis may become, whoever works on it and whatever somebody does to the clocks.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Clock } from '../../src/core/index.ts'
import { FakeClock, settle } from '../fakes/clock.ts'
import { asker, digest, leaveRunning, node, openStore, REPORTED, scripted, standing, want } from './support.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** A clock that goes as another one does and shows another time once it is set. */
function settable(clock: FakeClock) {
  let offset = 0
  return {
    now: () => clock.now() + offset,
    after: clock.after,
    set: (ms: number) => {
      offset += ms
    },
  } satisfies Clock & { set: (ms: number) => void }
}

test('an analysis is given up at its age by the store, not by when a node took it over', async (t) => {
  const clock = new FakeClock()
  const store = await openStore(clock)
  const first = node(t, clock, store, scripted({ state: 'running' }))
  await standing(first)
  await clock.advance(20 * MINUTE_MS)
  await first.stop()
  const analyzer = scripted({ state: 'running' })
  const second = node(t, clock, store, analyzer)
  await second.start()
  await clock.advance(10 * MINUTE_MS - 1)
  const before = [...analyzer.cancelled]

  await clock.advance(1)

  assert.deepEqual([before, analyzer.cancelled], [[], ['1']])
  assert.equal(await standing(second), 'failed')
})

test('what is older than it may be when somebody takes it over is ended at once', async (t) => {
  const clock = new FakeClock()
  const store = await openStore(clock)
  await leaveRunning(t, clock, store)
  await clock.advance(HOUR_MS)
  const analyzer = scripted({ state: 'running' })

  await node(t, clock, store, analyzer).start()
  await settle()

  assert.deepEqual(analyzer.cancelled, ['1'])
})

test('a report that was made while nobody looked counts, however long ago the analysis began', async (t) => {
  const clock = new FakeClock()
  const store = await openStore(clock)
  await leaveRunning(t, clock, store)
  await clock.advance(HOUR_MS)
  const analyzer = scripted(REPORTED)
  const second = node(t, clock, store, analyzer)

  await second.start()
  await settle()

  assert.deepEqual([await standing(second), analyzer.submissions, analyzer.cancelled], ['reported', 0, []])
})

test('time in line before an analyzer has the sample is not its age', async (t) => {
  const clock = new FakeClock()
  const places = { instances: 1, inService: 1, running: 0, waiting: 0, free: 1 }
  let progress: typeof REPORTED | { readonly state: 'running' } = { state: 'running' }
  const analyzer = scripted(REPORTED, { capacity: () => places, poll: async (ids) => ids.map(() => progress) })
  const scheduler = node(t, clock, await openStore(clock), analyzer, { maxAge: '30m' })
  await scheduler.want([want(), want({ sha256: digest(2) })], asker())
  await clock.advance(29 * MINUTE_MS)
  progress = REPORTED
  await clock.advance(2000)
  progress = { state: 'running' }

  await clock.advance(29 * MINUTE_MS)
  const meanwhile = [...analyzer.cancelled]
  progress = REPORTED
  await clock.advance(2000)

  assert.deepEqual(meanwhile, [])
  assert.equal(await standing(scheduler, want({ sha256: digest(2) })), 'reported')
})

test('a submission that nobody finds any more when it is taken over begins anew, whatever its age', async (t) => {
  const clock = new FakeClock()
  const store = await openStore(clock)
  const [row] = await store.claim([KEY], 'somebody', MINUTE_MS)
  const held = { key: KEY, owner: 'somebody', token: row?.token ?? 0 }
  await store.advance([{ ...held, state: 'submitting', marker: 'm', attempts: 1, begins: true }], MINUTE_MS)
  await clock.advance(2 * HOUR_MS)
  const analyzer = scripted({ state: 'running' })
  const scheduler = node(t, clock, store, analyzer)

  await standing(scheduler)
  await clock.advance(30 * MINUTE_MS - 1)
  const before = [...analyzer.cancelled]
  await clock.advance(1)

  assert.deepEqual([before, analyzer.cancelled, analyzer.submissions], [[], ['1'], 1])
})

for (const step of [HOUR_MS, -HOUR_MS]) {
  const how = step > 0 ? 'an hour ahead' : 'an hour back'

  test(`a node whose clock is set ${how} gives nothing up early or late, and keeps its leases`, async (t) => {
    const clock = new FakeClock()
    const own = settable(clock)
    const store = await openStore(clock)
    const analyzer = scripted({ state: 'running' })
    const scheduler = node(t, own, store, analyzer)
    const other = node(t, clock, store, scripted(REPORTED))
    await standing(scheduler)
    await clock.advance(10 * MINUTE_MS)
    own.set(step)
    await clock.advance(20 * MINUTE_MS - 1)
    const before = [...analyzer.cancelled, await standing(other)]

    await clock.advance(1)

    assert.deepEqual(before, ['pending'])
    assert.deepEqual(analyzer.cancelled, ['1'])
  })

  test(`a node whose clock is set ${how} lets those go first who came first`, async (t) => {
    const clock = new FakeClock()
    const own = settable(clock)
    const places = { instances: 1, inService: 1, running: 0, waiting: 0, free: 1 }
    const order: string[] = []
    const analyzer = scripted(REPORTED, {
      capacity: () => places,
      submit: async ({ sha256 }) => String(order.push(sha256)),
      poll: async (ids) => ids.map((id) => (Number(id) <= ended ? REPORTED : { state: 'running' })),
    })
    let ended = 0
    const scheduler = node(t, own, await openStore(clock), analyzer)
    await scheduler.want([want({ sha256: digest(1) })], asker())
    await scheduler.want([want({ sha256: digest(2) })], asker())
    await settle()
    own.set(step)
    await clock.advance(1000)
    await scheduler.want([want({ sha256: digest(3) })], asker())
    for (ended = 1; ended < 4; ended += 1) await clock.advance(2000)

    assert.deepEqual(order, [digest(1), digest(2), digest(3)])
  })

  test(`when the clock of the store is set ${how}, what runs is submitted once and ends, and so does what a dead node left`, async (t) => {
    const clock = new FakeClock()
    const shown = settable(clock)
    const store = await openStore(shown)
    const dead = await store.claim([{ ...KEY, sha256: digest(9) }], 'dead', MINUTE_MS)
    const held = { key: { ...KEY, sha256: digest(9) }, owner: 'dead', token: dead[0]?.token ?? 0 }
    await store.advance([{ ...held, state: 'submitted', taskId: '77', begins: true }], MINUTE_MS)
    let progress: typeof REPORTED | { readonly state: 'running' } = { state: 'running' }
    const analyzer = scripted(REPORTED, { poll: async (ids) => ids.map(() => progress) })
    const nodes = [1, 2].map(() => node(t, clock, store, analyzer, { maxAge: '4h' }))
    for (const one of nodes) await one.start()
    const [first] = nodes
    assert.ok(first)
    await standing(first)
    await settle()

    shown.set(step)
    await clock.advance(5 * MINUTE_MS)
    progress = REPORTED
    // At the latest after the hour by which a lease of before lasts longer now.
    await clock.advance(Math.max(0, -step) + 3 * MINUTE_MS)

    assert.equal(analyzer.submissions, 1)
    assert.deepEqual(
      [await standing(first), await standing(first, want({ sha256: digest(9) }))],
      ['reported', 'reported'],
    )
  })
}

const KEY = { analyzer: 'box', optionsDigest: '', revision: '1', sha256: want().sha256 }
