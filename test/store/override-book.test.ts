import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMemoryStore, OverrideBook } from '../../src/store/index.ts'
import { FakeClock } from '../fakes/clock.ts'
import { digest } from './build.ts'

const BASE = { kind: 'sha256', value: digest(1), verdict: 'deny', reason: 'r', who: 'w', until: 0 } as const

/** A book that was read, its store and its clock. */
async function opened() {
  const clock = new FakeClock()
  const store = createMemoryStore({ clock })
  await store.start()
  const book = new OverrideBook(store, clock)
  await book.start()
  return { clock, store, book }
}

test('an override counts on every node two seconds after it was made, and no longer after it was removed', async () => {
  const { clock, store, book } = await opened()
  await store.setOverride(BASE)
  assert.equal(book.overrideFor(digest(1)), undefined)

  await clock.advance(2000)
  assert.equal(book.overrideFor(digest(1))?.verdict, 'deny')
  assert.equal(book.overrideFor(digest(2)), undefined)
  await store.removeOverride('sha256', digest(1))
  await clock.advance(2000)

  assert.equal(book.overrideFor(digest(1)), undefined)
  book.stop()
  assert.equal(clock.waiting, 0)
})

test('deny wins over allow, also by a family', async () => {
  const { clock, store, book } = await opened()
  await store.setOverride({ ...BASE, verdict: 'allow' })
  await store.setOverride({ ...BASE, kind: 'family', value: 'project 7', reason: 'the family' })
  await clock.advance(2000)

  assert.equal(book.overrideFor(digest(1))?.verdict, 'allow')
  assert.equal(book.overrideFor(digest(1), ['project 7'])?.reason, 'the family')
  assert.equal(book.overrideFor(digest(2), ['project 7'])?.verdict, 'deny')
})

test('an override ends at its time to the millisecond, read or not', async () => {
  const { clock, store, book } = await opened()
  await store.setOverride({ ...BASE, until: clock.now() + 2500 })
  await clock.advance(2499)
  assert.equal(book.overrideFor(digest(1))?.verdict, 'deny')

  await clock.advance(1)

  assert.equal(book.overrideFor(digest(1)), undefined)
})

test('what was read goes on counting while the store is away', async () => {
  const { clock, store, book } = await opened()
  await store.setOverride(BASE)
  await clock.advance(2000)

  await store.stop()
  await clock.advance(60_000)

  assert.equal(book.overrideFor(digest(1))?.verdict, 'deny')
})
