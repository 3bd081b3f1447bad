import assert from 'node:assert/strict'
import { readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { Fault } from '../../src/core/index.ts'
import { createMemoryStore, OverrideBook } from '../../src/store/index.ts'
import { FakeClock } from '../fakes/clock.ts'
import { digest } from './build.ts'
import { inTempFolder } from './temp-folder.ts'

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

const AWAY = { overrides: () => Promise.reject(new Fault('store-unavailable', 'away')) }

test('a filter that starts while its store is away goes on with what was read last, each until its end', () =>
  inTempFolder(async (folder) => {
    const file = join(folder, 'overrides.json')
    const clock = new FakeClock()
    const store = createMemoryStore({ clock })
    await store.start()
    await store.setOverride(BASE)
    await store.setOverride({ ...BASE, value: digest(2), until: clock.now() + 1000 })
    const before = new OverrideBook(store, clock, file)
    await before.start()
    before.stop()

    const book = new OverrideBook(AWAY, clock, file)
    await book.start()
    const verdicts = () => [1, 2].map((n) => book.overrideFor(digest(n))?.verdict)

    assert.deepEqual(verdicts(), ['deny', 'deny'])
    await clock.advance(1000)
    assert.deepEqual(verdicts(), ['deny', undefined])
    book.stop()
    assert.deepEqual(await readdir(folder), ['overrides.json'])
    assert.equal((await stat(file)).mode & 0o777, 0o600)
  }))

test('what was removed is not in the copy any more', () =>
  inTempFolder(async (folder) => {
    const file = join(folder, 'overrides.json')
    const clock = new FakeClock()
    const store = createMemoryStore({ clock })
    await store.start()
    await store.setOverride(BASE)
    for (const _ of [1, 2]) {
      const book = new OverrideBook(store, clock, file)
      await book.start()
      book.stop()
      await store.removeOverride('sha256', digest(1))
    }

    const book = new OverrideBook(AWAY, clock, file)
    await book.start()
    book.stop()

    assert.equal(book.overrideFor(digest(1)), undefined)
  }))

test('a copy that cannot be read or written is told once, and what the store says counts', () =>
  inTempFolder(async (folder) => {
    const clock = new FakeClock()
    const store = createMemoryStore({ clock })
    await store.start()
    await store.setOverride(BASE)
    const file = join(folder, 'overrides.json')
    await writeFile(file, '[{"kind":"sha256"')
    const told: unknown[] = []
    const broken = new OverrideBook(AWAY, clock, file, (error) => told.push(error))
    const away = new OverrideBook(store, clock, join(folder, 'missing', 'overrides.json'), (error) => told.push(error))

    await broken.start()
    await away.start()
    broken.stop()
    away.stop()

    assert.equal(told.length, 2)
    assert.equal(broken.overrideFor(digest(1)), undefined)
    assert.equal(away.overrideFor(digest(1))?.verdict, 'deny')
  }))
