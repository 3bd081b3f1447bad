import assert from 'node:assert/strict'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { createSqliteStore, type Store } from '../../src/store/index.ts'
import { contents, digests, key, keys, query } from './build.ts'
import { withDatabase, withSqlite } from './sqlite-bench.ts'
import { inTempFolder } from './temp-folder.ts'

const LEASE_MS = 600_000
const BASELINE_MS = 500

test('two nodes that race for the same thousand analyses on one file share them: one owner each', () =>
  inTempFolder(async (folder) => {
    const path = join(folder, 'peekaboo.db')
    const nodes = ['node-a', 'node-b'].map((owner) => ({
      owner,
      store: createSqliteStore({ path, timeoutMs: 30_000 }),
    }))
    await Promise.all(nodes.map(({ store }) => store.start()))

    const won = await Promise.all(nodes.map(({ owner, store }, n) => race(store, owner, n === 1)))

    await Promise.all(nodes.map(({ store }) => store.stop()))
    const all = won.flat()
    assert.equal(all.length, 1000, 'none is owned twice')
    assert.equal(new Set(all).size, 1000, 'none is owned by nobody')
    const tokens = withDatabase(path, (database) => database.prepare('SELECT DISTINCT token FROM analysis').all())
    assert.deepEqual(
      tokens.map((row) => row.token),
      [1],
    )
  }))

test("without a clock of the test leases run by the database's own time", () =>
  withSqlite(async ({ path, store }) => {
    await store.start()
    const before = Date.now()
    const [live] = await store.claim([key(1)], 'node-a', LEASE_MS)
    assert.ok(live && Math.abs(live.leaseUntil - LEASE_MS - before) < 60_000)

    withDatabase(path, (database) => database.exec('UPDATE analysis SET lease_until = lease_until - 700000'))

    const [taken] = await store.claim([key(1)], 'node-b', LEASE_MS)
    assert.equal(taken?.owner, 'node-b')
  }))

test('ten thousand facts are written without holding up the event loop', () =>
  withSqlite(
    async ({ store }) => {
      await store.start()
      const idle = await worstDelayMs(() => wait(BASELINE_MS))
      const many = contents(10_000)

      const busy = await worstDelayMs(async () => {
        const pieces = Array.from({ length: 500 }, (_, n) => many.slice(n * 20, n * 20 + 20))
        await Promise.all(pieces.map((piece) => store.saveFacts('recipe', piece)))
      })

      assert.equal((await store.lookup(query({ digests: digests(10_000) }))).facts.size, 10_000)
      // In this thread these writes would take a second and more; other programs on this machine make both figures jump.
      assert.ok(busy < 150 + 2 * idle, `held up for ${busy} ms, idle ${idle} ms`)
    },
    { timeoutMs: 60_000 },
  ))

/** Claims all in small batches, in one or the other direction; the digests that it got. */
async function race(store: Store, owner: string, isBackwards: boolean): Promise<readonly string[]> {
  const order = isBackwards ? keys(1000).toReversed() : keys(1000)
  const batches = Array.from({ length: 40 }, (_, n) => order.slice(n * 25, n * 25 + 25))
  const won: string[] = []
  for (const batch of batches) {
    const rows = await store.claim(batch, owner, LEASE_MS)
    won.push(...rows.filter((row) => row.owner === owner).map((row) => row.sha256))
  }
  return won
}

async function worstDelayMs(work: () => Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  await work()
  delay.disable()
  return delay.max / 1e6
}
