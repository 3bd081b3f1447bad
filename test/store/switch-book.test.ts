import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { Fault } from '../../src/core/index.ts'
import { createMemoryStore, describeSwitch, SwitchBook, type SwitchEvent } from '../../src/store/index.ts'
import { FakeClock } from '../fakes/clock.ts'
import { inTempFolder } from './temp-folder.ts'

const HOUR_MS = 3_600_000
const BRAKE = { kind: 'brake', name: '', mode: 'accept-known', reason: 'r', who: 'w' } as const
const RULE = { kind: 'rule', name: 'one', mode: 'off', reason: 'r', who: 'w' } as const

/** A book that was read, its store, both clocks, and what the log was told. */
async function opened() {
  const clock = new FakeClock()
  const storeClock = new FakeClock()
  // The store's clock is a day ahead: nothing may depend on both showing the same.
  await storeClock.advance(24 * HOUR_MS)
  const store = createMemoryStore({ clock: storeClock })
  await store.start()
  const told: string[] = []
  const onEvent = ({ switched, what }: SwitchEvent) => told.push(`${what.mode} ${what.name} ${switched}`)
  const book = new SwitchBook(store, clock, onEvent)
  await book.start()
  const advance = async (ms: number) => {
    await storeClock.advance(ms)
    await clock.advance(ms)
  }
  return { advance, clock, store, book, told }
}

test('the brake counts two seconds after it was put on, no longer after it was taken off, and the log is told once each', async () => {
  const { advance, clock, store, book, told } = await opened()
  await store.setSwitch(BRAKE, HOUR_MS)
  assert.equal(book.brake?.mode, undefined)

  await advance(2000)
  assert.equal(book.brake?.mode, 'accept-known')
  await advance(10_000)
  await store.removeSwitch('brake', '')
  await advance(2000)

  assert.equal(book.brake?.mode, undefined)
  assert.deepEqual(told, ['accept-known  on', 'accept-known  off'])
  book.stop()
  assert.equal(clock.waiting, 0)
})

test('a brake in the place of another is told as off and on', async () => {
  const { advance, store, book, told } = await opened()
  await store.setSwitch(BRAKE, HOUR_MS)
  await advance(2000)
  await store.setSwitch({ ...BRAKE, mode: 'tempfail' }, HOUR_MS)
  await advance(2000)

  assert.equal(book.brake?.mode, 'tempfail')
  assert.deepEqual(told, ['accept-known  on', 'accept-known  off', 'tempfail  on'])
  book.stop()
})

test('while the store is away the brake stays on until its own end, and no longer', async () => {
  const { advance, store, book, told } = await opened()
  await store.setSwitch(BRAKE, HOUR_MS)
  await store.setSwitch(RULE, HOUR_MS)
  await advance(2000)
  store.switches = () => Promise.reject(new Fault('store-unavailable'))

  await advance(HOUR_MS - 2001)
  assert.deepEqual([book.brake?.mode, book.disabledRules.size], ['accept-known', 1])
  await advance(1)
  assert.deepEqual([book.brake, book.disabledRules.size], [undefined, 0])
  await advance(2000)

  assert.deepEqual(told, ['accept-known  on', 'off one on', 'accept-known  off', 'off one off'])
  book.stop()
})

test('disabled rules are told by id, and one that is enabled again is not', async () => {
  const { advance, store, book } = await opened()
  await store.setSwitch(RULE, HOUR_MS)
  const two = await store.setSwitch({ ...RULE, name: 'two', reason: 'why not' }, 2 * HOUR_MS)
  await advance(2000)
  assert.deepEqual([...book.disabledRules.keys()], ['one', 'two'])

  await store.removeSwitch('rule', 'one')
  await advance(2000)

  assert.deepEqual([...book.disabledRules.keys()], ['two'])
  assert.equal(describeSwitch(two), `rule two disabled until ${new Date(two.until).toISOString()} by w: why not`)
  await advance(2 * HOUR_MS)
  assert.equal(book.disabledRules.size, 0)
  book.stop()
})

const AWAY = { switches: () => Promise.reject(new Fault('store-unavailable')) }

test('a filter that starts while its store is away has the brake on that was read last, until its end', () =>
  inTempFolder(async (folder) => {
    const { clock, store, book: other } = await opened()
    other.stop()
    const file = join(folder, 'switches.json')
    await store.setSwitch(BRAKE, HOUR_MS)
    const before = new SwitchBook(store, clock, () => undefined, file)
    await before.start()
    before.stop()
    const told: string[] = []

    const book = new SwitchBook(AWAY, clock, ({ switched }) => told.push(switched), file)
    await book.start()

    assert.deepEqual([book.brake?.mode, told], ['accept-known', ['on']])
    await clock.advance(HOUR_MS - 1)
    assert.equal(book.brake?.mode, 'accept-known')
    await clock.advance(1)
    assert.equal(book.brake, undefined)
    book.stop()
  }))

test('a brake that was taken off is not in the copy any more, and a broken copy is told once', () =>
  inTempFolder(async (folder) => {
    const { clock, store, book: other } = await opened()
    other.stop()
    const file = join(folder, 'switches.json')
    await store.setSwitch(BRAKE, HOUR_MS)
    for (const _ of [1, 2]) {
      const book = new SwitchBook(store, clock, () => undefined, file)
      await book.start()
      book.stop()
      await store.removeSwitch('brake', '')
    }
    const away = new SwitchBook(AWAY, clock, () => undefined, file)
    await away.start()
    away.stop()
    assert.equal(away.brake, undefined)

    await writeFile(file, '{"ahead":0,"switches":[{"kind":"brake"')
    const told: unknown[] = []
    const broken = new SwitchBook(
      AWAY,
      clock,
      () => undefined,
      file,
      (error) => told.push(error),
    )
    await broken.start()
    broken.stop()
    assert.deepEqual([told.length, broken.brake], [1, undefined])
  }))
