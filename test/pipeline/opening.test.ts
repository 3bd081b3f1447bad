import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault, type KnownContent, type Reading } from '../../src/core/index.ts'
import type { Decision } from '../../src/pipeline/index.ts'
import { createMemoryStore } from '../../src/store/index.ts'
import { FakeClock } from '../fakes/clock.ts'
import { EMPTY, FakeInspector, member, type Opened, reading, sample } from '../fakes/inspector.ts'
import { benchPipeline, envelope } from './bench-pipeline.ts'

const never = new AbortController().signal
const ZIP = sample('x.zip', { types: ['application/zip'], groups: ['archive'] })
const FAULT = { name: 'corrupt', severity: 'unscannable', offset: -1 }

function contentOf(name: string) {
  const { sha256, size, type, types, groups, charset } = sample(name)
  return { sha256, size, type, types, groups, charset, testString: 'eicar', links: [] }
}

function eicar(path: string) {
  return { ...member(path, 'bad.exe'), content: contentOf('bad.exe') }
}

/** Decides about messages with this attachment; what opening them yields, in order. */
async function decideAll(t: Parameters<typeof benchPipeline>[0], attachment: typeof ZIP, ...trees: (Opened | Fault)[]) {
  const inspector = new FakeInspector(reading(attachment))
  inspector.trees.push(...trees)
  const bench = await benchPipeline(t, inspector)
  const decide = () => bench.pipeline.begin().finish(envelope(), never)
  return { ...bench, inspector, decide }
}

function outcomes({ samples }: Decision): [string, unknown][] {
  return samples.map(({ sample: one, outcome }) => [
    one.path,
    outcome.kind === 'decided' ? outcome.verdict : 'limit' in outcome ? outcome.limit : outcome.kind,
  ])
}

test('a bad member decides, under the path of its container, and the second time without opening', async (t) => {
  const within = { 'x.zip': { root: EMPTY, members: [member('1', 'in.zip'), eicar('1/1'), member('2', 'b')] } }
  const { decide, inspector, store } = await decideAll(t, ZIP, { within })

  const first = await decide()
  const second = await decide()

  for (const decision of [first, second]) {
    assert.equal(decision.disposition, 'reject')
    assert.deepEqual(outcomes(decision), [
      ['2', 'ignored'],
      ['2/1', 'ignored'],
      ['2/1/1', 'bad'],
      ['2/2', 'ignored'],
    ])
    assert.deepEqual(
      decision.samples.map((one) => one.sample.depth),
      [0, 1, 2, 1],
    )
  }
  assert.equal(inspector.opens, 1)
  assert.ok('open' in first.times && !('open' in second.times))
  const [story] = await store.stories({ queueId: 'Q1' }, 1)
  assert.equal(story?.samples.length, 4)
})

test('what holds nothing is not opened', async (t) => {
  const text = sample('a.txt', { types: ['text/plain'], groups: ['text'] })
  const { decide, inspector } = await decideAll(t, text)

  assert.equal((await decide()).disposition, 'accept')
  assert.equal(inspector.opens, 0)
})

for (const [what, tree] of Object.entries<Opened>({
  'a limit of the container': {
    limit: 'container-ratio',
    within: { 'x.zip': { root: { ...EMPTY, limit: 'container-ratio' } } },
  },
  'a limit that nobody names': { limit: 'container-members', within: { 'x.zip': { root: EMPTY } } },
  'a fault of the container': { within: { 'x.zip': { root: { ...EMPTY, anomalies: [FAULT] } } } },
  'a fault of a member': { within: { 'x.zip': { root: EMPTY, members: [member('1', 'a', { anomalies: [FAULT] })] } } },
  'a member without content and without a reason': {
    within: {
      'x.zip': { root: EMPTY, members: [without('1', { anomalies: [{ ...FAULT, severity: 'suspicious' }] })] },
    },
  },
  'a member without content': {
    within: { 'x.zip': { root: EMPTY, members: [without('1', { anomalies: [{ ...FAULT, name: 'unopened' }] })] } },
  },
})) {
  test(`${what} makes a message unscannable each time, and is not kept`, async (t) => {
    const { decide, inspector } = await decideAll(t, ZIP, tree)

    const first = await decide()
    const second = await decide()

    assert.deepEqual([first.outcome.kind, second.outcome.kind], ['unscannable', 'unscannable'])
    assert.deepEqual([first.disposition, second.disposition], ['reject', 'reject'])
    assert.equal(inspector.opens, 2)
  })
}

function without(path: string, facts: object) {
  const { content: _, ...rest } = member(path, 'a')
  return { ...rest, ...facts }
}

test('a bad member decides also where a limit was met', async (t) => {
  const within = { 'x.zip': { root: { ...EMPTY, limit: 'container-ratio' }, members: [eicar('1')] } }
  const { decide } = await decideAll(t, ZIP, { limit: 'container-ratio', within })

  const decision = await decide()

  assert.equal(decision.outcome.kind === 'decided' && decision.outcome.rule, 'eicar')
  assert.deepEqual(outcomes(decision), [
    ['2', 'container-ratio'],
    ['2/1', 'bad'],
  ])
})

for (const [limit, told] of [
  ['', { kind: 'unscannable', limit: 'container-unopened' }],
  ['cpu-time', { kind: 'unscannable', limit: 'cpu-time' }],
  ['no such limit', { kind: 'failed', cause: 'inspector-garbage' }],
] as const) {
  test(`an attachment of which a tree with the limit "${limit}" says nothing is ${told.kind}`, async (t) => {
    const inspector = new FakeInspector(reading(ZIP))
    inspector.open = async () => ({ sample: contentOf('m'), root: EMPTY, members: [], limit })
    const { pipeline } = await benchPipeline(t, inspector)

    const decision = await pipeline.begin().finish(envelope(), never)

    assert.deepEqual(decision.outcome, told)
  })
}

test('what was found before the process was killed is judged, and the limit named', async (t) => {
  const within = { 'x.zip': { root: EMPTY, members: [eicar('1')] } }
  const { decide, inspector } = await decideAll(t, ZIP, { limit: 'cpu-time', within })

  const decision = await decide()
  await decide()

  assert.deepEqual(outcomes(decision), [
    ['2', 'cpu-time'],
    ['2/1', 'bad'],
  ])
  assert.equal(inspector.opens, 2)
})

test('what the message size cut off is not opened', async (t) => {
  const inspector = new FakeInspector({ ...reading(ZIP), unscannable: 'message-size' })
  const { pipeline } = await benchPipeline(t, inspector)

  const decision = await pipeline.begin().finish(envelope(), never)

  assert.deepEqual(decision.outcome, { kind: 'unscannable', limit: 'message-size' })
  assert.equal(inspector.opens, 0)
})

test('a store that is away keeps no container from being opened', async (t) => {
  const inspector = new FakeInspector(reading(ZIP))
  inspector.trees.push({ within: { 'x.zip': { root: EMPTY, members: [eicar('1')] } } })
  const away = createMemoryStore({ clock: new FakeClock() })
  away.start = () => Promise.reject(new Fault('store-unavailable'))
  const { pipeline } = await benchPipeline(t, inspector, { store: () => away })
  const decide = () => pipeline.begin().finish(envelope(), never)

  const decisions = [await decide(), await decide()]

  assert.deepEqual(
    decisions.map(({ disposition }) => disposition),
    ['reject', 'reject'],
  )
  assert.equal(inspector.opens, 2)
})

test('a closed container is answered as the profile says, and looked into when its password comes', async (t) => {
  const closed = { within: { 'x.zip': { root: { ...EMPTY, isEncrypted: true } } } }
  const open = {
    within: { 'x.zip': { root: { ...EMPTY, isEncrypted: true, openedBy: 'message' }, members: [eicar('1')] } },
  }
  const { decide, inspector } = await decideAll(t, ZIP, closed, closed, open)

  const decisions = [await decide(), await decide(), await decide()]

  assert.deepEqual(
    decisions.map(({ disposition }) => disposition),
    ['tag', 'tag', 'reject'],
  )
  assert.deepEqual(decisions[0]?.outcome, { kind: 'encrypted', what: 'container' })
  assert.equal(inspector.opens, 3)
})

test('a closed document is told as one, and a rule may call it good', async (t) => {
  const document = sample('a.docx', { types: ['application/x-ole-encrypted-package'], groups: ['office'] })
  const inspector = new FakeInspector(reading(document))
  inspector.trees.push({ within: { 'a.docx': { root: { ...EMPTY, isEncrypted: true } } } })
  const rules =
    '- { id: known, when: "message.sender == \'friend@src.test\'", verdict: good }\n- { id: rest, when: "true", verdict: ignored }'
  const { pipeline } = await benchPipeline(t, inspector, { rules })

  const told = await pipeline.begin().finish(envelope(), never)
  const good = await pipeline.begin().finish(envelope('mx', { sender: 'friend@src.test' }), never)

  assert.deepEqual(told.outcome, { kind: 'encrypted', what: 'document' })
  assert.equal(good.disposition, 'accept')
})

test('containers are opened once more when the process was lost, and deferred when it is lost again', async (t) => {
  const lost = new Fault('inspector-crashed')
  const once = await decideAll(t, ZIP, lost, { within: { 'x.zip': { root: EMPTY, members: [eicar('1')] } } })
  const twice = await decideAll(t, ZIP, lost)

  const refused = await once.decide()
  const deferred = await twice.decide()

  assert.equal(refused.disposition, 'reject')
  assert.deepEqual([deferred.disposition, deferred.outcome.kind], ['tempfail', 'failed'])
  assert.equal(twice.inspector.opens, 2)
})

test('a member named after its file is looked for again when the file comes with another name', async (t) => {
  const root = { ...EMPTY, formats: ['gzip'] }
  const first = sample('a.txt.gz', { types: ['application/gzip'], groups: ['archive'] })
  const renamed = { ...first, name: 'a.doc.gz' }
  const inspector = new FakeInspector(reading(first), reading(first), reading(renamed))
  inspector.trees.push(
    { within: { 'a.txt.gz': { root, members: [member('1', 'a.txt')] } } },
    { within: { 'a.doc.gz': { root, members: [member('1', 'a.doc')] } } },
  )
  const { pipeline } = await benchPipeline(t, inspector, { sandbox: { answer: { score: 9 } } })
  const decide = () => pipeline.begin().finish(envelope(), never)

  const decisions = [await decide(), await decide()]
  const asked = decide()

  assert.deepEqual(
    decisions.map(({ disposition }) => disposition),
    ['accept', 'accept'],
  )
  assert.equal((await asked).samples[1]?.sample.name, 'a.doc')
  assert.equal(inspector.opens, 2)
})

test('a story names a hundred members that decide nothing, all that decide, and the number of the others', async (t) => {
  const members = Array.from({ length: 300 }, (_, i) =>
    i % 60 === 59 ? eicar(`${i + 1}`) : member(`${i + 1}`, `m${i}`),
  )
  const { decide, store } = await decideAll(t, ZIP, { within: { 'x.zip': { root: EMPTY, members } } })

  const decision = await decide()

  const [story] = await store.stories({ queueId: 'Q1' }, 1)
  assert.equal(story?.membersLeftOut, 195)
  assert.equal(decision.samples.length, 1 + 5 + 100)
  assert.equal(outcomes(decision).filter(([, verdict]) => verdict === 'bad').length, 5)
})

/** A container with one bad member, opened with somebody's password. */
function openedBy(source: string) {
  return { within: { 'x.zip': { root: { ...EMPTY, isEncrypted: true, openedBy: source }, members: [eicar('1')] } } }
}

/** The pipeline over several messages, which know each other by one store and one secret. */
async function decideEach(t: Parameters<typeof benchPipeline>[0], readings: Reading[], trees: Opened[]) {
  const inspector = new FakeInspector(...readings)
  inspector.trees.push(...trees)
  const { pipeline } = await benchPipeline(t, inspector)
  const decisions: Decision[] = []
  for (const _ of readings) decisions.push(await pipeline.begin().finish(envelope(), never))
  return { verdicts: decisions.map(({ disposition }) => disposition), opens: inspector.opens }
}

const CLOSED = { within: { 'x.zip': { root: { ...EMPTY, isEncrypted: true } } } }

test('what a message could open is known when it comes again, and unknown to one that says something else', async (t) => {
  const said = { ...reading(ZIP), subject: 'the password is tango' }

  const { verdicts, opens } = await decideEach(
    t,
    [reading(ZIP), said, said, reading(ZIP), said],
    [CLOSED, openedBy('message'), CLOSED],
  )

  assert.deepEqual(verdicts, ['tag', 'reject', 'reject', 'tag', 'reject'])
  assert.equal(opens, 3)
})

test('a text, a name or another attachment makes another opening', async (t) => {
  const text = sample('body', { types: ['text/plain'], groups: ['text'], role: 'body', path: '1' })
  const named = { ...ZIP, names: [{ value: 'pw-tango.zip', origin: 'disposition.filename' }] }
  const readings = [
    reading(ZIP),
    { ...reading(ZIP), bodies: [text] },
    reading(named),
    reading(ZIP, sample('a.txt', { types: ['text/plain'], groups: ['text'] })),
  ]

  const { opens } = await decideEach(t, readings, [openedBy('message')])

  assert.equal(opens, readings.length)
})

test('what the site could open is known whatever the message says, what everybody can as well', async (t) => {
  for (const source of ['site', 'common']) {
    const { verdicts, opens } = await decideEach(
      t,
      [reading(ZIP), { ...reading(ZIP), subject: 'another' }],
      [openedBy(source)],
    )

    assert.deepEqual([verdicts, opens], [['reject', 'reject'], 1], source)
  }
})

test('the facts of a message that was never seen are written once, with what lies in it', async (t) => {
  const { decide, store } = await decideAll(t, ZIP, { within: { 'x.zip': { root: EMPTY, members: [eicar('1')] } } })
  const written: (readonly KnownContent[])[] = []
  const saveFacts = store.saveFacts.bind(store)
  store.saveFacts = (recipe, contents) => {
    written.push(contents)
    return saveFacts(recipe, contents)
  }

  await decide()
  await decide()

  assert.deepEqual(
    written.map((contents) => contents.map(({ sha256, within }) => [sha256, within?.members.length])),
    [[[ZIP.sha256, 1]]],
  )
})

test('the same bytes under two names have members of two names', async (t) => {
  const root = { ...EMPTY, formats: ['gzip'] }
  const first = sample('a.vbs.gz', { types: ['application/gzip'], groups: ['archive'] })
  const second = { ...first, ...{ name: 'a.txt.gz', path: '3', names: [{ value: 'a.txt.gz', origin: 'x' }] } }
  const inspector = new FakeInspector(reading(first, second))
  inspector.trees.push({
    within: {
      'a.vbs.gz': { root, members: [member('1', 'a.vbs')] },
      'a.txt.gz': { root, members: [member('1', 'a.txt')] },
    },
  })
  const { pipeline } = await benchPipeline(t, inspector)

  const { samples } = await pipeline.begin().finish(envelope(), never)

  const names = samples.map(({ sample: { path, name } }) => `${path} ${name}`)
  assert.deepEqual(
    names.filter((name) => name.includes('/')),
    ['2/1 a.vbs', '3/1 a.txt'],
  )
})
