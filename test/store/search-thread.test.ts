// The thread that looks for messages and analyses: what goes wrong in it is told to whoever looks, and to nobody else.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SearchThread } from '../../src/store/sqlite/search-thread.ts'
import { draft } from './build.ts'
import { withSqlite } from './sqlite-bench.ts'

const ALL = { kind: 'messages', query: {}, limit: 9, now: null } as const

test('a search in a file that is not there fails with its name, and the next one finds it when it is', () =>
  withSqlite(async ({ path, store }) => {
    const thread = new SearchThread(path)
    try {
      await assert.rejects(thread.search(ALL), { code: 'store-unavailable', message: new RegExp(path) })

      await store.start()
      await store.openStory(draft())

      assert.equal((await thread.search(ALL)).length, 1)
    } finally {
      await thread.close()
    }
  }))

test('whoever waits when the store is closed is told so', () =>
  withSqlite(async ({ path, store }) => {
    await store.start()
    const thread = new SearchThread(path)
    const waiting = Promise.all([thread.search(ALL), thread.search(ALL)])
    const told = assert.rejects(waiting, /the store was closed/)

    await thread.close()

    await told
    await thread.close()
  }))

test('searches that are asked for together are all answered, each with its own', () =>
  withSqlite(async ({ store }) => {
    await store.start()
    for (const n of [1, 2, 3]) await store.openStory(draft({ ref: `r${n}`, key: `k${n}`, sender: `s${n}@x.test` }))

    const found = await Promise.all([1, 2, 3].map((n) => store.messages({ sender: `S${n}@x.test` }, 9)))

    assert.deepEqual(
      found.map((stories) => stories.map(({ ref }) => ref)),
      [['r1'], ['r2'], ['r3']],
    )
  }))
