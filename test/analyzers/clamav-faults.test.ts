import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { type Cause, LIMIT_OF_CAUSE } from '../../src/core/index.ts'
import { FakeClamd, MISDEEDS, type MisdeedName } from '../fakes/clamd.ts'
import { FakeClock } from '../fakes/clock.ts'
import { assertGenerated, table, tableInThirds } from '../generated.ts'
import { scanner } from './scanner.ts'
import { analyse, submission } from './submission.ts'

/** Misdeeds that are limits: each makes the sample unscannable, since no other try would end otherwise. */
const LIMITS: Partial<Record<MisdeedName, Cause>> = {
  'reached a limit of its own': 'analyzer-limit',
  'was sent too much': 'sample-too-large',
}

/** What goes wrong → whether another try may help, and what the log then says. Nothing in this table is a report. */
const OUTCOMES: Readonly<Record<MisdeedName, readonly [mayRetry: boolean, detail: RegExp]>> = {
  'says nothing': [true, /no answer within 130000 ms/],
  'closes at once': [true, /hung up|closed the connection/],
  'resets the connection': [true, /hung up|closed the connection/],
  'closes after the bytes': [true, /closed the connection without an answer/],
  'closes in the middle of the answer': [true, /in the middle of an answer, "2: stream: O"/],
  'closes before the end of the answer': [true, /in the middle of an answer, "2: stream: OK"/],
  'keeps the session open': [true, /no answer within 130000 ms/],
  'says OK before it had the bytes': [true, /before it had the bytes|answered twice/],
  'answers the wrong number': [true, /other commands/],
  'answers without a number': [true, /clamd said "ClamAV/],
  'answers twice': [true, /answered twice to command 2/],
  'answers a command more': [true, /other commands/],
  'does not tell its version': [true, /other commands/],
  'tells a version of something else': [true, /this is no clamd.*SAVI/],
  'says OK and more': [true, /clamd answered "stream: OK, but not all of it"/],
  'says ok in small letters': [true, /clamd answered "stream: ok"/],
  'speaks of another stream': [true, /clamd answered "fd\[9\]: OK"/],
  'says nothing but the number': [true, /clamd answered ""/],
  'talks garbage': [true, /clamd said ""/],
  'answers a web page': [true, /HTTP\/1\.1 502/],
  'talks without an end': [true, /talks without an end/],
  'has no memory': [true, /Can't allocate memory/],
  'has no room for the file': [true, /temporary file/],
  'reached a limit of its own': [false, /limit of clamd.*MaxFileSize/],
  'took too long': [false, /limit of clamd.*MaxScanTime/],
  'was sent too much': [false, /size limit exceeded/],
  'waited too long for a command': [true, /COMMAND READ TIMED OUT/],
}

const seen: string[][] = []

after(() => {
  const text = table(['a clamd that', 'the analysis', 'tried again'], seen)
  assertGenerated('docs/analyzer-faults.md', 'clamav-faults', text)
  const letters = seen.map(([name = '', became = '', again]) => [
    name,
    became.startsWith('unscannable') ? 'U' : again === 'yes' ? 'F' : 'f',
  ])
  assertGenerated('ARCHITECTURE.md', 'clamav-matrix', tableInThirds(['a clamd that', ''], letters))
})

for (const name of Object.keys(MISDEEDS) as MisdeedName[]) {
  test(`a clamd that ${name}: the analysis failed`, async (t) => {
    const clock = new FakeClock()
    const fake = await FakeClamd.start(t)
    const { analyzer } = scanner(t, fake.address, clock)
    await analyzer.start()
    fake.misdeed = MISDEEDS[name]
    const began = fake.nextBytes()

    const analysis = analyse(analyzer, submission('x'.repeat(200_000)))
    await began
    if (/no answer/.test(OUTCOMES[name][1].source)) await clock.advance(131_000)
    const ended = await analysis

    const limit = ended.state === 'failed' ? LIMIT_OF_CAUSE[ended.cause] : undefined
    const became = limit ? `unscannable(${limit})` : ended.state
    seen.push([name, became, ended.state === 'failed' && ended.mayRetry ? 'yes' : 'no'])
    const [mayRetry, detail] = OUTCOMES[name]
    assert.ok(ended.state === 'failed', JSON.stringify(ended))
    assert.deepEqual([ended.cause, ended.mayRetry], [LIMITS[name] ?? 'analyzer-failed', mayRetry])
    assert.match(ended.detail, detail)
    assert.equal(analyzer.capacity().running, 0)
  })
}

test('an answer of which one byte is another, missing or too much is no report that the sample is harmless', async (t) => {
  const fake = await FakeClamd.start(t)
  const { analyzer } = scanner(t, fake.address)
  await analyzer.start()
  const right = Buffer.from('1: ClamAV 1.4.6\x002: stream: OK\0', 'latin1')
  const change = fc.record({ at: fc.nat(right.length - 1), drop: fc.nat(1), put: fc.uint8Array({ maxLength: 2 }) })

  await fc.assert(
    fc.asyncProperty(change, async ({ at, drop, put }) => {
      const wrong = Buffer.concat([right.subarray(0, at), put, right.subarray(at + drop)])
      fake.misdeed = ({ socket, isComplete }) => isComplete && socket.end(wrong)

      const ended = await analyse(analyzer, submission('x'))

      // The version may be another one, and a version of nothing but letters says nothing about the scan.
      const isVersion = ended.state === 'reported' && ended.report.version !== 'ClamAV 1.4.6' && at <= 15
      assert.ok(ended.state === 'failed' || wrong.equals(right) || isVersion, wrong.toString('latin1'))
      fake.misdeed = undefined
      await analyse(analyzer, submission('the next is right'))
    }),
    { numRuns: 400 },
  )
})
