// What the emergency brake and disabled rules change about a message.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { Fault, type Outcome } from '../../src/core/index.ts'
import type { Brake, DisabledRule } from '../../src/store/index.ts'
import { FakeInspector, reading, sample } from '../fakes/inspector.ts'
import { draft, judged } from '../store/build.ts'
import { type Bench, benchPipeline, envelope } from './bench-pipeline.ts'

const never = new AbortController().signal
const BASE = { reason: 'sandbox down', who: 'alice', made: 0, until: 1_900_000_000_000 } as const
const KNOWN: Brake = { kind: 'brake', name: '', mode: 'accept-known', ...BASE }
const STOP: Brake = { ...KNOWN, mode: 'tempfail' }
const SENTENCE = 'brake accept-known until 2030-03-17T17:46:40.000Z by alice: sandbox down'

const GOOD: Outcome = { kind: 'decided', verdict: 'good', rule: 'sandbox-good', reason: 'sandbox' }
const doc = sample('a.doc')

/** A bench whose sandbox never answers, and how a message with that document is answered while the brake is on. */
async function braked(t: TestContext, rules = {}) {
  const bench = await benchPipeline(t, new FakeInspector(reading(doc)), { sandbox: { answer: 'never' }, ...rules })
  const ask = async (brake: Brake | undefined = KNOWN, profile = 'mx') => {
    const deciding = bench.pipeline
      .begin()
      .finish(envelope(profile, { brake, queueId: 'Q2', sender: 'c@x.test' }), never)
    await bench.clock.advance(61_000)
    return deciding
  }
  return { ...bench, ask }
}

/** An earlier message with the document, judged so. */
async function earlier({ store }: Pick<Bench, 'store'>, outcome: Outcome, profile = 'mx', ref = 'EARLIER') {
  await store.openStory(draft({ ref, key: ref, profile, samples: [{ ...judged(1), sample: doc, outcome }] }))
}

test('accept-known takes what an earlier message of the profile had judged good, at once and without an analysis', async (t) => {
  const bench = await braked(t)
  await earlier(bench, GOOD)

  const decision = await bench.pipeline.begin().finish(envelope('mx', { brake: KNOWN }), never)

  assert.equal(decision.disposition, 'accept')
  assert.deepEqual([decision.outcome.kind === 'decided' && decision.outcome.rule], ['(known, by the brake)'])
  assert.match(
    JSON.stringify(decision.outcome),
    /rule sandbox-good found nothing against it on .* \(message EARLIER\); brake/,
  )
  assert.equal(decision.header, `verdict=ignored; brake=accept-known; id=${decision.ref}`)
  assert.equal(bench.sandbox.submitted, 0)
  const [story] = await bench.store.stories({ ref: decision.ref }, 1)
  assert.deepEqual(story?.switched, [SENTENCE])
})

test('accept-known judges what nobody knows as ever: it is analysed and deferred', async (t) => {
  const { ask, sandbox } = await braked(t)

  const decision = await ask()

  assert.deepEqual([decision.outcome.kind, decision.disposition, sandbox.submitted], ['pending', 'tempfail', 1])
})

const AGAINST: Readonly<Record<string, (bench: Bench) => Promise<unknown>>> = {
  'was judged good under another profile only': (bench) => earlier(bench, GOOD, 'submission'),
  'was bad in another message': async (bench) => {
    await earlier(bench, { ...GOOD, verdict: 'bad' }, 'observe', 'OTHER')
    await earlier(bench, GOOD)
  },
  'was suspicious in another message': async (bench) => {
    await earlier(bench, GOOD)
    await earlier(bench, { ...GOOD, verdict: 'suspicious' }, 'mx', 'OTHER')
  },
  'was only ever deferred': (bench) => earlier(bench, { kind: 'pending', roles: ['sandbox'] }),
  'was never decided but unknown': (bench) => earlier(bench, { ...GOOD, verdict: 'unknown' }),
  'was let through by the brake alone': (bench) => earlier(bench, { ...GOOD, rule: '(known, by the brake)' }),
  'has a bad report by any analyzer': async ({ store, ...bench }) => {
    await earlier({ store, ...bench }, GOOD)
    const key = { analyzer: 'other', optionsDigest: '', revision: '1', sha256: doc.sha256 }
    await store.claim([key], 'node', 1000)
    const report = { analyzer: 'other', version: '1', score: 5, evidence: ['x'] }
    await store.advance([{ key, owner: 'node', token: 1, state: 'reported', report }], 1000)
  },
}

for (const [what, prepare] of Object.entries(AGAINST)) {
  test(`accept-known does not take what ${what}`, async (t) => {
    const bench = await braked(t)
    await prepare(bench)

    assert.equal((await bench.ask()).disposition, 'tempfail')
  })
}

test('accept-known refuses what the rules call bad, although earlier messages had it as good', async (t) => {
  const bench = await braked(t)
  await earlier(bench, GOOD)
  bench.reload("- { id: now, when: 'true', verdict: bad, reason: outbreak }")

  assert.equal((await bench.ask()).disposition, 'reject')
})

test('accept-known knows nothing while the store does not answer', async (t) => {
  const bench = await braked(t)
  await earlier(bench, GOOD)
  bench.store.verdicts = () => Promise.reject(new Fault('store-unavailable'))

  assert.equal((await bench.ask()).disposition, 'tempfail')
})

test('without the brake what is known waits for its analysis', async (t) => {
  const bench = await braked(t)
  await earlier(bench, GOOD)
  const deciding = bench.pipeline.begin().finish(envelope('mx'), never)
  await bench.clock.advance(61_000)

  assert.equal((await deciding).disposition, 'tempfail')
})

test('the brake tempfail reads nothing, defers all, and does not let a message grow old by it', async (t) => {
  const { clock, pipeline, store } = await braked(t)
  const decide = (queueId: string) => pipeline.begin().finish(envelope('submission', { brake: STOP, queueId }), never)

  const first = await decide('Q1')
  await clock.advance(5 * 3_600_000)
  const second = await decide('Q2')

  for (const { disposition, outcome, answer, ref } of [first, second]) {
    assert.deepEqual([disposition, outcome.kind === 'failed' && outcome.cause], ['tempfail', 'braked'])
    assert.match(answer.reply, new RegExp(`^451 4\\.3\\.2 .*${ref}`))
    assert.equal((await store.stories({ ref }, 1))[0]?.tries.length, 1)
  }
  assert.notEqual(first.ref, second.ref)
})

const OFF: DisabledRule = { kind: 'rule', name: 'eicar', mode: 'off', ...BASE, reason: 'drill' }

test('a disabled rule yields nothing, those behind it are asked, and the story says so', async (t) => {
  const bad = reading(sample('b', { testString: 'eicar' }))
  const disabledRules = new Map<string, DisabledRule>()
  const { pipeline, store } = await benchPipeline(t, new FakeInspector(bad), { switches: { disabledRules } })
  const decide = (queueId: string) =>
    pipeline.begin().finish(envelope('mx', { queueId, sender: `${queueId}@x.test` }), never)

  const before = await decide('Q1')
  disabledRules.set('eicar', OFF)
  const during = await decide('Q2')
  disabledRules.delete('eicar')
  const after = await decide('Q3')

  const rules = [before, during, after].map(({ outcome }) => outcome.kind === 'decided' && outcome.rule)
  assert.deepEqual(rules, ['eicar', 'rest', 'eicar'])
  assert.deepEqual([before.disabledRules, during.disabledRules], [[], ['eicar']])
  const [story] = await store.stories({ queueId: 'Q2' }, 1)
  assert.deepEqual(story?.switched, ['rule eicar disabled until 2030-03-17T17:46:40.000Z by alice: drill'])
  assert.equal((await store.stories({ queueId: 'Q3' }, 1))[0]?.switched, undefined)
})
