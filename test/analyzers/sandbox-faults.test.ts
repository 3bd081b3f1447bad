import assert from 'node:assert/strict'
import { after, type TestContext, test } from 'node:test'
import type { Analyzer, Progress } from '../../src/analyzers/analyzer.ts'
import { causeOf } from '../../src/core/index.ts'
import { FakeClock } from '../fakes/clock.ts'
import { assertGenerated, table, tableInThirds } from '../generated.ts'
import type { Cell, Fault } from './fault.ts'
import { FAULTS } from './sandbox-faults.ts'
import { driver, type Make, pump, startFake } from './sandboxes.ts'
import { submission } from './submission.ts'

const MAKES: readonly Make[] = ['cape', 'cuckoo']
/** Longer than an analysis may take by our own clock. */
const MAX_AGE_MS = 30 * 60_000

/** The short form of what becomes of an analysis, as ARCHITECTURE.md explains it; none of them is "clean". */
const LETTERS: Readonly<Record<Cell, string>> = {
  'failed, tried again': 'F',
  failed: 'f',
  refused: 'R',
  'not taken now': 'N',
  'running until maxAge': 'W',
  'reported, 8.5': 'S',
  'reported, 10': 'S',
}

const seen = new Map<string, Map<Make, Cell>>()

after(() => {
  const rows = [...seen].map(([name, cells]) => [name, ...MAKES.map((make) => cells.get(make) ?? '–')])
  assertGenerated('docs/analyzer-faults.md', 'sandbox-faults', table(['a sandbox that', 'CAPE', 'Cuckoo 2'], rows))
  const letter = (cell?: string) => (cell === undefined ? '–' : LETTERS[cell as Cell])
  const letters = [...seen].map(([name, cells]) => [name, MAKES.map((make) => letter(cells.get(make))).join(' ')])
  assertGenerated('ARCHITECTURE.md', 'sandbox-matrix', tableInThirds(['a sandbox that', ''], letters))
})

for (const [name, fault] of Object.entries(FAULTS)) {
  for (const make of MAKES) {
    const cell = typeof fault.cell === 'string' ? fault.cell : fault.cell[make]
    if (cell === undefined) continue
    test(`a ${make} that ${name}: ${cell}`, async (t) => {
      const { became, detail } = await run(t, make, fault)

      const cells = seen.get(name) ?? new Map<Make, Cell>()
      seen.set(name, cells.set(make, became))
      assert.equal(became, cell, detail)
      if (fault.detail) assert.match(detail, fault.detail)
    })
  }
}

async function run(t: TestContext, make: Make, fault: Fault): Promise<{ became: Cell; detail: string }> {
  const clock = new FakeClock()
  const fake = await startFake(t, make)
  const { analyzer } = driver(t, make, { url: fake.url, maxReport: '60MB' }, clock)
  await pump(analyzer.start(), clock, [fake])
  fault.arrange({ make, fake })

  const ended = await pump(analyse(analyzer, clock), clock, [fake])

  assert.ok(fake.tasks.size <= 2, 'no sample is handed over twice')
  return ended
}

/** As the scheduler does it: hands over, and asks until it has ended or our own clock ends it. */
async function analyse(analyzer: Analyzer, clock: FakeClock): Promise<{ became: Cell; detail: string }> {
  const { signal } = new AbortController()
  const began = clock.now()
  try {
    const id = await analyzer.submit(submission('some malware'), signal)
    for (;;) {
      const [progress] = await analyzer.poll([id], signal)
      assert.ok(progress)
      if (progress.state !== 'running') return cellOf(progress)
      if (clock.now() - began > MAX_AGE_MS) return { became: 'running until maxAge', detail: '' }
    }
  } catch (error) {
    const cause = causeOf(error)
    const detail = String(error)
    if (cause === 'analyzer-refused') return { became: 'refused', detail }
    assert.ok(cause === 'analyzer-unavailable' || cause === 'overloaded', detail)
    return { became: 'not taken now', detail }
  }
}

function cellOf(progress: Exclude<Progress, { state: 'running' }>): { became: Cell; detail: string } {
  if (progress.state === 'failed') {
    return { became: progress.mayRetry ? 'failed, tried again' : 'failed', detail: progress.detail }
  }
  return { became: `reported, ${progress.report.score}` as Cell, detail: '' }
}
