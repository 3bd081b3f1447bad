// A message that the mail server's side cannot deliver as it must be.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Disposition } from '../../src/core/index.ts'
import { FakeInspector, reading, sample } from '../fakes/inspector.ts'
import { benchPipeline, envelope } from './bench-pipeline.ts'

const never = new AbortController().signal
const ANSWERS: readonly (readonly [Disposition, Disposition])[] = [
  ['accept', 'reject'],
  ['tag', 'reject'],
  ['redirect', 'reject'],
  ['quarantine', 'reject'],
  ['return', 'reject'],
  ['tempfail', 'tempfail'],
  ['discard', 'discard'],
  ['reject', 'reject'],
]

for (const [unscannable, answer] of ANSWERS) {
  test(`where what is unscannable is answered ${unscannable}, it is answered ${answer}, and its story names the limit`, async (t) => {
    const { pipeline, store } = await benchPipeline(t, new FakeInspector(reading(sample('a.doc'))))
    const plain = envelope('mx', { limit: 'own-headers' })

    const decision = await pipeline.begin().finish({ ...plain, profile: { ...plain.profile, unscannable } }, never)

    const outcome = { kind: 'unscannable', limit: 'own-headers' }
    assert.deepEqual([decision.disposition, decision.outcome], [answer, outcome])
    assert.equal(decision.smtp?.code, { reject: 550, tempfail: 451 }[answer as string])
    const [story] = await store.stories({ ref: decision.ref }, 1)
    assert.deepEqual(story?.outcome, outcome)
  })
}

test('one that is monitored is examined like any other', async (t) => {
  const { pipeline } = await benchPipeline(t, new FakeInspector(reading()))

  const decision = await pipeline.begin().finish(envelope('observe', { limit: 'own-headers' }), never)

  assert.deepEqual([decision.disposition, decision.outcome.kind], ['accept', 'decided'])
})
