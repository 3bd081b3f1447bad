import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer, Story } from '../../src/core/index.ts'
import type { Store } from '../../src/store/index.ts'
import { ACCEPT, digest, draft, judged, query, REJECT, TEMPFAIL } from './build.ts'
import type { OnStore } from './contract.ts'

const DAY_MS = 86_400_000

export function describeStories(onStore: OnStore): void {
  test(
    'a story is told as it was opened, with the time of the store',
    onStore(async ({ store, now }) => {
      const samples = [judged(1), judged(2), judged(1)]
      await store.openStory(draft({ samples }))

      const [story] = await store.stories({ ref: 'ref-1' }, 10)

      const { queueId, answer, ...told } = draft({ samples })
      const tries = [{ queueId, at: now(), state: 'deciding' as const, answer }]
      assert.deepEqual(story, { ...told, firstSeen: now(), tries } satisfies Story)
    }),
  )

  test(
    'a retry adds a try, keeps the first time and the recipients, and replaces what was decided',
    onStore(async ({ store, now, advanceMs }) => {
      const began = now()
      await store.openStory(draft({ queueId: 'first', recipients: ['x@example.net', 'y@example.net'] }))
      await store.answerStory('ref-1', 'first', TEMPFAIL)
      advanceMs(60_000)
      const outcome = { kind: 'failed', cause: 'deadline' } as const
      const retry = { queueId: 'second', recipients: ['y@example.net', 'z@example.net'], outcome, answer: REJECT }
      await store.openStory(draft({ ...retry, samples: [judged(1)] }))

      const story = await only(store, 'ref-1')

      assert.deepEqual(story.tries, [
        { queueId: 'first', at: began, state: 'answered', answer: TEMPFAIL },
        { queueId: 'second', at: began + 60_000, state: 'deciding', answer: REJECT },
      ])
      assert.equal(story.firstSeen, began)
      assert.deepEqual(story.recipients, ['x@example.net', 'y@example.net', 'z@example.net'])
      assert.deepEqual(story.outcome, outcome)
      assert.equal(story.samples.length, 1)
    }),
  )

  for (const answer of [ACCEPT, REJECT, { disposition: 'quarantine', reply: '' }] satisfies Answer[]) {
    test(
      `a story goes on until its newest try was answered with ${answer.disposition}`,
      onStore(async ({ store }) => {
        await store.openStory(draft({ queueId: 'first' }))
        assert.equal(await continued(store), 'ref-1', 'while it is being decided')
        await store.answerStory('ref-1', 'first', TEMPFAIL)
        assert.equal(await continued(store), 'ref-1', 'after "try again later"')
        await store.openStory(draft({ queueId: 'second', answer }))
        assert.equal(await continued(store), 'ref-1', 'while a retry is being decided')

        await store.answerStory('ref-1', 'second', answer)

        assert.equal(await continued(store), undefined)
      }),
    )
  }

  test(
    'a final answer to an older try does not end a story whose newest try is still open',
    onStore(async ({ store }) => {
      await store.openStory(draft({ queueId: 'first' }))
      await store.openStory(draft({ queueId: 'second' }))

      await store.answerStory('ref-1', 'first', ACCEPT)

      assert.equal(await continued(store), 'ref-1')
    }),
  )

  test(
    'of two open stories with one key the newer goes on, and none of another key or without one',
    onStore(async ({ store }) => {
      await store.openStory(draft({ ref: 'old', key: 'k' }))
      await store.openStory(draft({ ref: 'new', key: 'k' }))
      await store.openStory(draft({ ref: 'other', key: 'K' }))
      await store.openStory(draft({ ref: 'none', key: '' }))

      assert.equal(await continued(store, 'k'), 'new')
      assert.equal(await continued(store, ''), undefined)
    }),
  )

  test(
    'a story that nobody tried again for five days is not continued',
    onStore(async ({ store, advanceMs }) => {
      await store.openStory(draft({ queueId: 'first' }))
      await store.answerStory('ref-1', 'first', TEMPFAIL)
      advanceMs(4 * DAY_MS)
      await store.openStory(draft({ queueId: 'second' }))
      advanceMs(5 * DAY_MS)
      assert.equal(await continued(store), 'ref-1')

      advanceMs(1)

      assert.equal(await continued(store), undefined)
    }),
  )

  test(
    'an answer marks the newest try under that queue id, and an unknown one changes nothing',
    onStore(async ({ store }) => {
      await store.openStory(draft({ queueId: 'same' }))
      await store.openStory(draft({ queueId: 'same' }))
      await store.answerStory('ref-1', 'same', REJECT)
      await store.answerStory('ref-1', 'unknown', ACCEPT)
      await store.answerStory('unknown', 'same', ACCEPT)

      const { tries } = await only(store, 'ref-1')

      assert.deepEqual(
        tries.map((attempt) => [attempt.state, attempt.answer.disposition]),
        [
          ['deciding', 'tempfail'],
          ['answered', 'reject'],
        ],
      )
    }),
  )

  test(
    'why finds stories by reference, by the queue id of any try and by the digest of any sample, newest first',
    onStore(async ({ store }) => {
      await store.openStory(draft({ ref: 'one', queueId: 'q1', samples: [judged(1), judged(2)] }))
      await store.openStory(draft({ ref: 'two', queueId: 'q2', samples: [judged(2), judged(2)] }))
      await store.openStory(draft({ ref: 'three', queueId: 'q1', samples: [] }))
      await store.openStory(draft({ ref: 'one', queueId: 'q3', samples: [judged(1), judged(2)] }))

      const refs = async (found: Promise<readonly Story[]>) => (await found).map((story) => story.ref)

      assert.deepEqual(await refs(store.stories({ ref: 'two' }, 9)), ['two'])
      assert.deepEqual(await refs(store.stories({ queueId: 'q1' }, 9)), ['three', 'one'])
      assert.deepEqual(await refs(store.stories({ queueId: 'q3' }, 9)), ['one'])
      assert.deepEqual(await refs(store.stories({ sha256: digest(2) }, 9)), ['two', 'one'])
      assert.deepEqual(await refs(store.stories({ sha256: digest(2) }, 1)), ['two'])
      assert.deepEqual(await refs(store.stories({ sha256: digest(3) }, 9)), [])
      assert.deepEqual(await refs(store.stories({ sha256: 'not a digest' }, 9)), [])
      assert.deepEqual(await refs(store.stories({ ref: "one' OR 1=1 --" }, 9)), [])
    }),
  )

  test(
    'a message of 300 attachments is told whole and in order',
    onStore(async ({ store }) => {
      const samples = Array.from({ length: 300 }, (_, n) => judged(n))
      await store.openStory(draft({ samples }))

      assert.deepEqual((await only(store, 'ref-1')).samples, samples)
    }),
  )
}

async function only(store: Store, ref: string): Promise<Story> {
  const [story, ...others] = await store.stories({ ref }, 10)
  assert.ok(story && others.length === 0)
  return story
}

async function continued(store: Store, storyKey = 'key-1'): Promise<string | undefined> {
  return (await store.lookup(query({ storyKey }))).story?.ref
}
