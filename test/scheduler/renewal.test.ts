// How long a sandbox's report counts, how a newer one is made, and who is told when that one is bad.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Progress } from '../../src/analyzers/analyzer.ts'
import type { RoleState } from '../../src/core/index.ts'
import { Scheduler, schedulerOptions, type Want } from '../../src/scheduler/index.ts'
import type { Turned } from '../../src/scheduler/turn.ts'
import type { Held, Store } from '../../src/store/store.ts'
import { createLogger } from '../../src/telemetry/index.ts'
import { FakeClock, settle } from '../fakes/clock.ts'
import { ACCEPT, draft, judged, REJECT } from '../store/build.ts'
import { held } from '../store/contract-held.ts'
import { asker, node, openStore, type Scripted, SHA256, scripted, want } from './support.ts'

const HOUR_MS = 3_600_000

function scored(score: number): Progress {
  return { state: 'reported', report: { analyzer: 'box', version: '1', score, evidence: ['scripted'] } }
}

/** A sandbox whose opinion the test may change. */
function fickle(first: Progress): Scripted & { opinion: Progress } {
  const box = Object.assign(scripted(first), { opinion: first })
  return Object.assign(box, { poll: async (ids: readonly string[]) => ids.map(() => box.opinion) })
}

/** A message that begins now, so that what is known is at most as old as it may be. */
async function ask(
  scheduler: Scheduler,
  clock: FakeClock,
  changes: Partial<Want> = {},
): Promise<RoleState | undefined> {
  const [standing] = await scheduler.want([want(changes)], asker({ failedBefore: clock.now() }))
  return standing?.state
}

function scoreOf(state: RoleState | undefined): number | string | undefined {
  return state?.state === 'reported' ? state.report.score : state?.state
}

/** One harmless report, and a node that made it. */
async function known(t: TestContext, first = scored(1), options = {}) {
  const clock = new FakeClock()
  const store = await openStore(clock)
  const box = fickle(first)
  const scheduler = node(t, clock, store, box, options)
  await ask(scheduler, clock)
  await settle()
  return { clock, store, box, scheduler }
}

test('from half of its life on a harmless report answers the mail and is renewed beside it', async (t) => {
  const { clock, box, scheduler } = await known(t)
  box.opinion = scored(9)

  await clock.advance(12 * HOUR_MS - 1)
  const before = [scoreOf(await ask(scheduler, clock)), box.submissions]
  await clock.advance(1)
  const half = scoreOf(await ask(scheduler, clock))
  await settle()

  assert.deepEqual(before, [1, 1])
  assert.deepEqual([half, box.submissions], [1, 2])
  assert.equal(scoreOf(await ask(scheduler, clock)), 9)
})

test('a renewed report lives as long as any other', async (t) => {
  const { clock, box, scheduler } = await known(t)

  for (let half = 0; half < 4; half += 1) {
    await clock.advance(12 * HOUR_MS)
    assert.equal(scoreOf(await ask(scheduler, clock)), 1)
    await settle()
  }

  assert.equal(box.submissions, 5)
})

test('of what leads elsewhere a report is renewed after an hour, and counts no more after two', async (t) => {
  const { clock, box, scheduler } = await known(t, scored(1), { maxAge: '3h' })
  box.opinion = { state: 'running' }

  await clock.advance(HOUR_MS)
  const half = scoreOf(await ask(scheduler, clock, { isLinked: true }))
  await clock.advance(HOUR_MS)
  const over = scoreOf(await ask(scheduler, clock, { isLinked: true }))
  const other = scoreOf(await ask(scheduler, clock))

  assert.deepEqual([half, over, other], [1, 'pending', 1])
  assert.equal(box.submissions, 2)
})

test('a story that began with a report keeps it, however long it takes', async (t) => {
  const { clock, scheduler } = await known(t)
  const began = clock.now()
  await clock.advance(48 * HOUR_MS)

  const [standing] = await scheduler.want([want()], asker({ failedBefore: began }))

  assert.equal(scoreOf(standing?.state), 1)
})

test('a report whose life is over does not stand in for a newer one that failed', async (t) => {
  const { clock, box, scheduler } = await known(t)
  box.opinion = { state: 'failed', cause: 'analyzer-failed', detail: 'no machine', mayRetry: false }
  await clock.advance(24 * HOUR_MS)
  const by = asker({ failedBefore: clock.now() })

  const [first] = await scheduler.want([want()], by)
  await first?.changed
  const [then] = await scheduler.want([want()], by)

  assert.deepEqual([first?.state.state, then?.state.state], ['pending', 'failed'])
})

test('a bad report is not renewed', async (t) => {
  const { clock, box, scheduler } = await known(t, scored(5))

  await clock.advance(48 * HOUR_MS)

  assert.deepEqual([scoreOf(await ask(scheduler, clock)), box.submissions], [5, 1])
})

test('several nodes renew a report once, and one that goes on for another puts it in its place', async (t) => {
  const { clock, store, box, scheduler } = await known(t)
  const second = node(t, clock, store, box)
  box.opinion = { state: 'running' }
  await clock.advance(12 * HOUR_MS)
  await ask(scheduler, clock)
  await ask(second, clock)
  await settle()
  await scheduler.stop()
  box.opinion = scored(7)

  await second.start()
  await settle()

  const key = { analyzer: 'box', optionsDigest: '', revision: '1', sha256: SHA256 }
  const { analyses } = await store.lookup({ digests: [], recipe: '', analyses: [key], storyKey: '' })
  assert.deepEqual([box.submissions, analyses[0]?.report?.score], [2, 7])
})

test('renewals count among the runs that one message may cause', async (t) => {
  const clock = new FakeClock()
  const box = fickle(scored(1))
  const scheduler = node(t, clock, await openStore(clock), box, { runsPerMessage: 3 })
  const wants = ['1', '2', '3', '4', '5'].map((one) => want({ sha256: one.repeat(64) }))
  for (const one of wants) await scheduler.want([one], asker())
  await settle()
  await clock.advance(12 * HOUR_MS)

  const standings = await scheduler.want(wants, asker({ failedBefore: clock.now() }))
  await settle()

  assert.deepEqual(
    standings.map(({ state }) => scoreOf(state)),
    [1, 1, 1, 1, 1],
  )
  assert.equal(box.submissions, 5 + 3)
})

test('when a sample turns bad, the log and the webhook name the mails that were delivered with it and no others', async (t) => {
  const { clock, store, box } = await known(t)
  const lines: string[] = []
  const events: unknown[] = []
  const scheduler = logging(t, clock, store, box, lines, (turned) => events.push(turned))
  const clean = { ...judged(1), sample: { ...judged(1).sample, sha256: SHA256 } }
  const bad = { ...clean, outcome: { kind: 'decided', verdict: 'bad', rule: 'r', reason: '' } } as const
  await store.openStory(draft({ ref: 'told', samples: [clean], answer: ACCEPT }))
  await store.openStory(draft({ ref: 'refused', key: 'key-2', samples: [bad], answer: REJECT }))
  await store.openStory(draft({ ref: 'monitored', key: 'key-3', samples: [bad], answer: ACCEPT }))
  box.opinion = scored(9)
  await clock.advance(12 * HOUR_MS)

  await ask(scheduler, clock)
  await settle()

  const turned = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'verdict turned')
  const { messages } = turned[0] ?? {}
  assert.deepEqual(events, [{ analyzer: 'box', sha256: SHA256, score: 9, families: [], link: '', messages }])
  assert.deepEqual(
    turned.map(({ sha256, score, messages }) => ({ sha256, score, messages })),
    [
      {
        ...{ sha256: SHA256, score: 9 },
        messages: [
          {
            ...{ ref: 'told', messageId: '<1@example.org>', sender: 'a@example.org', recipients: ['b@example.net'] },
            at: clock.now() - 12 * HOUR_MS,
          },
        ],
      },
    ],
  )
})

const BY_ALICE = { what: 'release', who: 'alice', at: 1 } as const
const FATES: readonly (readonly [Partial<Held>, boolean])[] = [
  [{ state: 'released' }, true],
  [{ state: 'releasing' }, true],
  [{ state: 'gone' }, true],
  [{ state: 'held', order: BY_ALICE }, true],
  [{ state: 'held' }, false],
  [{ state: 'returning' }, false],
  [{ state: 'returned', order: BY_ALICE }, false],
  [{ state: 'deleted' }, false],
]

test('when a sample turns bad, held mail that was let go is named, and not what lies there, went back or was deleted', async (t) => {
  const { clock, store, box } = await known(t)
  const events: Turned[] = []
  const scheduler = logging(t, clock, store, box, [], (turned) => events.push(turned))
  const samples = [{ ...judged(1), sample: { ...judged(1).sample, sha256: SHA256 } }]
  const answer = { disposition: 'quarantine', reply: '' } as const
  for (const [n, [changes]] of FATES.entries()) {
    await store.openStory(draft({ ref: `REF-${n}`, key: `key-${n}`, samples, answer }))
    await store.saveHeld(held({ ref: `REF-${n}`, queueId: `4cXyz01Qz3z${n}`, ...changes }))
  }
  // Of one story two mails may be held at the same time.
  await store.saveHeld(held({ ref: 'REF-7', queueId: '4cXyz01Qz4z7', at: 9000, state: 'released' }))
  await store.openStory(draft({ ref: 'scanned', key: 'key', listener: 'scan', samples, answer: ACCEPT }))
  box.opinion = scored(9)
  await clock.advance(12 * HOUR_MS)

  await ask(scheduler, clock)
  await settle()

  const told = FATES.flatMap(([, isTold], n) => (isTold || n === 7 ? [`REF-${n}`] : []))
  assert.deepEqual(
    events.map(({ messages }) => messages.map(({ ref }) => ref).sort()),
    [told],
  )
})

function logging(
  t: TestContext,
  clock: FakeClock,
  store: Store,
  box: Scripted,
  lines: string[],
  onTurned: (turned: Turned) => void = () => undefined,
): Scheduler {
  const log = createLogger({ level: 'info' }, { write: (line: string) => lines.push(line) })
  const options = schedulerOptions.parse({})
  const scheduler = new Scheduler({ store, analyzers: new Map([['box', box]]), clock, log, options, onTurned })
  t.after(() => scheduler.stop())
  return scheduler
}
