import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Report } from '../../src/core/index.ts'
import type { AnalysisState, Override, Removal, Store } from '../../src/store/index.ts'
import {
  ACCEPT,
  content,
  contents,
  digest,
  digests,
  draft,
  judged,
  key,
  keys,
  query,
  REJECT,
  TEMPFAIL,
} from './build.ts'
import type { OnStore } from './contract.ts'

const DAY_MS = 86_400_000
const DENY: Omit<Override, 'made'> = {
  ...{ kind: 'sha256', value: digest(1), verdict: 'deny', reason: 'reported by „Größe“', who: 'root', until: 0 },
}

export function describeOperator(onStore: OnStore): void {
  test(
    'an override is told with the time of the store, replaced by the same again, and removed with its opposite',
    onStore(async ({ store, now, advanceMs }) => {
      await store.setOverride({ ...DENY, reason: 'first' })
      await store.setOverride({ ...DENY, verdict: 'allow', until: now() + 5 })
      advanceMs(10)
      await store.setOverride(DENY)
      await store.setOverride({ ...DENY, kind: 'family', value: 'imphash 1' })

      const all = await store.overrides()

      assert.deepEqual(
        new Set(all),
        new Set([
          { ...DENY, verdict: 'allow', made: now() - 10, until: now() - 5 },
          { ...DENY, made: now() },
          { ...DENY, kind: 'family', value: 'imphash 1', made: now() },
        ]),
      )
      assert.equal(await store.removeOverride('sha256', digest(1)), 2)
      assert.equal(await store.removeOverride('sha256', digest(1)), 0)
      assert.equal((await store.overrides()).length, 1)
    }),
  )

  test(
    'a family is never allowed, and an override about no digest is refused',
    onStore(async ({ store }) => {
      await assert.rejects(store.setOverride({ ...DENY, kind: 'family', verdict: 'allow' }), /only exact bytes/)
      await assert.rejects(store.setOverride({ ...DENY, value: 'abc' }), /not a SHA-256/)
      assert.deepEqual(await store.overrides(), [])
    }),
  )

  test(
    'history counts messages and not retries, and knows the worst report and the families of all',
    onStore(async ({ store, now, advanceMs }) => {
      const began = now()
      await store.openStory(draft({ ref: 'one', samples: [judged(1), judged(1), judged(2)] }))
      await store.openStory(draft({ ref: 'one', queueId: 'again', samples: [judged(1)] }))
      advanceMs(5)
      await store.openStory(draft({ ref: 'two', samples: [judged(1)] }))
      await report(store, 1, { score: 2.5 })
      await report(store, 1, { score: 10, families: ['Emotet', 'Qak\nbot "]'] }, '2')
      await report(store, 1, { score: 6, families: ['Emotet', 'Dridex'] }, '3')
      await report(store, 2, { families: [] })

      const { history } = await store.lookup(query({ digests: digests(3), history: true }))

      const { families = [], ...first } = history?.get(digest(1)) ?? assert.fail('no history')
      assert.deepEqual(first, { firstSeen: began, lastSeen: now(), count: 2, worstScore: 10 })
      assert.deepEqual(families.toSorted(), ['Dridex', 'Emotet', 'Qak\nbot "]'])
      assert.deepEqual(history?.get(digest(2)), { firstSeen: began, lastSeen: began, count: 1 })
      assert.equal(history?.size, 2)
      assert.equal((await store.lookup(query({ digests: digests(3) }))).history, undefined)
    }),
  )

  test(
    'facts go when nobody used them for so long, in pieces, and a dry run only counts them',
    onStore(async ({ store, advanceMs }) => {
      const old: Removal = { from: 'facts', olderThanMs: 30 * DAY_MS }
      await store.saveFacts('recipe', contents(5))
      await store.saveFacts('other', [content(9)])
      advanceMs(20 * DAY_MS)
      await store.lookup(query({ digests: [digest(1)] }))
      advanceMs(15 * DAY_MS)
      // The note of its use is written behind the answer.
      while ((await store.remove(old, 2, true)) > 5) await new Promise(setImmediate)

      assert.equal(await store.remove(old, 2, true), 5)
      assert.deepEqual([await store.remove(old, 3), await store.remove(old, 3), await store.remove(old, 3)], [3, 2, 0])

      assert.deepEqual([...(await store.lookup(query({ digests: digests(9) }))).facts.keys()], [digest(1)])
    }),
  )

  test(
    'facts go by digest and by recipe',
    onStore(async ({ store }) => {
      await store.saveFacts('recipe', contents(3))
      await store.saveFacts('other', [content(7)])

      assert.equal(await store.remove({ from: 'facts', sha256: digest(1) }, 9), 1)
      assert.equal(await store.remove({ from: 'facts', recipe: 'recipe' }, 9), 2)
      assert.equal((await store.lookup(query({ digests: digests(9), recipe: 'other' }))).facts.size, 1)
      await assert.rejects(store.remove({ from: 'facts', sha256: 'x' }, 9), /not a SHA-256/)
    }),
  )

  test(
    'reports go by kind, age, analyzer and version',
    onStore(async ({ store, advanceMs }) => {
      await report(store, 1, { score: 9 })
      await report(store, 2, { score: 0.5 })
      await report(store, 3, {})
      await store.claim([key(4)], 'node-a', 1000)
      await finish(store, 5, 'failed')
      advanceMs(2 * DAY_MS)
      await report(store, 6, { score: 0 }, '2')
      const left = async () =>
        (await store.lookup(query({ analyses: [...keys(6), key(6, { revision: '2' })] }))).analyses.length
      const count = (removal: Partial<Removal>) => store.remove({ from: 'analyses', ...removal } as Removal, 9, true)

      assert.equal(await count({ which: 'bad' } as Partial<Removal>), 1)
      assert.equal(await count({ which: 'failed' } as Partial<Removal>), 1)
      assert.equal(await count({ which: 'left' } as Partial<Removal>), 1)
      assert.equal(await count({ analyzer: 'clamav' } as Partial<Removal>), 0)
      assert.equal(await count({ revision: '2' } as Partial<Removal>), 1)
      assert.equal(await store.remove({ from: 'analyses', which: 'harmless', olderThanMs: DAY_MS }, 9), 2)
      assert.equal(await left(), 4)
    }),
  )

  test(
    'reports that an open story waits with stay, and go when it is answered',
    onStore(async ({ store, advanceMs }) => {
      await report(store, 1, { score: 0 })
      await report(store, 2, { score: 0 })
      await store.openStory(draft({ queueId: 'q', samples: [judged(1)] }))
      await store.answerStory('ref-1', 'q', TEMPFAIL)
      advanceMs(2 * DAY_MS)
      const old: Removal = { from: 'analyses', which: 'harmless', olderThanMs: DAY_MS, sparesOpenStories: true }

      assert.equal(await store.remove(old, 9), 1)
      await store.answerStory('ref-1', 'q', ACCEPT)

      assert.equal(await store.remove(old, 9), 1)
    }),
  )

  test(
    'stories go whole, what was accepted before what was refused or never answered',
    onStore(async ({ store, advanceMs }) => {
      for (const [ref, answer] of [
        ['accepted', ACCEPT],
        ['refused', REJECT],
        ['open', TEMPFAIL],
      ] as const) {
        await store.openStory(draft({ ref, queueId: ref, samples: [judged(1)] }))
        await store.answerStory(ref, ref, answer)
      }
      advanceMs(8 * DAY_MS)
      await store.openStory(draft({ ref: 'new', queueId: 'new', samples: [judged(1)] }))
      await store.answerStory('new', 'new', ACCEPT)

      assert.equal(await store.remove({ from: 'stories', which: 'accepted', olderThanMs: 7 * DAY_MS }, 9), 1)
      assert.deepEqual(await refs(store), ['new', 'open', 'refused'])
      assert.equal(await store.remove({ from: 'stories', which: 'other', olderThanMs: 7 * DAY_MS }, 9), 2)
      assert.equal(await store.remove({ from: 'stories', rulesetVersion: 'rules-2' }, 9), 0)
      assert.equal(await store.remove({ from: 'stories', rulesetVersion: 'rules-1', sha256: digest(1) }, 9), 1)
      assert.deepEqual(await refs(store), [])
      assert.deepEqual(await store.stories({ queueId: 'open' }, 9), [])
    }),
  )

  test(
    'sightings and overrides go when they are old, and an override without an end stays',
    onStore(async ({ store, now, advanceMs }) => {
      await store.openStory(draft({ samples: [judged(1), judged(2)] }))
      await store.setOverride(DENY)
      await store.setOverride({ ...DENY, value: digest(2), until: now() + 1 })
      advanceMs(2 * DAY_MS)

      assert.equal(await store.remove({ from: 'sightings', olderThanMs: DAY_MS }, 9), 2)
      assert.equal(await store.remove({ from: 'overrides', olderThanMs: DAY_MS }, 9), 1)
      assert.deepEqual(
        (await store.overrides()).map(({ value }) => value),
        [digest(1)],
      )
    }),
  )
}

async function report(store: Store, n: number, what: Partial<Report>, revision = '1'): Promise<void> {
  await finish(
    store,
    n,
    'reported',
    { report: { analyzer: 'cape', version: '1', evidence: ['ran'], ...what } },
    revision,
  )
}

async function finish(store: Store, n: number, state: AnalysisState, rest: object = {}, revision = '1'): Promise<void> {
  const at = key(n, { revision })
  const [row] = await store.claim([at], 'node-a', 1000)
  assert.ok(row)
  await store.advance([{ key: at, owner: row.owner, token: row.token, state, ...rest }], 1000)
}

async function refs(store: Store): Promise<readonly string[]> {
  return (await store.stories({ sha256: digest(1) }, 9)).map(({ ref }) => ref).sort()
}
