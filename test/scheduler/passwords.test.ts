/** Passwords that open a sample: with them it is another analysis, and they stand in no row and no line. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { pino } from 'pino'
import type { Progress, Submission } from '../../src/analyzers/analyzer.ts'
import { Fault } from '../../src/core/index.ts'
import { Scheduler, schedulerOptions, type Want } from '../../src/scheduler/index.ts'
import type { Store } from '../../src/store/store.ts'
import { FakeClock } from '../fakes/clock.ts'
import { asker, node, openStore, REPORTED, scripted, standing, want } from './support.ts'

const PASSWORD = 'Sommer-2026'
const UNLOCKED: Partial<Want> = { passwords: [PASSWORD], variant: '0123456789abcdef' }

/** An analyzer that keeps what it was given; tasks go on for ever where there is no end. */
function keeping(end: Progress = REPORTED) {
  const seen: Submission[] = []
  const analyzer = scripted(end, {
    view: { sharesPasswords: true, takesPassword: () => true },
    submit: async (one) => String(seen.push(one)),
  })
  return { seen, analyzer }
}

/** Everything that is written while the test lasts. */
function spied(t: TestContext, store: Store): () => string {
  const calls = (['claim', 'advance', 'renew'] as const).map((name) => t.mock.method(store, name))
  return () => JSON.stringify(calls.map(({ mock }) => mock.calls.map((call) => call.arguments)))
}

test('the same bytes are analysed once with the password and once without, and each only once', async (t) => {
  const clock = new FakeClock()
  const store = await openStore(clock)
  const { analyzer, seen } = keeping()
  const scheduler = node(t, clock, store, analyzer)
  const written = spied(t, store)

  for (const one of [want(), want(UNLOCKED), want(), want(UNLOCKED)]) {
    const [{ changed } = { changed: undefined }] = await scheduler.want([one], asker())
    await changed
  }

  assert.deepEqual(
    seen.map(({ passwords }) => passwords),
    [undefined, [PASSWORD]],
  )
  assert.equal(new Set(seen.map(({ marker }) => marker)).size, 2)
  assert.match(written(), /0123456789abcdef/)
  assert.ok(!written().includes(PASSWORD))
})

test('what an analyzer says back of a password is neither logged nor told nor kept', async (t) => {
  const clock = new FakeClock()
  const store = await openStore(clock)
  const written = spied(t, store)
  const lines: string[] = []
  const log = pino({ level: 'trace' }, { write: (line: string) => lines.push(line) })
  const detail = `the guest stopped at options: p=${PASSWORD}`
  const analyzer = keeping({ state: 'failed', cause: 'analyzer-failed', detail, mayRetry: false }).analyzer
  const refusing = scripted(REPORTED, {
    submit: () => Promise.reject(new Fault('analyzer-refused', detail)),
  })

  for (const one of [analyzer, refusing]) {
    const options = schedulerOptions.parse(undefined)
    const scheduler = new Scheduler({ store, analyzers: new Map([['box', one]]), clock, log, options })
    const [{ changed } = { changed: undefined }] = await scheduler.want([want(UNLOCKED)], asker({ failedBefore: 1e15 }))
    await changed
    await scheduler.stop()
  }

  const ended = lines.filter((line) => line.includes('analysis ended'))
  assert.equal(ended.length, 2)
  assert.match(ended.join(''), /the guest stopped at options: p=…/)
  assert.match(written(), /the guest stopped at options: p=…/)
  assert.ok(!written().includes(PASSWORD))
  assert.ok(!lines.join('').includes(PASSWORD))
})

test('what was submitted with the password is followed after a restart by who does not know it', async (t) => {
  const clock = new FakeClock()
  const store = await openStore(clock)
  const before = keeping({ state: 'failed', cause: 'analyzer-failed', detail: '', mayRetry: true })
  const running = scripted(REPORTED, {
    submit: before.analyzer.submit,
    poll: async (ids) => ids.map(() => ({ state: 'running' })),
  })
  const first = node(t, clock, store, running)
  await standing(first, want(UNLOCKED))
  await first.stop()
  const after = keeping()
  const second = node(t, clock, store, after.analyzer)

  await second.start()
  await clock.advance(1)

  assert.deepEqual([before.seen.length, after.seen.length], [1, 0])
  assert.equal(await standing(second, want(UNLOCKED)), 'reported')
})

test('what fails after a restart waits for a retry, which brings the password again', async (t) => {
  const clock = new FakeClock()
  const store = await openStore(clock)
  const before = keeping()
  const running = scripted(REPORTED, {
    submit: before.analyzer.submit,
    poll: async (ids) => ids.map(() => ({ state: 'running' })),
  })
  const first = node(t, clock, store, running)
  await standing(first, want(UNLOCKED))
  await first.stop()
  const seen: Submission[] = []
  const failing = scripted(REPORTED, {
    submit: async (one) => String(seen.push(one) + 10),
    poll: async (ids) =>
      ids.map((id) =>
        Number(id) > 10 ? REPORTED : { state: 'failed', cause: 'analyzer-failed', detail: 'lost', mayRetry: true },
      ),
  })
  const second = node(t, clock, store, failing)

  await second.start()
  await clock.advance(1)
  const submittedAlone = seen.length
  await clock.advance(60_000)
  const [{ changed } = { changed: undefined }] = await second.want([want(UNLOCKED)], asker())
  await changed

  assert.equal(submittedAlone, 0)
  assert.deepEqual(
    seen.map(({ passwords }) => passwords),
    [[PASSWORD]],
  )
  assert.equal(await standing(second, want(UNLOCKED)), 'reported')
})
