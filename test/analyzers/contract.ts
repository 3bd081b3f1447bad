/** What every driver must hold, whatever stands behind it: run by each driver's test over its own fake. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Analyzer, Progress } from '../../src/analyzers/analyzer.ts'
import { reportSchema } from '../../src/core/report.ts'
import { toZod } from '../../src/core/schema.ts'
import { analyse, submission } from './submission.ts'

/** A driver that has been started, and what its service can be made to do. */
export interface Subject {
  readonly analyzer: Analyzer
  /** A sample that its service calls malware. */
  readonly bad: Uint8Array | string
  /** A sample that it finds nothing in. */
  readonly harmless: Uint8Array | string
  /** Makes the same driver anew, as after a restart of the filter. */
  readonly again: () => Analyzer
  /** From now on analyses do not end. */
  readonly hang: () => void
}

/** Runs the contract over a driver. */
export function describeAnalyzer(name: string, make: (t: TestContext) => Promise<Subject>): void {
  const { signal } = new AbortController()

  test(`${name}: a report says who answered, with which version, and what shows that the sample was looked at`, async (t) => {
    const { analyzer, bad, harmless } = await make(t)

    for (const content of [bad, harmless]) {
      const ended = await analyse(analyzer, submission(content))

      assert.ok(ended.state === 'reported', JSON.stringify(ended))
      const report = toZod(reportSchema).parse(ended.report)
      assert.equal(report.analyzer, analyzer.name)
      assert.notEqual(report.version, '')
      assert.ok(report.evidence.length > 0 && report.evidence.every((text) => text !== ''))
      assert.equal((report.score ?? -1) > 0, content === bad)
    }
  })

  test(`${name}: tasks are answered in the order in which they are asked for`, async (t) => {
    const { analyzer, bad, harmless } = await make(t)
    const ids = [
      await analyzer.submit(submission(bad), signal),
      await analyzer.submit(submission(harmless, { marker: 'other' }), signal),
    ]

    const forth = await Promise.all(ids.map((id) => untilEnded(analyzer, id)))

    assert.notEqual(ids[0], ids[1])
    assert.deepEqual(
      forth.map((one) => one.state === 'reported' && (one.report.score ?? 0) > 0),
      [true, false],
    )
  })

  test(`${name}: a task that is not known failed and may be tried again`, async (t) => {
    const { analyzer } = await make(t)

    const [progress] = await analyzer.poll(['1'], signal)

    assert.ok(progress?.state === 'failed' && progress.mayRetry)
  })

  test(`${name}: a task of before a restart is never taken for one of now`, async (t) => {
    const { analyzer, bad, harmless, again } = await make(t)
    const before = await analyzer.submit(submission(bad), signal)
    const restarted = again()
    t.after(() => restarted.stop())
    await restarted.start(signal)

    const now = await restarted.submit(submission(harmless), signal)

    assert.notEqual(now, before)
  })

  test(`${name}: a task is found by digest and marker, and by nothing less`, async (t) => {
    const { analyzer, hang } = await make(t)
    hang()
    const one = submission('hangs', { marker: 'm-1' })
    const id = await analyzer.submit(one, signal)

    assert.equal(await analyzer.find(one.sha256, 'm-1', signal), id)
    assert.equal(await analyzer.find(one.sha256, 'm-2', signal), undefined)
    assert.equal(await analyzer.find('0'.repeat(64), 'm-1', signal), undefined)
  })

  test(`${name}: a task that was cancelled is not running any more, and cancelling nothing is no error`, async (t) => {
    const { analyzer, hang } = await make(t)
    hang()
    const id = await analyzer.submit(submission('hangs'), signal)

    await analyzer.cancel(id, signal)
    await analyzer.cancel('nothing', signal)

    const progress = await untilEnded(analyzer, id)
    assert.equal(progress.state, 'failed')
    assert.equal(analyzer.capacity().running, 0)
  })

  test(`${name}: the bytes that cannot be read are no report`, async (t) => {
    const { analyzer } = await make(t)
    // biome-ignore lint/correctness/useYield: it fails before the first
    const bytes = async function* (): AsyncGenerator<Uint8Array> {
      throw new Error('the message is gone')
    }

    const ended = await analyse(analyzer, submission('x', { bytes })).catch((error: unknown) => error)

    assert.ok(ended instanceof Error || (ended as Progress).state === 'failed')
  })

  test(`${name}: stopping ends what runs`, async (t) => {
    const { analyzer, hang } = await make(t)
    hang()
    await analyzer.submit(submission('hangs'), signal)

    await analyzer.stop()

    assert.equal(analyzer.capacity().running, 0)
  })

  test(`${name}: whoever stops in the middle learns no end of the analysis`, async (t) => {
    const { analyzer, hang } = await make(t)
    hang()
    const stopping = new AbortController()
    const reason = new Error('enough')

    const late = analyzer.submit(submission('late'), AbortSignal.abort(reason))
    await assert.rejects(late, reason)
    const id = await analyzer.submit(submission('hangs'), stopping.signal)
    const polled = analyzer.poll([id], stopping.signal).catch((error: unknown) => error)
    stopping.abort(reason)
    const again = await analyzer.poll([id], stopping.signal).catch((error: unknown) => error)

    for (const said of [await polled, again]) {
      const ends = Array.isArray(said) ? said.filter((one: Progress) => one.state !== 'running') : []
      assert.deepEqual(ends, [])
    }
  })

  test(`${name}: health names each instance, and capacity counts them`, async (t) => {
    const { analyzer } = await make(t)

    const health = await analyzer.health(signal)

    const { instances, inService } = analyzer.capacity()
    assert.deepEqual([health.length, inService], [instances, instances])
    assert.ok(health.every(({ instance, ok, version }) => instance !== '' && ok && version !== ''))
    assert.notEqual(analyzer.revision(), '')
  })

  test(`${name}: stopping works before starting, and twice`, async (t) => {
    const { again } = await make(t)
    const fresh = again()

    await fresh.stop()
    await fresh.stop()
  })

  async function untilEnded(analyzer: Analyzer, id: string): Promise<Exclude<Progress, { state: 'running' }>> {
    for (;;) {
      const [progress] = await analyzer.poll([id], signal)
      if (progress && progress.state !== 'running') return progress
    }
  }
}
