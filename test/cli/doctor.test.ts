import assert from 'node:assert/strict'
import { chmodSync, mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { CHECKS } from '../../src/cli/doctor/index.ts'
import { parseMilters, secondsOf } from '../../src/cli/doctor/milter-list.ts'
import { skewOf } from '../../src/cli/doctor/part-checks.ts'
import type { Run } from '../../src/cli/doctor/run.ts'
import { World, type WorldOptions } from './world.ts'

const missing: Run = async (program) => ({ why: `spawn ${program} ENOENT`, isMissing: true })

/** A world in which nobody listens for Postfix, the health check answers, and there is no Postfix. */
function worldOf(t: TestContext, options: WorldOptions = {}): World {
  const fetchOk = (async () => new Response('process_max_fds 65536\n')) as typeof fetch
  const world = new World(t, { ...options, deps: { runProgram: missing, fetch: fetchOk, ...options.deps } })
  world.file(
    'peekaboo.yaml',
    `dataDir: ${world.folder}/data\nmilter: { listeners: [{ listen: "inet:127.0.0.1:1" }] }\n`,
  )
  return world
}

interface Told {
  readonly check: string
  readonly state: string
  readonly where: string
  readonly what: string
  readonly remedy: string
}

/** Findings of a run, and its exit code. */
async function doctor(world: World, ...argv: readonly string[]): Promise<{ code: number; told: readonly Told[] }> {
  world.stdout = ''
  const code = await world.command('doctor', '--json', '--timeout', '5', ...argv)
  return { code, told: world.json as unknown as readonly Told[] }
}

function of(told: readonly Told[], check: string): readonly (readonly [string, string])[] {
  return told.filter((one) => one.check === check).map(({ state, what }) => [state, what])
}

test('whoever has no Postfix here is told so, and everything else is checked', async (t) => {
  const world = worldOf(t)

  const { code, told } = await doctor(world)

  assert.deepEqual(of(told, 'postfix'), [['warn', 'Postfix not found: spawn postconf ENOENT']])
  const checked = new Set(told.map(({ check }) => check))
  const expected = CHECKS.map(({ name }) => name).filter((name) => !name.startsWith('postfix: '))
  assert.deepEqual(
    expected.filter((name) => !checked.has(name)),
    ['analyzers', 'secrets', 'sockets'],
  )
  assert.equal(code, 2, 'nothing listens where the filter should')
  assert.ok(told.every(({ state, remedy }) => (state === 'ok') === (remedy === '')))
})

test('a list, a catalogue and secrets that are missing or wrong are told once each, and all else is looked at', async (t) => {
  const world = worldOf(t)
  world.file(
    'peekaboo.yaml',
    `dataDir: ${world.folder}/data
milter: { listeners: [{ listen: "inet:127.0.0.1:1" }] }
overrides:
  - { recipients: { file: gone.list }, bad: tag }
  - { recipients: { file: wrong.list }, bad: tag }
events: { webhook: { url: "https://hook.example/", secret: { file: hook.secret } } }
`,
  )
  world.file('wrong.list', 'bad@@x\nbad@@y\n')
  mkdirSync(join(world.folder, 'messages.d'))
  world.file('messages.d/french.yaml', 'later: x\n')

  const { code, told } = await doctor(world)

  assert.equal(code, 2)
  const refused = told.filter(({ check }) => check === 'configuration')
  assert.deepEqual(
    refused.map(({ state }) => state),
    ['fail', 'fail', 'fail', 'fail'],
  )
  for (const [i, says] of [/not named after/, /hook\.secret/, /gone\.list/, /bad@@x.*and 1 more/].entries())
    assert.match(refused[i]?.what ?? '', says)
  const fails = told.filter(({ state, check }) => state === 'fail' && check !== 'configuration')
  assert.deepEqual(
    fails.map(({ check }) => check),
    ['filter'],
  )
  assert.ok(told.some(({ check, state }) => check === 'store' && state === 'ok'))
})

test('the text names each problem with its remedy below, and counts them', async (t) => {
  const world = worldOf(t, { env: { NO_COLOR: '1' } })

  await world.command('doctor')

  assert.match(
    world.stdout,
    /^fail {2}filter: inet:127\.0\.0\.1:1: does not answer: .*\n {6}→ systemctl status peekaboo/m,
  )
  assert.match(world.stdout, /\n\d+ failures, \d+ warnings, \d+ checks are well\n$/)
})

test('folders, files and secrets that others may read or change are named with the mode that they need', async (t) => {
  const world = worldOf(t)
  const secret = world.file('push.secret', 'one-secret-of-the-sandbox\n')
  const site = world.file('site.yaml', "- { id: ours, when: 'true', verdict: bad, reason: ours }\n")
  world.file(
    'peekaboo.yaml',
    `dataDir: ${world.folder}/data\nhttp: { push: { file: push.secret } }\nrules: { dirs: ['${site}'] }\n`,
  )
  mkdirSync(join(world.folder, 'data'), { mode: 0o755 })
  chmodSync(join(world.folder, 'data'), 0o777)
  chmodSync(secret, 0o644)
  chmodSync(site, 0o666)

  const { told } = await doctor(world)

  const bad = told.filter(({ check, state }) => state !== 'ok' && /folder|files|secrets/.test(check))
  assert.deepEqual(
    bad.map(({ check, state, remedy }) => [check, state, remedy]),
    [
      ['data folder', 'fail', `chmod 700 ${world.folder}/data`],
      ['configuration files', 'fail', `chmod o-w ${site}`],
      ['secrets', 'fail', `chmod 640 ${secret}`],
    ],
  )
})

test('a unix socket that the user postfix cannot reach is named with the folder in its way', async (t) => {
  const world = worldOf(t)
  const folder = join(world.folder, 'run')
  mkdirSync(folder)
  const path = join(folder, 'mx.sock')
  world.file('peekaboo.yaml', `dataDir: ${world.folder}/data\nmilter: { listeners: [{ listen: 'unix:${path}' }] }\n`)
  const none = await doctor(world)
  const server = createServer((socket) => socket.destroy())
  await new Promise<void>((resolve) => server.listen(path, resolve))
  t.after(() => server.close())
  chmodSync(world.folder, 0o755)
  chmodSync(folder, 0o700)
  const closed = await doctor(world)
  chmodSync(folder, 0o755)
  chmodSync(path, 0o660)
  const refused = await doctor(world)
  chmodSync(path, 0o666)
  const open = await doctor(world)

  const said = [none, closed, refused, open].map(({ told }) => of(told, 'sockets')[0])
  assert.deepEqual(said, [
    ['warn', 'no socket is there'],
    ['fail', 'the user postfix may not pass through (mode 0700)'],
    ['fail', 'the user postfix may not connect (mode 0660)'],
    ['ok', 'mode 0666: the user postfix may connect'],
  ])
})

test('roles that nobody plays, idle analyzers and missing layers are warnings', async (t) => {
  const layers = [{ name: 'network namespace', active: false, detail: 'not permitted; start as root' }]
  const world = worldOf(t, { layers })
  world.file(
    'peekaboo.yaml',
    `dataDir: ${world.folder}/data\nroles: { sandbox: none }\nanalyzers: { idle: { type: dummy } }\n`,
  )

  const { told } = await doctor(world)

  assert.deepEqual(of(told, 'roles'), [
    ['warn', 'the role sandbox is none: no rule asks for it: tag in mx'],
    ['warn', 'plays no role: no rule can ask for it'],
  ])
  const layer = told.find(({ check, state }) => check === 'inspector layers' && state === 'warn')
  assert.deepEqual([layer?.what, layer?.remedy], ['network namespace is missing: not permitted', 'start as root'])
})

test('sessions that need more descriptors than the running filter may open are a warning', async (t) => {
  const world = worldOf(t, { deps: { fetch: (async () => new Response('process_max_fds 1024\n')) as typeof fetch } })

  const { told } = await doctor(world)

  assert.deepEqual(of(told, 'limits'), [['warn', '1024, but 1000 sessions may need 1500']])
})

test('a brake that is on is told, as it changes what happens to all mail', async (t) => {
  const body = { inspector: 'ok', brake: 'tempfail until 12:00 by root' }
  const world = worldOf(t, { deps: { fetch: (async () => Response.json(body)) as typeof fetch } })

  const { told } = await doctor(world)

  const found = told.find(({ where }) => where === 'brake')
  assert.deepEqual([found?.state, found?.what], ['warn', 'tempfail until 12:00 by root'])
})

test('a Postfix that cannot be read, and a time that is none, are told', async (t) => {
  const world = worldOf(t, { deps: { runProgram: async () => ({ why: 'fatal: bad main.cf', isMissing: false }) } })

  const { told } = await doctor(world)

  assert.deepEqual(of(told, 'postfix'), [['warn', 'cannot be asked: fatal: bad main.cf']])
  assert.equal(await world.command('doctor', '--timeout', '0'), 64)
})

test('milters are read from a list with braces within braces', () => {
  const list = parseMilters(' inet:a:1,{ unix:/x y, default_action=accept,{ content_timeout = 5s } }  local:z')

  assert.deepEqual(
    list.map(({ address, settings }) => [address, Object.fromEntries(settings)]),
    [
      ['inet:a:1', {}],
      ['unix:/x', { y: '', default_action: 'accept', content_timeout: '5s' }],
      ['local:z', {}],
    ],
  )
  assert.deepEqual(parseMilters(''), [])
  assert.deepEqual(['30', '5m', '2h', '1d', 'x', ''].map(secondsOf), [30, 300, 7200, 86_400, undefined, undefined])
})

test('clocks differ by what cannot have passed between question and answer', () => {
  assert.deepEqual([skewOf(50, 40, 60), skewOf(10, 40, 60), skewOf(90, 40, 60)], [0, 30, 30])
})
