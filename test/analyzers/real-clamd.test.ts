import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { AnalyzerEvent } from '../../src/analyzers/analyzer.ts'
import { ClamavAnalyzer } from '../../src/analyzers/clamav/clamav.ts'
import { clamavOptions } from '../../src/analyzers/clamav/options.ts'
import { systemClock } from '../../src/telemetry/index.ts'
import { MARKER, MARKER_SIGNATURE, RealClamd } from './real-clamd.ts'
import { analyse, submission } from './submission.ts'

function scanner(t: TestContext, options: object, events: AnalyzerEvent[] = []): ClamavAnalyzer {
  const deps = { clock: systemClock, onEvent: (event: AnalyzerEvent) => events.push(event) }
  const analyzer = new ClamavAnalyzer('av', clamavOptions.parse({ type: 'clamav', ...options }), deps)
  t.after(() => analyzer.stop())
  return analyzer
}

async function started(t: TestContext, conf: readonly string[] = []) {
  const clamd = await RealClamd.start(t, { conf })
  const analyzer = scanner(t, { socket: clamd.socket })
  await analyzer.start()
  return { clamd, analyzer }
}

test('clamd finds what only it knows, and nothing in what it does not know', async (t) => {
  const { clamd, analyzer } = await started(t)

  const bad = await analyse(analyzer, submission(`text with ${MARKER} in it`))
  const harmless = await analyse(analyzer, submission('minutes of the meeting'))

  assert.deepEqual(bad.state === 'reported' && bad.report.findings?.map(({ id }) => id), [MARKER_SIGNATURE])
  assert.ok(bad.state === 'reported' && bad.report.score === 10)
  assert.deepEqual(harmless.state === 'reported' && [harmless.report.score, harmless.report.findings], [0, []])
  assert.match((harmless.state === 'reported' && harmless.report.evidence[0]) || '', /^22 bytes .*ClamAV 1\.\d/)
  assert.ok(harmless.state === 'reported' && harmless.report.evidence[0]?.endsWith(clamd.socket))
})
