// What a message asks of analyzers: how much, in whose name, and whether it is worth waiting for.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '../../src/core/index.ts'
import { clientOf } from '../../src/pipeline/client-network.ts'
import { HeldSlots } from '../../src/pipeline/index.ts'
import { FakeInspector, reading, sample } from '../fakes/inspector.ts'
import { benchPipeline, envelope } from './bench-pipeline.ts'

const never = new AbortController().signal

test('of a message with more unknown attachments than it may have analysed the rest is told as unanalysed', async (t) => {
  const many = Array.from({ length: 12 }, (_, n) => sample(`${n}.doc`, { sha256: n.toString(16).padStart(64, '0') }))
  const { pipeline, clock, sandbox } = await benchPipeline(t, new FakeInspector(reading(...many)), {
    sandbox: { after: '5s', answer: { score: 1 } },
  })

  const deciding = pipeline.begin().finish(envelope(), never)
  await clock.advance(10_000)
  const decision = await deciding

  assert.equal(sandbox.submitted, 10)
  assert.deepEqual([decision.outcome.kind, decision.disposition], ['unanalysed', 'tag'])
  assert.equal(decision.samples.filter(({ outcome }) => outcome.kind === 'unanalysed').length, 2)
})

test('nobody is held for an answer that comes too late by all that is known', async (t) => {
  const doc = (n: number) => reading(sample(`${n}.doc`, { sha256: `${n}`.repeat(64) }))
  const { pipeline, clock, held } = await benchPipeline(t, new FakeInspector(doc(1), doc(2), doc(2)), {
    sandbox: { after: '200s', answer: { score: 1 } },
  })
  const first = pipeline.begin().finish(envelope(), never)
  await clock.advance(210_000)
  await first

  const atOnce = await pipeline.begin().finish(envelope('mx', { sender: 'c@src.test' }), never)
  await clock.advance(170_000)
  const retry = pipeline.begin().finish(envelope('mx', { sender: 'c@src.test' }), never)
  await clock.advance(35_000)

  assert.deepEqual([atOnce.disposition, held.used], ['tempfail', 0])
  assert.equal((await retry).disposition, 'accept')
})

test('what failed for one message is tried anew for a later one, and not for its own retry', async (t) => {
  const inspector = new FakeInspector(reading(sample('a.doc')))
  const { pipeline, clock, sandbox } = await benchPipeline(t, inspector, { sandbox: { answer: 'fail' } })
  const ask = async (sender: string) => {
    const deciding = pipeline.begin().finish(envelope('mx', { sender }), never)
    await clock.advance(5000)
    return (await deciding).outcome.kind
  }

  const kinds = [await ask('a@src.test'), await ask('a@src.test'), await ask('b@src.test')]

  assert.deepEqual(kinds, ['failed', 'failed', 'failed'])
  assert.equal(sandbox.submitted, 2)
})

test('a sample that is too large for the sandbox is refused at once, and once more when it comes again', async (t) => {
  const inspector = new FakeInspector(reading(sample('a.doc')))
  const { pipeline, sandbox } = await benchPipeline(t, inspector, { sandbox: { answer: { score: 1 } } })
  const submit = t.mock.method(sandbox, 'submit', () => Promise.reject(new Fault('sample-too-large')))

  const first = await pipeline.begin().finish(envelope(), never)
  const other = await pipeline.begin().finish(envelope('mx', { sender: 'b@src.test' }), never)

  assert.deepEqual(first.outcome, { kind: 'unscannable', limit: 'analyzer-size' })
  assert.deepEqual([first.disposition, other.disposition, submit.mock.callCount()], ['reject', 'reject', 1])
})

test('turns are shared by networks, and apart from them by those who are logged in', () => {
  const cases = {
    '192.0.2.77': '192.0.2.0/24',
    '::ffff:192.0.2.77': '192.0.2.0/24',
    'IPv6:2001:db8:1:2ff::9': '2001:db8:1:200::/56',
    '2001:db8::1': '2001:db8:0:0::/56',
    '2001:db8:1:2ab:3:4:5:6': '2001:db8:1:200::/56',
    '::1': '0:0:0:0::/56',
    unknown: 'unknown',
    '': '',
  }

  for (const [clientAddress, network] of Object.entries(cases)) {
    assert.equal(clientOf({ clientAddress, authenticated: false }), network, clientAddress)
  }
  assert.equal(clientOf({ clientAddress: '192.0.2.77', authenticated: true }), 'authenticated 192.0.2.0/24')
})

test('a network may hold all answers until half of the places are taken, then a quarter', () => {
  const slots = new HeldSlots(8)
  const bulk = Array.from({ length: 8 }, () => slots.take('bulk')).filter(Boolean).length
  const others = ['a', 'a', 'a', 'b', 'c'].map((client) => slots.take(client))
  slots.give('bulk')

  assert.equal(bulk, 4)
  assert.deepEqual(others, [true, true, false, true, true])
  assert.deepEqual([slots.take('bulk'), slots.take('d'), slots.used], [false, true, 8])
})
