import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { Fault } from '../../src/core/index.ts'
import { createMemoryStore } from '../../src/store/index.ts'
import type { Store } from '../../src/store/store.ts'
import { settle, until } from '../fakes/clock.ts'
import { FakeInspector, reading, sample } from '../fakes/inspector.ts'
import { benchPipeline, envelope } from './bench-pipeline.ts'

const never = new AbortController().signal

test('a bad attachment decides the message among harmless ones', async (t) => {
  const { pipeline } = await benchPipeline(
    t,
    new FakeInspector(reading(sample('a.txt'), sample('b', { testString: 'eicar' }))),
  )

  const decision = await pipeline.begin().finish(envelope(), never)

  assert.equal(decision.disposition, 'reject')
  assert.match(decision.answer.reply, /^550 5\.7\.1 /)
  assert.deepEqual(decision.outcome, { kind: 'decided', verdict: 'bad', rule: 'eicar', reason: 'test file' })
  assert.ok(decision.answer.reply.includes(decision.ref))
})

test('a message is judged and told by the rules that were in force when it began', async (t) => {
  const same = reading(sample('a.txt'))
  const { pipeline, store, reload } = await benchPipeline(t, new FakeInspector(same, same), {
    rules: "- { id: old, when: 'true', verdict: ignored }",
  })

  const begun = pipeline.begin()
  reload("- { id: new, when: 'true', verdict: bad }")
  const before = await begun.finish(envelope('mx', { queueId: 'Q1', sender: 'c@src.test' }), never)
  const after = await pipeline.begin().finish(envelope('mx', { queueId: 'Q2' }), never)

  assert.deepEqual(
    [before, after].map(({ outcome }) => outcome.kind === 'decided' && outcome.rule),
    ['old', 'new'],
  )
  assert.notEqual(before.rules, after.rules)
  const [[first], [second]] = [await store.stories({ queueId: 'Q1' }, 1), await store.stories({ queueId: 'Q2' }, 1)]
  assert.deepEqual([first?.rulesetVersion, second?.rulesetVersion], [before.rules, after.rules])
})

test('a message without attachments is accepted and told as a story', async (t) => {
  const { pipeline, store } = await benchPipeline(t, new FakeInspector(reading()))

  const decision = await pipeline.begin().finish(envelope(), never)

  assert.equal(decision.disposition, 'accept')
  const [story] = await store.stories({ queueId: 'Q1' }, 1)
  assert.equal(story?.ref, decision.ref)
  assert.equal(story?.tries[0]?.state, 'deciding')
})

test('the text and the message itself are judged by the rules that look at them, and told where they decide', async (t) => {
  const rules = `
- { id: texts, samples: [body], when: "sample.testString == 'eicar'", verdict: suspicious }
- { id: large, samples: [message], when: "sample.size > 100", verdict: bad }
- { id: rest, when: "true", verdict: ignored }
`
  const text = sample('text', { role: 'body', path: '1', testString: 'eicar' })
  const found = { ...reading(sample('a.txt')), bodies: [sample('other', { role: 'body' }), text] }
  const large = reading(sample('a.txt'))
  const { pipeline } = await benchPipeline(t, new FakeInspector(found, large), { rules })

  const first = await pipeline.begin().finish(envelope(), never)
  const examination = pipeline.begin()
  examination.write(Buffer.alloc(101))
  const second = await examination.finish(envelope(), never)

  assert.equal(first.outcome.kind === 'decided' && first.outcome.rule, 'texts')
  assert.deepEqual(
    first.samples.map(({ sample }) => sample.path),
    ['2', '1'],
  )
  assert.equal(second.outcome.kind === 'decided' && second.outcome.rule, 'large')
  assert.equal(second.samples.at(-1)?.sample.path, 'message')
})

test('an encrypted message is told as such and answered as its profile says, unless something in it is bad', async (t) => {
  const encrypted = { anomalies: [{ name: 'encrypted', severity: 'unscannable', offset: 0 }] }
  const good = { ...reading(sample('a.asc')), ...encrypted }
  const bad = { ...reading(sample('a.asc', { testString: 'eicar' })), ...encrypted }
  const { pipeline } = await benchPipeline(t, new FakeInspector(good, good, bad))
  const strict = envelope()
  const refusing = { ...strict.profile, encrypted: { ...strict.profile.encrypted, mail: 'reject' as const } }

  const first = await pipeline.begin().finish(envelope(), never)
  const second = await pipeline.begin().finish({ ...strict, profile: refusing }, never)
  const third = await pipeline.begin().finish(envelope(), never)

  assert.deepEqual([first.outcome, first.disposition], [{ kind: 'encrypted', what: 'mail' }, 'accept'])
  assert.deepEqual([second.outcome, second.disposition], [{ kind: 'encrypted', what: 'mail' }, 'reject'])
  assert.equal(third.outcome.kind === 'decided' && third.outcome.verdict, 'bad')
})

test('a message that the inspector cannot read is deferred, with the cause', async (t) => {
  const { pipeline } = await benchPipeline(t, new FakeInspector(new Fault('inspector-unavailable')))

  const decision = await pipeline.begin().finish(envelope(), never)

  assert.equal(decision.disposition, 'tempfail')
  assert.match(decision.answer.reply, /^451 4\./)
  assert.equal(decision.outcome.kind === 'failed' && decision.outcome.cause, 'inspector-unavailable')
})

test('a message whose reader was killed by something else is read once more', async (t) => {
  const inspector = new FakeInspector(new Fault('inspector-crashed'), reading(sample('x', { testString: 'eicar' })))
  const { pipeline } = await benchPipeline(t, inspector)
  const examination = pipeline.begin()
  examination.write(Buffer.from('Subject: x\r\n\r\n'))

  const decision = await examination.finish(envelope(), never)

  assert.equal(decision.disposition, 'reject')
  assert.equal(inspector.reads, 2)
})

test('a message that kills two readers is deferred', async (t) => {
  const { pipeline } = await benchPipeline(t, new FakeInspector(new Fault('inspector-crashed')))

  const decision = await pipeline.begin().finish(envelope(), never)

  assert.equal(decision.disposition, 'tempfail')
})

test('what was found before a limit still counts, and the limit counts too', async (t) => {
  const bad = { ...reading(sample('x', { testString: 'eicar' })), unscannable: 'parts' }
  const { pipeline } = await benchPipeline(t, new FakeInspector(bad, { ...reading(sample('a')), unscannable: 'parts' }))

  const first = await pipeline.begin().finish(envelope(), never)
  const second = await pipeline.begin().finish(envelope(), never)

  assert.equal(first.disposition, 'reject')
  assert.deepEqual(second.outcome, { kind: 'unscannable', limit: 'parts' })
  assert.equal(second.disposition, 'reject')
})

test('an answer is held until the sandbox has its report', async (t) => {
  const { pipeline, clock, sandbox } = await benchPipeline(t, new FakeInspector(reading(sample('a.doc'))), {
    sandbox: { after: '20s', answer: { score: 8.5 } },
  })

  const deciding = pipeline.begin().finish(envelope(), never)
  await clock.advance(25_000)
  const decision = await deciding

  assert.equal(decision.disposition, 'reject')
  assert.equal(decision.outcome.kind === 'decided' && decision.outcome.rule, 'sandbox-bad')
  assert.equal(sandbox.submitted, 1)
})

test('an analysis longer than the hold is deferred, goes on, and answers the retry without a second run', async (t) => {
  const inspector = new FakeInspector(reading(sample('a.doc')))
  const { pipeline, clock, sandbox } = await benchPipeline(t, inspector, {
    sandbox: { after: '200s', answer: { score: 8.5 } },
  })

  const deciding = pipeline.begin().finish(envelope(), never)
  await clock.advance(61_000)
  const first = await deciding
  await clock.advance(200_000)
  const second = await pipeline.begin().finish(envelope('mx', { queueId: 'Q2' }), never)

  assert.deepEqual([first.disposition, second.disposition], ['tempfail', 'reject'])
  assert.equal(second.ref, first.ref)
  assert.equal(sandbox.submitted, 1)
})

test('an analysis that never ends is answered with the expiry action after maxAge', async (t) => {
  const { pipeline, clock, store } = await benchPipeline(t, new FakeInspector(reading(sample('a.doc'))), {
    sandbox: { answer: 'never' },
  })
  const first = pipeline.begin().finish(envelope(), never)
  await clock.advance(61_000)
  await first
  await clock.advance(4 * 3_600_000)

  const retry = pipeline.begin().finish(envelope('mx', { queueId: 'Q2' }), never)
  await clock.advance(61_000)

  assert.equal((await retry).disposition, 'reject')
  assert.equal((await store.stories({ ref: (await first).ref }, 1))[0]?.tries.length, 2)
})

test('two messages with the same attachment cause one analysis', async (t) => {
  const { pipeline, clock, sandbox } = await benchPipeline(t, new FakeInspector(reading(sample('a.doc'))), {
    sandbox: { after: '10s', answer: { score: 1 } },
  })

  const both = [
    pipeline.begin().finish(envelope(), never),
    pipeline.begin().finish(envelope('mx', { sender: 'other@src.test' }), never),
  ]
  await clock.advance(15_000)
  const decisions = await Promise.all(both)

  assert.deepEqual(
    decisions.map(({ disposition }) => disposition),
    ['accept', 'accept'],
  )
  assert.equal(sandbox.submitted, 1)
})

test('beyond the slots for held messages the answer is 451 at once', async (t) => {
  const { pipeline, held } = await benchPipeline(t, new FakeInspector(reading(sample('a.doc'))), {
    sandbox: { answer: 'never' },
    held: 1,
  })
  held.take('other')

  const decision = await pipeline.begin().finish(envelope(), never)

  assert.equal(decision.disposition, 'tempfail')
})

test('a sandbox that fails is never clean', async (t) => {
  const { pipeline, clock } = await benchPipeline(t, new FakeInspector(reading(sample('a.doc'))), {
    sandbox: { answer: 'fail' },
  })

  const deciding = pipeline.begin().finish(envelope(), never)
  await clock.advance(5000)
  const decision = await deciding

  assert.equal(decision.outcome.kind, 'failed')
  assert.equal(decision.disposition, 'tempfail')
})

test('nobody who waits learns of it when the client goes: the analysis goes on', async (t) => {
  const { pipeline, clock, sandbox, store } = await benchPipeline(t, new FakeInspector(reading(sample('a.doc'))), {
    sandbox: { after: '10s', answer: { score: 8 } },
  })
  const client = new AbortController()

  const deciding = pipeline.begin().finish(envelope(), client.signal)
  await settle()
  client.abort()
  await deciding
  await clock.advance(15_000)

  assert.equal(sandbox.submitted, 1)
  assert.equal((await pipeline.begin().finish(envelope('mx', { queueId: 'Q2' }), never)).disposition, 'reject')
  assert.equal((await store.stories({ queueId: 'Q2' }, 1)).length, 1)
})

test('a message larger than the memory for one is spooled, read back whole, and its file removed', async (t) => {
  const { keeper, dir } = await benchPipeline(t, new FakeInspector(reading()), {
    spool: { memoryPerMessage: '64KiB', memory: '128KiB' },
  })
  const bytes = Buffer.alloc(300_000, 'peekaboo')
  const kept = keeper.begin()

  for (let at = 0; at < bytes.length; at += 60_000)
    if (!kept.write(bytes.subarray(at, at + 60_000))) await kept.drained()
  await kept.drained()
  const files = await readdir(join(dir, 'spool'))
  const back = Buffer.concat(await Array.fromAsync(kept.stream()))
  kept.release()
  await kept.drained()

  assert.equal(files.length, 1)
  assert.ok(back.equals(bytes))
  assert.deepEqual(await readdir(join(dir, 'spool')), [])
  assert.equal(keeper.spool.used, 0)
})

test('a full spool defers the message and gives every byte back', async (t) => {
  const { pipeline, keeper } = await benchPipeline(t, new FakeInspector(reading()), {
    spool: { memoryPerMessage: '1KiB', memory: '10KiB', spool: '100KiB' },
  })
  const examination = pipeline.begin()

  for (let i = 0; i < 10; i += 1) if (!examination.write(Buffer.alloc(50_000))) await examination.drained()
  const decision = await examination.finish(envelope(), never)

  assert.equal(decision.disposition, 'tempfail')
  assert.equal(decision.outcome.kind === 'failed' && decision.outcome.cause, 'spool-full')
  assert.deepEqual([keeper.spool.used, keeper.memory.used], [0, 0])
})

test('while the store is away the verdict stands and the story waits in a file until it is back', async (t) => {
  let away = true
  const { pipeline, dir, store, stories } = await benchPipeline(
    t,
    new FakeInspector(reading(sample('x', { testString: 'eicar' }))),
    {
      store: (clock) => flaky(clock, () => away),
    },
  )

  const decision = await pipeline.begin().finish(envelope(), never)
  const waiting = await readFile(join(dir, 'stories.jsonl'), 'utf8')
  away = false
  await pipeline.begin().finish(envelope('mx', { queueId: 'Q2', sender: 'other@src.test' }), never)
  await stories.replay()

  assert.equal(decision.disposition, 'reject')
  assert.ok(waiting.includes(decision.ref))
  assert.equal((await store.stories({ queueId: 'Q1' }, 1))[0]?.ref, decision.ref)
})

test('while the store is away a message that needs an analysis is deferred', async (t) => {
  const { pipeline } = await benchPipeline(t, new FakeInspector(reading(sample('a.doc'))), {
    store: (clock) => flaky(clock, () => true),
  })

  const decision = await pipeline.begin().finish(envelope(), never)

  assert.equal(decision.disposition, 'tempfail')
  assert.equal(decision.outcome.kind === 'failed' && decision.outcome.cause, 'store-unavailable')
})

/** A memory store whose every use fails while `isAway` says so. */
function flaky(clock: Parameters<typeof createMemoryStore>[0]['clock'], isAway: () => boolean): Store {
  return new Proxy(createMemoryStore({ clock }), {
    get(store, name) {
      const value = Reflect.get(store, name)
      if (typeof value !== 'function') return value
      return async (...args: unknown[]) => {
        if (isAway() && name !== 'stop' && name !== 'start') throw new Fault('store-unavailable')
        return value.apply(store, args)
      }
    },
  })
}

test('half of a small message occupies no reader, a large one is read while it comes', async (t) => {
  const inspector = new FakeInspector(reading())
  const { pipeline } = await benchPipeline(t, inspector, { spool: { memoryPerMessage: '64KiB' } })
  const small = pipeline.begin()
  small.write(Buffer.alloc(60_000))
  const before = inspector.reads
  const large = pipeline.begin()
  for (let i = 0; i < 3; i += 1) large.write(Buffer.alloc(30_000))

  assert.deepEqual([before, inspector.reads], [0, 1])

  small.abort()
  large.abort()
})

test('the first try to one recipient does not age with the mail of another', async (t) => {
  const { pipeline, clock } = await benchPipeline(t, new FakeInspector(reading(sample('a.doc'))), {
    sandbox: { answer: 'never' },
  })
  const first = pipeline.begin().finish(envelope('mx', { recipients: ['alice@dst.test'] }), never)
  await clock.advance(61_000)
  await first
  await clock.advance(5 * 3_600_000)

  const second = pipeline.begin().finish(envelope('mx', { queueId: 'Q2', recipients: ['bob@dst.test'] }), never)
  await clock.advance(61_000)

  assert.equal((await second).disposition, 'tempfail')
  assert.notEqual((await second).ref, (await first).ref)
})

test('a large message stays in memory while there is room, and goes to the spool when it is held', async (t) => {
  const { pipeline, clock, dir, keeper, sandbox } = await benchPipeline(
    t,
    new FakeInspector(reading(sample('a.doc'))),
    {
      spool: { memoryPerMessage: '64KiB' },
      sandbox: { after: '30s', answer: { score: 1 } },
    },
  )
  const examination = pipeline.begin()
  for (let i = 0; i < 4; i += 1) examination.write(Buffer.alloc(60_000, 'x'))
  const inMemory = [keeper.memory.used, keeper.spool.used]

  const deciding = examination.finish(envelope(), never)
  await clock.advance(1000)
  await until(() => sandbox.submitted === 1)
  const held = [keeper.memory.used, keeper.spool.used, (await readdir(join(dir, 'spool'))).length]
  await clock.advance(40_000)
  await deciding

  assert.deepEqual(inMemory, [240_000, 0])
  assert.deepEqual(held, [0, 240_000, 1])
  assert.deepEqual([keeper.memory.used, keeper.spool.used], [0, 0])
})
