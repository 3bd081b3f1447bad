import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '../../src/core/index.ts'
import { type InLine, Lane, type Turn } from '../../src/scheduler/lane.ts'
import { FakeClock, settle } from '../fakes/clock.ts'

const never = new AbortController().signal

interface Bench {
  readonly clock: FakeClock
  readonly lane: Lane
  /** Names in the order in which they got their turn. */
  readonly went: string[]
  readonly turns: Map<string, Turn>
  readonly come: (name: string, one?: Partial<InLine>) => Promise<void>
}

function bench(places: number, limit = 100): Bench {
  const clock = new FakeClock()
  const went: string[] = []
  const turns = new Map<string, Turn>()
  const inService = places > 0 ? 1 : 0
  const capacity = () => ({ instances: 1, inService, running: 0, waiting: 0, free: places })
  const lane = new Lane({ name: 'box', capacity }, clock, limit)
  const come = async (name: string, one: Partial<InLine> = {}) => {
    turns.set(name, await lane.take({ client: name, size: 0, isHeld: () => false, ...one }, never))
    went.push(name)
  }
  return { clock, lane, went, turns, come }
}

/** Everybody comes in this order, then each who works is done, one after the other. */
async function orderOf(one: Bench, comers: readonly (readonly [string, Partial<InLine>?])[]): Promise<string[]> {
  for (const [name, how] of comers) void one.come(name, how)
  await settle()
  for (const name of one.went) {
    one.turns.get(name)?.gaveUp()
    await settle()
  }
  return one.went
}

test('as many are analysed at a time as there are places, and the next goes when one is done', async () => {
  const { come, went, turns } = bench(2)
  for (const name of ['a', 'b', 'c']) void come(name)
  await settle()
  const atFirst = [...went]

  turns.get('a')?.reported()
  await settle()

  assert.deepEqual(atFirst, ['a', 'b'])
  assert.deepEqual(went, ['a', 'b', 'c'])
})

test('who waits in a held answer goes before who comes back later', async () => {
  const order = await orderOf(bench(1), [['first'], ['deferred'], ['held', { isHeld: () => true }]])

  assert.deepEqual(order, ['first', 'held', 'deferred'])
})

test('small goes before large, but not before a large one that has waited for a minute', async () => {
  const one = bench(1)
  const large = { size: 100_000_000 }

  void one.come('first')
  void one.come('large', large)
  void one.come('small')
  await one.clock.advance(61_000)
  void one.come('late')
  await settle()
  const order = await orderOf(one, [])

  assert.deepEqual(order, ['first', 'small', 'large', 'late'])
})

test('while others wait, one network has a quarter of the places', async () => {
  const { come, went, turns } = bench(4)
  for (let n = 0; n < 8; n += 1) void come(`bulk ${n}`, { client: 'bulk' })
  await settle()
  void come('other')
  void come('another')
  await settle()

  turns.get('bulk 0')?.reported()
  turns.get('bulk 1')?.reported()
  turns.get('bulk 2')?.reported()
  await settle()

  assert.deepEqual(went.slice(4), ['other', 'another', 'bulk 4'])
})

test('a place is nobody’s own: one network alone has them all', async () => {
  const { come, went } = bench(4)
  for (let n = 0; n < 5; n += 1) void come(`bulk ${n}`, { client: 'bulk' })
  await settle()

  assert.equal(went.length, 4)
})

test('what may be expected is the middle of what it took, times the rounds that wait before', async () => {
  const { clock, lane, come, turns } = bench(1)
  const unknown = lane.expectedMs
  for (const [name, seconds] of [
    ['a', 10],
    ['b', 20],
    ['c', 90],
  ] as const) {
    await come(name)
    await clock.advance(seconds * 1000)
    turns.get(name)?.reported()
  }
  const idle = lane.expectedMs
  await come('busy')
  void come('waits')
  await settle()

  assert.deepEqual([unknown, idle, lane.expectedMs], [undefined, 20_000, 40_000])
})

test('what ended without a report says nothing of how long reports take', async () => {
  const { lane, come, turns } = bench(1)
  await come('a')
  turns.get('a')?.gaveUp()

  assert.equal(lane.expectedMs, undefined)
})

test('a line that is full refuses, and says of which analyzer', async () => {
  const { come } = bench(1, 1)
  await come('works')
  void come('waits')
  await settle()

  await assert.rejects(
    come('too many'),
    (error) => error instanceof Fault && /1 samples wait for box/.test(error.message),
  )
})

test('where no instance is in service nobody waits: the driver says why', async () => {
  const { come, went } = bench(0)
  await come('a')
  await come('b')

  assert.deepEqual(went, ['a', 'b'])
})

test('who stops waiting leaves the line', async () => {
  const { lane, come, went, turns } = bench(1)
  const stop = new AbortController()
  await come('works')
  const gone = lane.take({ client: 'gone', size: 0, isHeld: () => false }, stop.signal)
  void come('waits')
  stop.abort(new Fault('shutting-down'))
  await assert.rejects(gone, { code: 'shutting-down' })

  turns.get('works')?.reported()
  await settle()

  assert.deepEqual(went, ['works', 'waits'])
})
