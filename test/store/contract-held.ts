import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Held, Removal } from '../../src/store/index.ts'
import { digest } from './build.ts'
import type { OnStore } from './contract.ts'

const DAY_MS = 86_400_000

/** A held message; what is given replaces. */
export function held(changes: Partial<Held> = {}): Held {
  return {
    ...{ host: 'mail.test', instance: 'postfix', queueId: '4cXyz01Qz3z1', ref: 'REF', state: 'held' },
    ...{ listener: 'inet:127.0.0.1:8095', profileName: 'submission', profileJson: '{}' },
    ...{ clientAddress: '192.0.2.1', helo: 'größe.test', authenticated: true, direction: 'outbound' },
    ...{ sender: 'a@src.test', recipients: ['b@dst.test', 'ü@dst.test'], bytes: 1234, at: 1000, until: 2000 },
    ...{ intent: 'return', note: '', isNotified: false },
    ...changes,
  }
}

export function describeHeld(onStore: OnStore): void {
  test(
    'a held message is told as it was written last, and queue ids of other hosts and instances are others',
    onStore(async ({ store }) => {
      const order = { what: 'release', who: 'alice', at: 5 } as const
      await store.saveHeld(held())
      await store.saveHeld(held({ instance: 'second', at: 900 }))
      await store.saveHeld(held({ host: 'other.test', at: 800 }))
      await store.saveHeld(held({ note: 'pending', order }))

      const all = await store.held({}, 9)

      assert.deepEqual(all, [
        held({ host: 'other.test', at: 800 }),
        held({ instance: 'second', at: 900 }),
        held({ note: 'pending', order }),
      ])
      assert.deepEqual(await store.held({ host: 'mail.test', instance: 'postfix', queueId: '4cXyz01Qz3z1' }, 9), [
        held({ note: 'pending', order }),
      ])
      assert.equal((await store.held({}, 2)).length, 2)
    }),
  )

  test(
    'held messages are found by reference, and those that are over apart from the others',
    onStore(async ({ store }) => {
      await store.saveHeld(held({ queueId: 'one', ref: 'ONE' }))
      await store.saveHeld(held({ queueId: 'two', ref: 'TWO', state: 'released' }))
      await store.saveHeld(held({ queueId: 'three', ref: 'ONE', state: 'returning', at: 2000 }))

      const ids = async (query: Parameters<typeof store.held>[0]) =>
        (await store.held(query, 9)).map(({ queueId }) => queueId)

      assert.deepEqual(await ids({ ref: 'ONE' }), ['one', 'three'])
      assert.deepEqual(await ids({ isOpen: true }), ['one', 'three'])
      assert.deepEqual(await ids({ ref: "' OR 1 = 1 --" }), [])
    }),
  )

  test(
    'what still lies in a hold queue is never removed, what is over goes when it is old',
    onStore(async ({ store, advanceMs }) => {
      await store.saveHeld(held({ queueId: 'waits' }))
      await store.saveHeld(held({ queueId: 'over', state: 'returned' }))
      advanceMs(2 * DAY_MS)
      await store.saveHeld(held({ queueId: 'new', state: 'deleted' }))
      const old: Removal = { from: 'held', olderThanMs: DAY_MS }

      assert.equal(await store.remove({ ...old, sha256: digest(1) }, 9), 0)
      assert.equal(await store.remove(old, 9, true), 1)
      assert.equal(await store.remove(old, 9), 1)

      assert.deepEqual((await store.held({}, 9)).map(({ queueId }) => queueId).sort(), ['new', 'waits'])
    }),
  )
}
