/** Passwords and the files of containers on their way to a sandbox: who sees them, who never does, and what is believed of the answer. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Submission } from '../../src/analyzers/analyzer.ts'
import { Fault, type Member, type Reading, type Report, type Sample } from '../../src/core/index.ts'
import type { Envelope } from '../../src/pipeline/index.ts'
import { createMemoryStore } from '../../src/store/index.ts'
import type { Store } from '../../src/store/store.ts'
import { FakeClock } from '../fakes/clock.ts'
import { EMPTY, FakeInspector, member, type Opened, reading, sample } from '../fakes/inspector.ts'
import { scripted } from '../scheduler/support.ts'
import { benchPipeline, envelope } from './bench-pipeline.ts'

const PASSWORD = 'Sommer-2026'
const RULES = `
- { id: bad, when: "sample.depth == 0 && sandbox.score >= 5.0", verdict: bad, reason: sandbox }
- { id: good, when: "sample.depth == 0 && sandbox.score < 5.0", verdict: good, reason: sandbox }
- { id: rest, when: "true", verdict: ignored, reason: nothing to see }
`
const ZIP = { type: 'application/zip', types: ['application/zip'], groups: ['archive'] }
const never = new AbortController().signal

/** A zip file that the message's password opens, with two programs in it, or as many as wanted. */
function lockedZip(name = 'a.zip', members: readonly Member[] = [program('1', 'x.exe'), program('2', 'y.exe')]) {
  const zip = sample(name, ZIP)
  const opened: Opened = {
    within: { [name]: { root: { ...EMPTY, isEncrypted: true, openedBy: 'message' }, members } },
    passwords: [{ sha256: zip.sha256, value: PASSWORD }],
  }
  return { zip, opened }
}

function program(path: string, name: string): Member {
  const one = member(path, name)
  const type = 'application/x-dosexec'
  return { ...one, ...(one.content && { content: { ...one.content, type, types: [type], groups: ['executable'] } }) }
}

interface Options {
  readonly shares?: boolean
  readonly takes?: (value: string) => boolean
  readonly score?: number
  readonly store?: Store
  readonly optionsDigest?: string
}

/** A pipeline before a sandbox that keeps what it was given, and everything that was logged. */
async function scene(
  t: TestContext,
  inspector: FakeInspector,
  { shares = true, takes = () => true, score = 0, store, optionsDigest = '' }: Options,
) {
  const seen: Submission[] = []
  const lines: string[] = []
  const report: Report = { analyzer: 'slow', version: '1', score, evidence: ['it ran'] }
  const analyzer = scripted(
    { state: 'reported', report },
    {
      name: 'slow',
      optionsDigest,
      view: { sharesPasswords: shares, takesPassword: (value) => shares && takes(value) },
      submit: async (submission) => String(seen.push(submission)),
    },
  )
  const bench = await benchPipeline(t, inspector, {
    rules: RULES,
    analyzer,
    onLine: (line) => lines.push(line),
    ...(store && { store: () => store }),
  })
  const send = (sender = 'a@src.test', more: Partial<Envelope> = {}) =>
    bench.pipeline.begin().finish(envelope('mx', { sender, ...more }), never)
  return { ...bench, analyzer, seen, lines, send }
}

function messageWith(opened: Opened, ...samples: Sample[]): FakeInspector {
  const inspector = new FakeInspector(reading(...samples))
  inspector.trees.push(opened)
  return inspector
}

/** A store, and everything that was ever handed to it. */
function spiedStore(t: TestContext, clock: FakeClock): { readonly store: Store; readonly written: () => string } {
  const store = createMemoryStore({ clock })
  const calls = (['saveFacts', 'claim', 'advance', 'openStory'] as const).map((name) => t.mock.method(store, name))
  return { store, written: () => JSON.stringify(calls.map(({ mock }) => mock.calls.map((call) => call.arguments))) }
}

test('the password that opened a container is told to a sandbox that shares it, and stands nowhere else', async (t) => {
  const { zip, opened } = lockedZip()
  const { store, written } = spiedStore(t, new FakeClock())
  const { send, seen, lines } = await scene(t, messageWith(opened, zip), { store, score: 8.5 })

  const decision = await send()

  assert.deepEqual([decision.disposition, decision.outcome.kind], ['reject', 'decided'])
  assert.deepEqual(
    seen.map(({ sha256, passwords }) => [sha256, passwords]),
    [[zip.sha256, [PASSWORD]]],
  )
  assert.match(written(), new RegExp(zip.sha256))
  assert.ok(!written().includes(PASSWORD), 'in the store')
  assert.ok(lines.length > 0 && !lines.join('').includes(PASSWORD), 'in the log')
  assert.ok(!JSON.stringify(decision).includes(PASSWORD), 'in the decision')
})

test('where passwords are not shared nobody asks for them, and nothing harmless is believed of what stayed locked', async (t) => {
  const { zip, opened } = lockedZip()
  const harmless = await scene(t, messageWith(opened, zip), { shares: false })
  const bad = await scene(t, messageWith(opened, zip), { shares: false, score: 8.5 })

  const decision = await harmless.send()
  const refused = await bad.send()

  assert.deepEqual(
    harmless.seen.map(({ passwords }) => passwords),
    [undefined],
  )
  assert.deepEqual(decision.outcome, { kind: 'unanalysed', why: 'password', role: 'sandbox', rule: 'bad' })
  assert.equal(decision.disposition, 'tag')
  assert.equal(refused.disposition, 'reject')
})

test('a password that the sandbox cannot be told is not told, and its container not believed to be harmless', async (t) => {
  const { zip, opened } = lockedZip()
  const { send, seen } = await scene(t, messageWith(opened, zip), { takes: () => false })

  const { outcome } = await send()

  assert.deepEqual(
    seen.map(({ passwords }) => passwords),
    [undefined],
  )
  assert.deepEqual([outcome.kind, 'why' in outcome && outcome.why], ['unanalysed', 'password'])
})

test('of what nobody could open nothing harmless is believed either', async (t) => {
  const zip = sample('a.zip', ZIP)
  const { send } = await scene(
    t,
    messageWith({ within: { 'a.zip': { root: { ...EMPTY, isEncrypted: true } } } }, zip),
    {},
  )

  const { disposition, samples } = await send()

  assert.equal(disposition, 'tag')
  assert.equal(samples[0]?.reports.sandbox, 'failed: not-unlocked')
})

test('a container that needs two passwords is not opened by one', async (t) => {
  const inner = { ...member('1', 'b.zip'), opened: { ...EMPTY, isEncrypted: true, openedBy: 'site' } }
  const { zip, opened } = lockedZip('a.zip', [inner, program('1/1', 'x.exe'), program('2', 'y.exe')])
  const passwords = [...(opened.passwords ?? []), { sha256: sample('b.zip').sha256, value: 'infected' }]
  const { send, seen } = await scene(t, messageWith({ ...opened, passwords }, zip), {})

  const { outcome } = await send()

  assert.deepEqual(
    seen.map((one) => one.passwords),
    [[PASSWORD]],
  )
  assert.deepEqual([outcome.kind, 'why' in outcome && outcome.why], ['unanalysed', 'password'])
})

test('a report of before the password was known does not count for what it opens, and with it one run is enough', async (t) => {
  const { zip, opened } = lockedZip()
  const inspector = messageWith({ within: { 'a.zip': { root: { ...EMPTY, isEncrypted: true } } } }, zip)
  inspector.trees.push(opened)
  const { send, seen } = await scene(t, inspector, {})

  await send('a@src.test')
  const second = await send('b@src.test')
  await send('c@src.test')

  assert.deepEqual(
    seen.map(({ passwords }) => passwords),
    [undefined, [PASSWORD]],
  )
  const [{ outcome } = { outcome: second.outcome }] = second.samples
  assert.equal(outcome.kind === 'decided' && outcome.verdict, 'good')
  assert.notEqual(seen[0]?.marker, seen[1]?.marker)
})

test('what was opened for an earlier message is opened once more only where its password must be told', async (t) => {
  const { zip, opened } = lockedZip()
  const shared = messageWith(opened, zip)
  const silent = messageWith(opened, zip)
  const one = await scene(t, shared, {})
  const other = await scene(t, silent, { shares: false })

  for (const { send } of [one, other]) for (const sender of ['a@src.test', 'a@src.test']) await send(sender)

  assert.deepEqual([shared.opens, silent.opens], [2, 1])
  assert.equal(one.seen.length, 1)
})

test('a password that is not found again ends in a failure, and nothing is sent without it', async (t) => {
  const { zip, opened } = lockedZip()
  const { passwords: _, ...forgotten } = opened
  const gone = await scene(t, messageWith(forgotten, zip), {})
  const inspector = messageWith(opened, zip)
  inspector.trees.push(new Fault('inspector-unavailable'))
  const lost = await scene(t, inspector, {})

  const first = await gone.send()
  await lost.send()
  const second = await lost.send('b@src.test')

  assert.deepEqual([first.outcome.kind, first.disposition, gone.seen.length], ['failed', 'tempfail', 0])
  assert.deepEqual([second.outcome.kind, second.disposition, lost.seen.length], ['failed', 'tempfail', 1])
})

test('the same file in fifty containers is run once, and its report is that of each of them', async (t) => {
  const zips = Array.from({ length: 50 }, (_, n) => sample(`${n}.zip`, { ...ZIP, path: `${n + 1}` }))
  const note: Member = member('2', 'readme.txt', {})
  const text = { type: 'text/plain', types: ['text/plain'], groups: ['text'] }
  const harmless: Member = { ...note, ...(note.content && { content: { ...note.content, ...text } }), names: [] }
  const within = Object.fromEntries(
    zips.map(({ name }) => [name, { root: EMPTY, members: [program('1', 'x.exe'), harmless] }]),
  )
  const { send, seen } = await scene(t, messageWith({ within }, ...zips), { score: 8.5 })

  const decision = await send()

  assert.deepEqual(
    seen.map(({ sha256, type }) => [sha256, type]),
    [[sample('x.exe').sha256, 'application/x-dosexec']],
  )
  assert.equal(decision.disposition, 'reject')
  const bad = decision.samples.filter(({ outcome }) => outcome.kind === 'decided' && outcome.verdict === 'bad')
  assert.equal(bad.length, 50)
})

test('a container that was judged by the file within is not let through as known by the brake', async (t) => {
  const within = { 'a.zip': { root: EMPTY, members: [program('1', 'x.exe')] } }
  const inspector = () => messageWith({ within }, sample('a.zip', ZIP))
  const store = createMemoryStore({ clock: new FakeClock() })
  const day = { reason: 'cape is away', who: 'me', made: 0, until: 1e15 }
  const brake = { kind: 'brake', name: '', mode: 'accept-known', ...day } as const
  const before = await scene(t, inspector(), { store })
  const now = await scene(t, inspector(), { store, score: 8.5, optionsDigest: 'others' })

  const judged = await before.send()
  const again = await now.send('b@src.test', { brake })

  assert.deepEqual([judged.disposition, again.disposition, now.seen.length], ['accept', 'reject', 1])
})

test('an antivirus program gets containers as they are', async (t) => {
  const { zip, opened } = lockedZip('a.zip', [program('1', 'x.exe')])
  const read: Reading = reading(zip)
  const inspector = new FakeInspector(read)
  inspector.trees.push(opened)
  const seen: Submission[] = []
  const report: Report = { analyzer: 'slow', version: '1', score: 0, evidence: ['it was scanned'] }
  const submit = async (one: Submission) => String(seen.push(one))
  const analyzer = scripted({ state: 'reported', report }, { name: 'slow', submit })
  const { pipeline } = await benchPipeline(t, inspector, { rules: RULES, analyzer })

  await pipeline.begin().finish(envelope(), never)

  assert.deepEqual(
    seen.map(({ sha256, passwords }) => [sha256, passwords]),
    [[zip.sha256, undefined]],
  )
})
