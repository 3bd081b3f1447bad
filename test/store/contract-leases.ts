import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Report } from '../../src/core/index.ts'
import type { Analysis, AnalysisChange, AnalysisState, Store } from '../../src/store/index.ts'
import { content, digests, key, keys, query } from './build.ts'
import type { OnStore } from './contract.ts'

const LEASE_MS = 60_000
const REPORT: Report = { analyzer: 'cape', version: '2.4', score: 7.5, families: ['Größe'], evidence: ['ran'] }

export function describeLeases(onStore: OnStore): void {
  test(
    'the first who asks gets the lease, the second sees whose it is, and neither changes it by asking again',
    onStore(async ({ store, now, advanceMs }) => {
      const mine = await claimOne(store, 'node-a')
      advanceMs(LEASE_MS - 1)
      const theirs = await claimOne(store, 'node-b')
      const again = await claimOne(store, 'node-a')

      assert.deepEqual(mine, {
        ...key(1),
        ...{ state: 'leased', owner: 'node-a', token: 1, leaseUntil: now() + 1, attempts: 0, begun: 0 },
        ...{ marker: '', taskId: '', report: null, cause: '', updated: now() - LEASE_MS + 1 },
      } satisfies Analysis)
      assert.deepEqual(theirs, mine)
      assert.deepEqual(again, mine)
    }),
  )

  test(
    'the rows come back in the order of the keys, whatever that is, and twice for a key named twice',
    onStore(async ({ store }) => {
      await store.claim([key(2)], 'node-b', LEASE_MS)
      const asked = [key(3), key(1), key(2), key(1, { revision: '2' }), key(3)]

      const rows = await store.claim(asked, 'node-a', LEASE_MS)

      assert.deepEqual(
        rows.map(({ analyzer, optionsDigest, revision, sha256 }) => ({ analyzer, optionsDigest, revision, sha256 })),
        asked,
      )
      assert.deepEqual(
        rows.map((row) => `${row.owner} ${row.token}`),
        ['node-a 1', 'node-a 1', 'node-b 1', 'node-a 1', 'node-a 1'],
      )
    }),
  )

  test(
    'a lookup shows what runs without taking it',
    onStore(async ({ store, advanceMs }) => {
      const row = await claimOne(store, 'node-a')
      advanceMs(LEASE_MS * 2)

      const known = await store.lookup(query({ analyses: [key(0), key(1)] }))

      assert.deepEqual(known.analyses, [row])
    }),
  )

  for (const state of ['leased', 'submitting', 'submitted'] satisfies AnalysisState[]) {
    test(
      `an expired lease in state ${state} is taken over with a higher token and goes on from there`,
      onStore(async ({ store, now, advanceMs }) => {
        const old = await claimOne(store, 'node-a')
        await store.advance([change(old, { state, marker: 'mark', taskId: '17', attempts: 2 })], LEASE_MS)
        advanceMs(LEASE_MS)

        const taken = await claimOne(store, 'node-b')

        assert.deepEqual(taken, {
          ...old,
          ...{ state, owner: 'node-b', token: 2, leaseUntil: now() + LEASE_MS, updated: now() },
          ...{ marker: 'mark', taskId: '17', attempts: 2 },
        })
        assert.deepEqual(await store.advance([change(old, { state: 'reported', report: REPORT })], LEASE_MS), [false])
        assert.deepEqual(await rowNow(store), taken)
      }),
    )
  }

  test(
    'an owner whose own lease expired gets a higher token too, so that its older self is fenced off',
    onStore(async ({ store, advanceMs }) => {
      const old = await claimOne(store, 'node-a')
      advanceMs(LEASE_MS)
      await claimOne(store, 'node-a')

      assert.deepEqual(await store.advance([change(old, { state: 'submitting' })], LEASE_MS), [false])
    }),
  )

  test(
    'a heartbeat extends the lease and changes nothing else',
    onStore(async ({ store, now, advanceMs }) => {
      const row = await claimOne(store, 'node-a')
      advanceMs(LEASE_MS - 1)

      assert.deepEqual(await store.advance([change(row, {})], LEASE_MS), [true])

      assert.deepEqual(await rowNow(store), { ...row, leaseUntil: now() + LEASE_MS, updated: now() })
    }),
  )

  for (const [state, rest] of [
    ['reported', { report: REPORT }],
    ['failed', { cause: 'analysis-expired' }],
  ] as const) {
    test(
      `${state} is for good: nobody claims it and its own holder cannot change it`,
      onStore(async ({ store, now, advanceMs }) => {
        const row = await claimOne(store, 'node-a')
        assert.deepEqual(await store.advance([change(row, { state, ...rest })], LEASE_MS), [true])
        const done = { ...row, state, leaseUntil: 0, updated: now(), ...rest }
        advanceMs(LEASE_MS * 10)

        assert.deepEqual(await claimOne(store, 'node-b'), done)
        assert.deepEqual(await store.advance([change(row, { state: 'submitted' })], LEASE_MS), [false])
        assert.deepEqual(await rowNow(store), done)
      }),
    )
  }

  test(
    'what its owner gives back is free at once, and no longer the owner’s',
    onStore(async ({ store }) => {
      const row = await claimOne(store, 'node-a')
      await store.advance([change(row, { state: 'wanted', attempts: 1 })], LEASE_MS)
      assert.deepEqual(await store.advance([change(row, { state: 'submitting' })], LEASE_MS), [false])

      const taken = await claimOne(store, 'node-b')

      assert.deepEqual([taken.state, taken.owner, taken.token, taken.attempts], ['leased', 'node-b', 2, 1])
    }),
  )

  test(
    'a failure begins anew for who asks after it, and stays for who saw it',
    onStore(async ({ store, now, advanceMs }) => {
      const row = await claimOne(store, 'node-a')
      const spent = { marker: 'm', taskId: '9', attempts: 3, cause: 'analyzer-failed' } as const
      await store.advance([change(row, { state: 'failed', ...spent })], LEASE_MS)
      const failedAt = now()
      advanceMs(5)

      const [seen] = await store.claim([key(1)], 'node-b', LEASE_MS, failedAt)
      const [anew] = await store.claim([key(1)], 'node-b', LEASE_MS, failedAt + 1)

      assert.deepEqual([seen?.state, seen?.cause], ['failed', 'analyzer-failed'])
      assert.deepEqual(anew, {
        ...key(1),
        ...{ state: 'leased', owner: 'node-b', token: 2, leaseUntil: now() + LEASE_MS, attempts: 0, begun: 0 },
        ...{ marker: '', taskId: '', report: null, cause: '', updated: now() },
      } satisfies Analysis)
    }),
  )

  test(
    'since when an analyzer has it stays with the row, until it begins anew',
    onStore(async ({ store, now, advanceMs }) => {
      const row = await claimOne(store, 'node-a')
      advanceMs(5)
      const begun = now()
      await store.advance([change(row, { state: 'submitting', begins: true })], LEASE_MS)
      advanceMs(7)
      await store.advance([change(row, { state: 'submitted', taskId: '9' })], LEASE_MS)
      advanceMs(LEASE_MS)
      const [taken] = await store.takeOver('node-b', LEASE_MS, 1)
      assert.ok(taken)
      await store.advance([change(taken, { state: 'failed', cause: 'analyzer-failed' })], LEASE_MS)
      advanceMs(1)

      const [anew] = await store.claim([key(1)], 'node-b', LEASE_MS, now())

      assert.deepEqual([row.begun, taken.begun, taken.updated - taken.begun, anew?.begun], [0, begun, LEASE_MS + 7, 0])
    }),
  )

  test(
    'a report stays whoever asks after it, and so does a lease',
    onStore(async ({ store, now }) => {
      const [one] = await store.claim(keys(2), 'node-a', LEASE_MS)
      assert.ok(one)
      await store.advance([change(one, { state: 'reported', report: REPORT })], LEASE_MS)

      const rows = await store.claim(keys(2), 'node-b', LEASE_MS, now() + 1)

      assert.deepEqual(
        rows.map(({ state, owner }) => [state, owner]),
        [
          ['reported', 'node-a'],
          ['leased', 'node-a'],
        ],
      )
    }),
  )

  test(
    'a bad report counts under a new recipe, which has no facts yet',
    onStore(async ({ store }) => {
      const [one] = await store.claim(keys(1), 'node-a', LEASE_MS)
      assert.ok(one)
      await store.saveFacts('old recipe', [content(0)])
      await store.advance([change(one, { state: 'reported', report: REPORT })], LEASE_MS)

      const asked = { digests: digests(1), analyses: keys(1), recipe: 'new recipe' }
      const { facts, analyses } = await store.lookup(query(asked))

      assert.equal(facts.size, 0)
      assert.deepEqual(
        analyses.map(({ state, report }) => [state, report]),
        [['reported', REPORT]],
      )
    }),
  )

  test(
    'only what was submitted and is held by nobody is taken over, the longest first and no more than asked',
    onStore(async ({ store, now, advanceMs }) => {
      const rows = await store.claim(keys(5), 'node-a', LEASE_MS)
      const changes = rows.map((row, n) => change(row, { state: n === 0 ? 'submitting' : 'submitted', taskId: `${n}` }))
      for (const [n, one] of changes.entries()) await store.advance([one], LEASE_MS - n)
      advanceMs(LEASE_MS - 2)

      const first = await store.takeOver('node-b', LEASE_MS, 2)
      const rest = await store.takeOver('node-b', LEASE_MS, 2)

      const taken = first.map(({ taskId, owner, token, state, leaseUntil }) => [
        taskId,
        owner,
        token,
        state,
        leaseUntil,
      ])
      assert.deepEqual(taken, [
        ['4', 'node-b', 2, 'submitted', now() + LEASE_MS],
        ['3', 'node-b', 2, 'submitted', now() + LEASE_MS],
      ])
      assert.deepEqual(
        rest.map(({ taskId }) => taskId),
        ['2'],
      )
    }),
  )

  test(
    'what its owner lets go of as it is goes to the next who asks',
    onStore(async ({ store }) => {
      const row = await claimOne(store, 'node-a')
      await store.advance([change(row, { state: 'submitted', taskId: '9' })], LEASE_MS)

      await store.advance([change(row, { state: 'submitted' })], 0)

      const taken = await claimOne(store, 'node-b')
      assert.deepEqual([taken.state, taken.owner, taken.taskId, taken.token], ['submitted', 'node-b', '9', 2])
    }),
  )

  test(
    'a batch of changes is applied in order, each by its own right',
    onStore(async ({ store }) => {
      const [one, two] = await store.claim([key(1), key(2)], 'node-a', LEASE_MS)
      assert.ok(one && two)
      const changes = [
        change(one, { state: 'submitting', marker: 'm' }),
        change(two, { token: two.token + 1 }),
        change(one, { state: 'submitted', taskId: '9' }),
        change(two, { owner: 'node-b' }),
        change(two, { key: key(3) }),
      ]

      assert.deepEqual(await store.advance(changes, LEASE_MS), [true, false, true, false, false])

      const { state, marker, taskId } = await rowNow(store)
      assert.deepEqual([state, marker, taskId], ['submitted', 'm', '9'])
    }),
  )

  test(
    'all leases of a node live on together, and those that are lost are told',
    onStore(async ({ store, now, advanceMs }) => {
      await store.claim([key(2)], 'node-b', 1)
      advanceMs(1)
      const rows = await store.claim(keys(6), 'node-a', LEASE_MS)
      const [first, second, third, fourth, fifth, sixth] = rows
      assert.ok(first && second && third && fourth && fifth && sixth)
      await store.advance([change(first, { state: 'submitting', marker: 'm' })], LEASE_MS)
      await store.advance([change(fourth, { state: 'reported', report: REPORT })], LEASE_MS)
      await store.advance([change(fifth, { state: 'wanted' })], LEASE_MS)
      advanceMs(LEASE_MS - 1)
      const beats = [
        change(first, { state: 'submitting' }),
        change(second, {}),
        change(third, { token: third.token + 1 }),
        change(fourth, {}),
        change(fifth, {}),
        change(sixth, {}),
      ]

      const held = await store.advance(beats, LEASE_MS)

      const after = await store.claim(keys(6), 'node-c', LEASE_MS)
      const until = now() + LEASE_MS
      assert.deepEqual(held, [true, true, false, false, false, true])
      assert.deepEqual([second.token, third.token], [1, 2])
      assert.deepEqual(
        after.map(({ state, owner, leaseUntil }) => [state, owner, leaseUntil]),
        [
          ['submitting', 'node-a', until],
          ['leased', 'node-a', until],
          ['leased', 'node-a', until - LEASE_MS + 1],
          ['reported', 'node-a', 0],
          ['leased', 'node-c', until],
          ['leased', 'node-a', until],
        ],
      )
      assert.deepEqual(await store.advance(beats.slice(0, 2), LEASE_MS), [true, true])
    }),
  )

  test(
    'a batch of no keys and no changes is no work',
    onStore(async ({ store }) => {
      assert.deepEqual(await store.claim([], 'node-a', LEASE_MS), [])
      assert.deepEqual(await store.advance([], LEASE_MS), [])
    }),
  )

  test(
    'a thousand analyses are claimed and finished in one batch each',
    onStore(async ({ store }) => {
      const rows = await store.claim(keys(1000), 'node-a', LEASE_MS)
      const finished = rows.map((row) => change(row, { state: 'reported', report: REPORT }))

      const applied = await store.advance(finished, LEASE_MS)

      assert.equal(applied.filter(Boolean).length, 1000)
      const { analyses } = await store.lookup(query({ analyses: keys(1000) }))
      assert.ok(analyses.length === 1000 && analyses.every((row) => row.report?.score === 7.5))
    }),
  )
}

async function claimOne(store: Store, owner: string): Promise<Analysis> {
  const [row] = await store.claim([key(1)], owner, LEASE_MS)
  assert.ok(row)
  return row
}

async function rowNow(store: Store): Promise<Analysis> {
  const [row] = (await store.lookup(query({ analyses: [key(1)] }))).analyses
  assert.ok(row)
  return row
}

function change(row: Analysis, changes: Partial<AnalysisChange>): AnalysisChange {
  const { analyzer, optionsDigest, revision, sha256, owner, token, state } = row
  return { key: { analyzer, optionsDigest, revision, sha256 }, owner, token, state, ...changes }
}
