import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClamd, MISDEEDS, type MisdeedName } from '../fakes/clamd.ts'
import { FakeClock } from '../fakes/clock.ts'
import { scanner } from './scanner.ts'
import { analyse, submission } from './submission.ts'

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

    const [mayRetry, detail] = OUTCOMES[name]
    assert.ok(ended.state === 'failed', JSON.stringify(ended))
    assert.deepEqual([ended.cause, ended.mayRetry], ['analyzer-failed', mayRetry])
    assert.match(ended.detail, detail)
    assert.equal(analyzer.capacity().running, 0)
  })
}
