import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '../../src/core/index.ts'
import { createMemoryStore, type Removal, Retention, removalsOf, type StoreEvent } from '../../src/store/index.ts'
import { storeOptions } from '../../src/store/options.ts'
import { FakeClock } from '../fakes/clock.ts'
import { ACCEPT, contents, digests, draft, query } from './build.ts'

const DAY_MS = 86_400_000
const { keep } = storeOptions.parse(undefined)

test('what is too old goes by itself, and what is in use stays', async () => {
  const clock = new FakeClock()
  const store = createMemoryStore({ clock })
  const events: StoreEvent[] = []
  const retention = new Retention(store, keep, clock, (event) => events.push(event))
  await store.start()
  await store.saveFacts('recipe', contents(450))
  await store.openStory(draft({ queueId: 'q' }))
  await store.answerStory('ref-1', 'q', ACCEPT)

  retention.start()
  await clock.advance(6 * DAY_MS)
  assert.equal((await store.stories({ ref: 'ref-1' }, 1)).length, 1)
  await clock.advance(2 * DAY_MS)
  assert.equal((await store.stories({ ref: 'ref-1' }, 1)).length, 0)
  await store.lookup(query({ digests: digests(50) }))
  await clock.advance(23 * DAY_MS)
  retention.stop()

  assert.equal((await store.lookup(query({ digests: digests(450) }))).facts.size, 50)
  assert.deepEqual(events, [
    { kind: 'removed', from: 'stories', count: 1 },
    { kind: 'removed', from: 'facts', count: 400 },
  ])
})

test('a round takes small pieces with pauses between, and none begins while another runs', async () => {
  const clock = new FakeClock()
  const pieces: number[] = []
  const remove = async ({ from }: Removal, limit: number) => {
    if (from !== 'facts') return 0
    pieces.push(clock.now())
    return pieces.length <= 3 ? limit : 0
  }
  const retention = new Retention({ remove }, keep, clock)
  const begin = clock.now()

  retention.start()
  await clock.advance(keep.every + 1000)
  retention.stop()

  assert.deepEqual(
    pieces.map((at) => at - begin - keep.every),
    [0, 50, 100, 150],
  )
  assert.equal(clock.waiting, 0)
})

test('a store that is away ends the round, and the next one comes', async () => {
  const clock = new FakeClock()
  let calls = 0
  const remove = async () => {
    calls += 1
    throw new Fault('store-unavailable')
  }
  const retention = new Retention({ remove }, keep, clock)

  retention.start()
  await clock.advance(keep.every * 3)
  retention.stop()

  assert.equal(calls, 3)
})

test('every kind of row has an age at which it goes', () => {
  const kinds = removalsOf(keep).map((one) => ('which' in one ? `${one.from} ${one.which}` : one.from))

  assert.deepEqual(kinds, [
    'facts',
    'analyses bad',
    'analyses harmless',
    'analyses failed',
    'analyses left',
    'stories accepted',
    'stories other',
    'sightings',
    'overrides',
    'held',
  ])
  assert.ok(removalsOf(keep).every(({ olderThanMs = 0 }) => olderThanMs >= 3_600_000))
})

test('what became of held mail is known as long as its story', () => {
  const [held] = removalsOf({ ...keep, held: 3_600_000 }).filter(({ from }) => from === 'held')

  assert.equal(held?.olderThanMs, keep.refused)
})
