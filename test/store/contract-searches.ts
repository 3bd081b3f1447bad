import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AnalysisChange, AnalysisState, MessageQuery, Store } from '../../src/store/index.ts'
import { ACCEPT, digest, draft, judged, key, keys, REJECT, TEMPFAIL } from './build.ts'
import type { OnStore } from './contract.ts'

const HOUR_MS = 3_600_000

export function describeSearches(onStore: OnStore): void {
  test(
    'messages are found by sender, recipient, sample and age together, whatever capitals are written, the newest try first',
    onStore(async ({ store, advanceMs }) => {
      await store.openStory(draft({ ref: 'old', sender: 'A@Example.org', recipients: ['B@x.test', 'c@x.test'] }))
      advanceMs(5 * HOUR_MS)
      await store.openStory(draft({ ref: 'null', sender: '', recipients: ['b@X.test'], samples: [judged(2)] }))
      advanceMs(HOUR_MS)
      await store.openStory(draft({ ref: 'ö', sender: 'ÖL@x.test', recipients: ['b@x.test', 'B@X.TEST'] }))
      const refs = async (query: MessageQuery, limit = 9) => (await store.messages(query, limit)).map(({ ref }) => ref)

      assert.deepEqual(await refs({}), ['ö', 'null', 'old'])
      assert.deepEqual(await refs({}, 2), ['ö', 'null'])
      assert.deepEqual(await refs({ withinMs: 2 * HOUR_MS }), ['ö', 'null'])
      assert.deepEqual(await refs({ recipient: '<b@x.test>' }), ['ö', 'null', 'old'])
      assert.deepEqual(await refs({ recipient: 'b@x.test', withinMs: HOUR_MS }), ['ö', 'null'])
      assert.deepEqual(await refs({ recipient: 'b@x.test', sender: 'a@EXAMPLE.org' }), ['old'])
      assert.deepEqual(await refs({ recipient: 'b@x.test', sha256: digest(2) }), ['null'])
      assert.deepEqual(await refs({ sender: '<>' }), ['null'])
      assert.deepEqual(await refs({ sender: 'öl@X.test' }), ['ö'])
      assert.deepEqual(await refs({ sha256: digest(1) }), ['ö', 'old'])
      assert.deepEqual(await refs({ sha256: digest(1), withinMs: HOUR_MS }), ['ö'])
      assert.deepEqual(await refs({ sender: 'b@x.test' }), [])
      await assert.rejects(store.messages({ sha256: "' OR 1" }, 9), /not a SHA-256/)
    }),
  )

  test(
    'a retry makes its message the newest, for all who were ever to get it',
    onStore(async ({ store, advanceMs }) => {
      await store.openStory(draft({ ref: 'one', queueId: 'q1', recipients: ['b@x.test', 'c@x.test'] }))
      await store.answerStory('one', 'q1', TEMPFAIL)
      advanceMs(HOUR_MS)
      await store.openStory(draft({ ref: 'two', recipients: ['b@x.test'] }))
      advanceMs(HOUR_MS)
      await store.openStory(draft({ ref: 'one', queueId: 'q2', recipients: ['c@x.test', 'd@x.test'], answer: REJECT }))

      const [first, second] = await store.messages({ recipient: 'b@x.test' }, 9)

      assert.deepEqual([first?.ref, first?.tries.length, second?.ref], ['one', 2, 'two'])
      assert.deepEqual(first?.recipients, ['b@x.test', 'c@x.test', 'd@x.test'])
      assert.equal((await store.messages({ recipient: 'b@x.test', withinMs: 0 }, 9)).length, 1)
      assert.equal((await store.messages({ recipient: 'd@x.test' }, 9)).length, 1)
    }),
  )

  test(
    'addresses of any length and kind are kept and found, and removed with their story',
    onStore(async ({ store }) => {
      const odd = [`${'x'.repeat(400)}@x.test`, '\u{1f600}\ud800@x.test', "' OR 1=1 --", '%@x.test']
      const many = Array.from({ length: 1200 }, (_, n) => `r${n}@x.test`)
      await store.openStory(draft({ recipients: [...odd, ...many] }))

      for (const recipient of [...odd, 'r0@x.test', 'R1199@x.test'])
        assert.equal((await store.messages({ recipient }, 9)).length, 1, recipient)
      assert.equal((await store.messages({ recipient: 'r%@x.test' }, 9)).length, 0)
      assert.equal(await store.remove({ from: 'stories' }, 9), 1)
      assert.deepEqual(await store.messages({ recipient: 'r0@x.test' }, 9), [])
    }),
  )

  test(
    'past verdicts tell how bytes were judged in the newest messages, each with its profile',
    onStore(async ({ store, now, advanceMs }) => {
      const bad = { ...judged(1), outcome: { kind: 'failed', cause: 'deadline' } as const }
      await store.openStory(draft({ ref: 'one', profile: 'observe' }))
      advanceMs(5)
      await store.openStory(draft({ ref: 'two', samples: [bad, judged(2)] }))

      const told = await store.verdicts([digest(1), digest(3), digest(1)], 9)

      assert.deepEqual(told.get(digest(1)), [
        { ref: 'two', at: now(), profile: 'mx', outcome: bad.outcome },
        { ref: 'one', at: now() - 5, profile: 'observe', outcome: judged(1).outcome },
      ])
      assert.deepEqual(told.get(digest(3)), [])
      assert.equal((await store.verdicts([digest(1)], 1)).get(digest(1))?.length, 1)
      assert.equal((await store.verdicts([], 1)).size, 0)
    }),
  )

  test(
    'analyses are found by state, analyzer, cause, sample and age, the one that changed last first',
    onStore(async ({ store, advanceMs }) => {
      await store.claim([key(1), key(2), key(3, { analyzer: 'clamav' })], 'node-a', HOUR_MS)
      await end(store, 1, 'failed', { cause: 'analyzer-failed' })
      advanceMs(HOUR_MS)
      await end(store, 2, 'failed', { cause: 'analysis-expired' })
      const found = async (...[query]: Parameters<Store['analyses']>) =>
        (await store.analyses(query ?? {}, 9)).map((row) => row.sha256)

      assert.deepEqual((await found({}, 9))[0], digest(2))
      assert.deepEqual(await found({ states: ['failed'] }, 9), [digest(2), digest(1)])
      assert.deepEqual(await found({ states: ['failed', 'leased'], olderThanMs: 1, analyzer: 'cape' }, 9), [digest(1)])
      assert.deepEqual(await found({ cause: 'analyzer-failed' }, 9), [digest(1)])
      assert.deepEqual(await found({ withinMs: 1 }, 9), [digest(2)])
      assert.deepEqual(await found({ analyzer: 'clamav' }, 9), [digest(3)])
      assert.deepEqual(await found({ sha256: digest(3), states: ['leased'] }, 9), [digest(3)])
      assert.deepEqual(await found({ states: [] }, 9), [])
      assert.equal((await store.analyses({}, 2)).length, 2)
    }),
  )

  test(
    'what attempts came to is kept with the time, only from whoever holds the row, and only the newest twenty',
    onStore(async ({ store, now }) => {
      const [row] = await store.claim([key(1)], 'node-a', HOUR_MS)
      assert.ok(row)
      const note = (attempt: number) => ({ attempt, cause: 'analyzer-failed' as const, detail: `„${attempt}“` })
      const step: Omit<AnalysisChange, 'note'> = { key: key(1), owner: 'node-a', token: row.token, state: 'leased' }

      const applied = await store.advance(
        [{ ...step, note: note(0) }, { ...step, token: 99, note: note(77) }, step, { ...step, note: note(1) }],
        1000,
      )
      assert.deepEqual(applied, [true, false, true, true])
      assert.deepEqual(
        await store.analysisNotes(key(1)),
        [note(0), note(1)].map((one) => ({ at: now(), ...one })),
      )
      for (let n = 2; n < 25; n++) await store.advance([{ ...step, note: note(n) }], 1000)

      const kept = await store.analysisNotes(key(1))
      assert.deepEqual([kept.length, kept[0]?.attempt, kept.at(-1)?.attempt], [20, 5, 24])
      assert.deepEqual(await store.analysisNotes(key(2)), [])
      assert.equal(await store.remove({ from: 'analyses' }, 9), 1)
      assert.deepEqual(await store.analysisNotes(key(1)), [])
    }),
  )

  test(
    'a retry makes failed analyses new, and nothing else',
    onStore(async ({ store, advanceMs }) => {
      await store.claim(keys(4), 'node-a', HOUR_MS)
      await end(store, 0, 'failed', { cause: 'analyzer-failed', attempts: 3, taskId: '7', marker: 'm' })
      await end(store, 1, 'reported', { report: { analyzer: 'cape', version: '1', evidence: ['ran'] } })
      await end(store, 2, 'failed', { cause: 'analysis-expired' })
      advanceMs(5)

      assert.equal(await store.retryAnalyses({ states: ['reported', 'leased'] }, 9), 0)
      assert.equal(await store.retryAnalyses({ cause: 'analyzer-failed' }, 9), 1)
      assert.equal(await store.retryAnalyses({}, 9), 1)
      assert.equal(await store.retryAnalyses({}, 9), 0)

      const [again, reported] = await store.claim(keys(4), 'node-b', HOUR_MS)
      assert.deepEqual(
        [again?.state, again?.owner, again?.token, again?.attempts, again?.marker, again?.taskId, again?.cause],
        ['leased', 'node-b', 2, 0, '', '', ''],
      )
      assert.equal(reported?.state, 'reported')
    }),
  )

  test(
    'cancelling ends what is unfinished as failed, fences its owner off, and leaves what has ended alone',
    onStore(async ({ store, now }) => {
      const rows = await store.claim(keys(3), 'node-a', HOUR_MS)
      await end(store, 0, 'submitted', { taskId: '7' })
      await end(store, 1, 'failed', { cause: 'analyzer-failed' })

      assert.equal(await store.cancelAnalyses({ sha256: digest(0) }, 9), 1)
      assert.equal(await store.cancelAnalyses({}, 9), 1)
      assert.equal(await store.cancelAnalyses({}, 9), 0)

      const beats = rows.map(({ token }, n) => ({ key: key(n), owner: 'node-a', token, state: 'submitted' as const }))
      assert.deepEqual(await store.advance(beats, 1000), [false, false, false])
      const [first, second, third] = await store.claim(keys(3), 'node-b', HOUR_MS)
      assert.deepEqual(
        [first?.state, first?.cause, first?.taskId, first?.owner, first?.leaseUntil],
        ['failed', 'cancelled', '7', 'node-a', 0],
      )
      assert.deepEqual([second?.cause, third?.cause], ['analyzer-failed', 'cancelled'])
      assert.deepEqual(await store.takeOver('node-b', 1000, 9), [])
      const [asked] = await store.claim([key(0)], 'node-b', HOUR_MS, now() + 1)
      assert.deepEqual([asked?.state, asked?.owner, asked?.taskId], ['leased', 'node-b', ''])
    }),
  )

  test(
    'of many only so many are changed at a time',
    onStore(async ({ store }) => {
      await store.claim(keys(5), 'node-a', HOUR_MS)

      assert.deepEqual([await store.cancelAnalyses({}, 3), await store.cancelAnalyses({}, 3)], [3, 2])
      assert.deepEqual([await store.retryAnalyses({}, 4), await store.retryAnalyses({}, 4)], [4, 1])
    }),
  )

  test(
    'a story that ended is no less to be found',
    onStore(async ({ store }) => {
      await store.openStory(draft({ queueId: 'q' }))
      await store.answerStory('ref-1', 'q', ACCEPT)

      assert.equal((await store.messages({ recipient: 'b@example.net' }, 9))[0]?.tries[0]?.state, 'answered')
    }),
  )
}

async function end(store: Store, n: number, state: AnalysisState, rest: Partial<AnalysisChange> = {}): Promise<void> {
  assert.deepEqual(await store.advance([{ key: key(n), owner: 'node-a', token: 1, state, ...rest }], HOUR_MS), [true])
}
