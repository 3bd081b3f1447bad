import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '../../src/core/index.ts'
import { content, contents, digest, digests, draft, keys, query, within } from './build.ts'
import type { OnStore } from './contract.ts'

export function describeFacts(onStore: OnStore): void {
  test(
    'facts that were saved are found under their recipe and under no other',
    onStore(async ({ store }) => {
      await store.saveFacts('recipe', contents(3))

      const same = await store.lookup(query({ digests: digests(5) }))
      const other = await store.lookup(query({ digests: digests(5), recipe: 'another recipe' }))

      assert.deepEqual(same.facts, new Map(contents(3).map((one) => [one.sha256, one])))
      assert.equal(other.facts.size, 0)
    }),
  )

  for (const count of [1, 35, 1000]) {
    test(
      `one lookup of ${count} digests answers with facts, analyses and story at once`,
      onStore(async ({ store }) => {
        await store.saveFacts('recipe', contents(count))
        await store.claim(keys(count), 'node-a', 1000)
        await store.openStory(draft({ key: 'k' }))

        const all = { digests: digests(count + 7), analyses: keys(count + 7), storyKey: 'k' }
        const known = await store.lookup(query(all))

        assert.deepEqual([...known.facts.keys()].sort(), digests(count).toSorted())
        assert.deepEqual(
          known.analyses.map((row) => row.sha256),
          digests(count),
        )
        assert.equal(known.story?.ref, 'ref-1')
      }),
    )
  }

  test(
    'a lookup of nothing and of unknown things is empty',
    onStore(async ({ store, now }) => {
      const empty = { facts: new Map(), analyses: [], story: undefined, now: now() }

      assert.deepEqual(await store.lookup(query()), empty)
      assert.deepEqual(await store.lookup(query({ digests: digests(3), analyses: keys(3), storyKey: 'k' })), empty)
    }),
  )

  test(
    'facts that are saved again replace the old ones',
    onStore(async ({ store }) => {
      await store.saveFacts('recipe', [content(1)])
      await store.saveFacts('recipe', [content(1, { type: 'text/plain', testString: 'eicar' })])

      const known = await store.lookup(query({ digests: [digest(1)] }))

      assert.equal(known.facts.get(digest(1))?.testString, 'eicar')
    }),
  )

  test(
    'what lies within a container is kept with its facts, and stays when the facts come again without it',
    onStore(async ({ store }) => {
      const known = { ...content(1), within: within('1', '1/1', '2') }
      await store.saveFacts('recipe', [known, content(2)])

      await store.saveFacts('recipe', [content(1), { ...content(2), within: within() }])

      const { facts } = await store.lookup(query({ digests: [digest(1), digest(2)] }))
      assert.deepEqual(facts.get(digest(1)), known)
      assert.deepEqual(facts.get(digest(2))?.within, within())
    }),
  )

  test(
    'facts keep every character, also those that no text should hold',
    onStore(async ({ store }) => {
      const odd = content(1, { type: 'a\u0000b\ud800"\\\u2028ü🎉', types: ["'; DROP TABLE facts; --", ''] })

      await store.saveFacts('recipe', [odd])

      assert.deepEqual((await store.lookup(query({ digests: [digest(1)] }))).facts.get(digest(1)), odd)
    }),
  )

  for (const wrong of ['', 'abc', digest(1).toUpperCase(), `${digest(1)}0`, `${digest(1).slice(1)}\n`]) {
    test(
      `${JSON.stringify(wrong)} is refused as a digest, and named`,
      onStore(async ({ store }) => {
        const named = (error: unknown) => error instanceof Fault && error.message.includes(JSON.stringify(wrong))

        await assert.rejects(store.saveFacts('recipe', [content(1), content(2, { sha256: wrong })]), named)
        await assert.rejects(store.lookup(query({ digests: [wrong] })), named)
        assert.equal((await store.lookup(query({ digests: [digest(1)] }))).facts.size, 0)
      }),
    )
  }

  test(
    'a store that was stopped, once or twice, answers with a fault and not with nothing',
    onStore(async ({ store }) => {
      await store.stop()
      await store.stop()

      for (const call of [
        () => store.lookup(query({ digests: [digest(1)] })),
        () => store.saveFacts('recipe', [content(1)]),
        () => store.openStory(draft()),
        () => store.stories({ ref: 'ref-1' }, 1),
        () => store.claim(keys(1), 'node-a', 1),
        () => store.check(),
      ]) {
        await assert.rejects(call(), (error: unknown) => error instanceof Fault && error.code === 'store-unavailable')
      }
    }),
  )

  test(
    'a store that works passes its check',
    onStore(async ({ store }) => {
      await store.check()
    }),
  )
}
