import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Report } from '../../src/core/index.ts'
import type { Analysis, Store } from '../../src/store/index.ts'
import { key, query } from './build.ts'
import type { OnStore } from './contract.ts'

const LEASE_MS = 60_000
const HARMLESS: Report = { analyzer: 'cape', version: '2.4', score: 0.5, evidence: ['ran'] }
const BAD: Report = { analyzer: 'cape', version: '2.4', score: 9, families: ['Größe'], evidence: ['ran'] }

export function describeRenewal(onStore: OnStore): void {
  test(
    'a newer report takes the place of the older one, which counts until then',
    onStore(async ({ store, now, advanceMs }) => {
      const old = await reported(store)
      advanceMs(5000)
      assert.deepEqual(await rowNow(store), old)

      assert.equal(await store.renew(key(1), old.updated, BAD), true)

      assert.deepEqual(await rowNow(store), { ...old, report: BAD, updated: now() })
    }),
  )

  test(
    'of two newer reports the first counts',
    onStore(async ({ store, advanceMs }) => {
      const old = await reported(store)
      advanceMs(5000)

      await store.renew(key(1), old.updated, BAD)

      assert.equal(await store.renew(key(1), old.updated, HARMLESS), false)
      assert.equal((await rowNow(store))?.report?.score, 9)
    }),
  )

  test(
    'what has no report, or is another question, gets none',
    onStore(async ({ store }) => {
      const [working] = await store.claim([key(1)], 'node-a', LEASE_MS)
      assert.ok(working)

      assert.equal(await store.renew(key(1), working.updated, BAD), false)
      assert.equal(await store.renew(key(1, { revision: '2' }), working.updated, BAD), false)
      assert.deepEqual(await rowNow(store), working)
    }),
  )
}

async function reported(store: Store): Promise<Analysis> {
  const [row] = await store.claim([key(1)], 'node-a', LEASE_MS)
  assert.ok(row)
  const { owner, token } = row
  await store.advance([{ key: key(1), owner, token, state: 'reported', report: HARMLESS }], LEASE_MS)
  const now = await rowNow(store)
  assert.ok(now)
  return now
}

async function rowNow(store: Store): Promise<Analysis | undefined> {
  return (await store.lookup(query({ analyses: [key(1)] }))).analyses[0]
}
