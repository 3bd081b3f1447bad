import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Place, Pool } from '../../src/analyzers/pool.ts'
import { Watch } from '../../src/analyzers/watch.ts'
import { FakeClock, settle } from '../fakes/clock.ts'

interface Instance {
  readonly name: string
}

const { signal } = new AbortController()
const A = { name: 'a' }
const B = { name: 'b' }

function pool(options: { concurrency?: number; queue?: number; waitMs?: number } = {}) {
  const clock = new FakeClock()
  const closed: string[] = []
  const made = new Pool<Instance>([A, B], { concurrency: 2, queue: 9, waitMs: 1000, ...options }, clock, ({ name }) => {
    closed.push(name)
  })
  made.open(A)
  made.open(B)
  return { pool: made, clock, closed }
}

async function take(from: Pool<Instance>, count: number): Promise<Place<Instance>[]> {
  const places: Place<Instance>[] = []
  for (let i = 0; i < count; i += 1) places.push(await from.take(signal, new Set()))
  return places
}

test('the least loaded gets the next, also where another was used longer ago', async () => {
  const { pool: made } = pool({ concurrency: 3 })
  const places = await take(made, 4)
  for (const place of places.filter(({ instance }) => instance === B)) place.done()

  const [next] = await take(made, 1)

  assert.deepEqual(
    places.map(({ instance }) => instance.name),
    ['a', 'b', 'a', 'b'],
  )
  assert.equal(next?.instance, B)
})

test('who waits is served in the order of coming', async () => {
  const { pool: made } = pool({ concurrency: 1 })
  const [first, second] = await take(made, 2)
  const served: number[] = []
  const waiting = [1, 2].map((n) => made.take(signal, new Set()).then(() => served.push(n)))

  second?.done()
  await waiting[0]
  const after = [...served]
  first?.done()
  await waiting[1]

  assert.deepEqual([after, served], [[1], [1, 2]])
})

test('closing drains: what runs goes on, nothing new comes, and who has no other instance is told', async () => {
  const { pool: made, closed } = pool({ concurrency: 1 })
  const places = await take(made, 2)
  const waits = made.take(signal, new Set([B]))
  const refused = assert.rejects(waits, { code: 'analyzer-unavailable', message: /a: to be repaired/ })

  made.close(A, 'to be repaired')
  await refused
  for (const place of places) place.done()
  const [next] = await take(made, 1)

  assert.equal(next?.instance, B)
  assert.deepEqual([closed, made.capacity()], [['a'], { instances: 2, inService: 1, running: 1, waiting: 0, free: 0 }])
})

test('who gives up waiting leaves the line', async () => {
  const { pool: made, clock } = pool({ concurrency: 1 })
  const [place] = await take(made, 2)
  const stopping = new AbortController()
  const gone = made.take(stopping.signal, new Set())
  const stays = made.take(signal, new Set())

  stopping.abort(new Error('enough'))
  await assert.rejects(gone, /enough/)
  place?.done()
  await stays

  assert.deepEqual([made.capacity().waiting, clock.waiting], [0, 0])
})

test('a success between failures keeps an instance in service, three in a row do not', async () => {
  const { pool: made, closed } = pool({ concurrency: 9 })
  made.close(B, 'not now')
  const fail = async () => (await take(made, 1))[0]?.failed('wrong answer', false)

  await fail()
  await fail()
  for (const place of await take(made, 1)) place.done()
  await fail()
  await fail()
  const before = made.isOpen(A)
  await fail()

  assert.deepEqual([before, made.isOpen(A), closed], [true, false, ['b', 'a']])
  await assert.rejects(take(made, 1), { message: /a: wrong answer; b: not now/ })
})

test('an instance that is out is tested after 1, 2, 4 … seconds, at most after the interval', async () => {
  const clock = new FakeClock()
  const times: number[] = []
  const began = clock.now()
  const check = async () => {
    times.push(clock.now() - began)
    return false
  }
  const watch = new Watch({ clock, intervalMs: 5000, check })

  await watch.now()
  await clock.advance(20_000)
  await watch.stop()
  await clock.advance(60_000)

  assert.deepEqual(times, [0, 1000, 3000, 7000, 12_000, 17_000])
})

test('doubt brings the next test forward, and however often it comes it does not put it off', async () => {
  const clock = new FakeClock()
  let tests = 0
  const check = async () => {
    tests += 1
    return true
  }
  const watch = new Watch({ clock, intervalMs: 60_000, check })
  await watch.now()

  for (let i = 0; i < 5; i += 1) {
    watch.soon()
    await clock.advance(300)
  }
  await settle()

  assert.equal(tests, 2)
  await watch.stop()
})
