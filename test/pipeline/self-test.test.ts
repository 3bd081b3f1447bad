import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { Fault } from '../../src/core/index.ts'
import { createMemoryStore } from '../../src/store/index.ts'
import { FakeInspector, reading, sample } from '../fakes/inspector.ts'
import { benchPipeline } from './bench-pipeline.ts'

const FOUND = reading(sample('x', { sha256: createHash('sha256').update('self-test').digest('hex') }))

test('the self-test passes where its attachment is found, and leaves no story', async (t) => {
  const { pipeline, store } = await benchPipeline(t, new FakeInspector(FOUND))

  await pipeline.selfTest()

  assert.deepEqual(await store.stories({ sha256: FOUND.attachments[0]?.sha256 ?? '' }, 1), [])
})

test('a reader that finds something else, or cannot read, fails it', async (t) => {
  const { pipeline } = await benchPipeline(t, new FakeInspector(reading(), new Fault('inspector-crashed')))

  await assert.rejects(pipeline.selfTest(), { code: 'inspector-garbage' })
  await assert.rejects(pipeline.selfTest(), { code: 'inspector-crashed' })
})

test('much to do, and a store that is away, are answers', async (t) => {
  const away = (clock: Parameters<typeof createMemoryStore>[0]['clock']) =>
    Object.assign(createMemoryStore({ clock }), {
      lookup: () => Promise.reject(new Fault('store-unavailable')),
    })
  const { pipeline } = await benchPipeline(t, new FakeInspector(FOUND, new Fault('overloaded')), { store: away })

  await pipeline.selfTest()
  await pipeline.selfTest()
})
