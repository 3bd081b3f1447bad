import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Analyzer, AnalyzerHealth } from '../../src/analyzers/analyzer.ts'
import { World } from './world.ts'

const WORKS: AnalyzerHealth = {
  instance: '/run/clamav/clamd.ctl',
  ok: true,
  detail: '',
  version: 'ClamAV 1.4.6/27500/Mon Nov 23 09:24:11 2026',
  selfTest: 'passed',
  load: { threads: 2, threadsMax: 12, queued: 3 },
  latencyMs: 4.2,
}
const FAILS: AnalyzerHealth = {
  instance: 'av2:3310',
  ok: false,
  detail: 'nobody listens there: is clamd \u001b[31m running?',
  version: '',
  selfTest: 'not run',
}

/** An analyzer that only answers how its instances are. */
function analyzer(name: string, health: () => Promise<readonly AnalyzerHealth[]>): [string, Analyzer] {
  return [name, { name, type: 'clamav', health } as unknown as Analyzer]
}

const CONFIG = 'analyzers: { clamav: { type: clamav }, other: { type: clamav } }\nroles: { av: clamav }\n'

function world(t: TestContext, ...health: AnalyzerHealth[][]) {
  const names = ['clamav', 'other']
  const entries = health.map((one, i) => analyzer(names[i] ?? '', async () => one))
  const made = new World(t, { parts: { analyzers: new Map(entries) } })
  made.file('peekaboo.yaml', CONFIG)
  return made
}

test('instances that all work are a table and exit code 0', async (t) => {
  const here = world(t, [WORKS])

  assert.equal(await here.command('analyzers check'), 0)

  assert.match(here.lines[0] ?? '', /^analyzer +roles +instance +state +version +busy +queue +self-test +time$/)
  assert.match(
    here.lines[1] ?? '',
    /^clamav +av +\/run\/clamav\/clamd\.ctl +works +ClamAV 1\.4\.6\/27500\/.* 2\/12 +3 +passed +4 ms$/,
  )
  assert.equal(here.lines.length, 2)
})

test('one that fails is told with its reason below, made harmless, and the exit code is 1', async (t) => {
  const here = world(t, [WORKS, FAILS])

  assert.equal(await here.command('analyzers check'), 1)

  assert.match(here.lines[2] ?? '', /^clamav +av +av2:3310 +fails +- +- +- +not run +-$/)
  assert.match(here.lines[3] ?? '', /^ {4}nobody listens there: is clamd \\u\{1b\}\[31m running\?$/)
})

test('an analyzer that plays no role is pointed out', async (t) => {
  const here = world(t, [WORKS], [WORKS])

  assert.equal(await here.command('analyzers check'), 0)

  assert.match(here.lines.at(-1) ?? '', /^other plays no role/)
})

test('--json is one line for each instance', async (t) => {
  const here = world(t, [WORKS, FAILS])

  assert.equal(await here.command('analyzers check', '--json'), 1)

  assert.deepEqual(here.json[0], { analyzer: 'clamav', type: 'clamav', roles: ['av'], ...WORKS })
  assert.deepEqual(
    here.json.map(({ ok }) => ok),
    [true, false],
  )
})

test('a driver that cannot say is one line that fails', async (t) => {
  const broken = analyzer('clamav', () => Promise.reject(new Error('broken')))
  const here = new World(t, { parts: { analyzers: new Map([broken]) } })
  here.file('peekaboo.yaml', CONFIG)

  assert.equal(await here.command('analyzers check'), 1)

  assert.match(here.stdout, /fails[\s\S]*broken/)
})

test('only those that are named are asked, and a name that leads nowhere is usage', async (t) => {
  const here = world(t, [WORKS], [FAILS])

  assert.equal(await here.command('analyzers check', 'clamav'), 0)
  assert.equal(await here.command('analyzers check', 'clmav'), 64)
  assert.equal(await here.command('analyzers check', '--timeout', '0'), 64)

  assert.match(here.stderr, /no analyzer is named clmav; configured: clamav, other/)
})

test('nothing configured is said, and is no failure', async (t) => {
  const here = new World(t)

  assert.equal(await here.command('analyzers check'), 0)

  assert.match(here.stdout, /^No analyzer is configured/)
})

test('the help tells columns, examples and exit codes', async (t) => {
  const here = new World(t)

  assert.equal(await here.run('analyzers', 'check', '--help'), 0)

  for (const part of ['OUTPUT', 'EXAMPLES', 'EXIT CODES', 'self-test']) assert.ok(here.stdout.includes(part), part)
})

test('the machines of a sandbox stand below it by platform, with tags and what is busy, made harmless', async (t) => {
  const machines = [
    { name: 'win10-1', platform: 'windows', tags: ['office', 'x64'], busy: true },
    { name: 'win10-2', platform: 'windows', tags: [], busy: false },
    { name: 'ubuntu\u001b[31m', platform: '', tags: ['x64'], busy: false },
  ]
  const odd = { ...WORKS, machines, detail: 'no machine has the tag solitaire; there are: office, x64' }
  const here = world(t, [odd])

  assert.equal(await here.command('analyzers check'), 0)

  assert.deepEqual(here.lines.slice(2), [
    '    no machine has the tag solitaire; there are: office, x64',
    '    windows: win10-1* (office, x64), win10-2',
    '    unknown platform: ubuntu\\u{1b}[31m (x64)',
  ])
})
