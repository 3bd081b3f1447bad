/** Lists of a policy that are read again while the filter runs. */
import assert from 'node:assert/strict'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { pino } from 'pino'
import { RunningPolicy } from '../../src/cli/index.ts'
import { watchLists } from '../../src/cli/list-watch.ts'
import { loadConfig } from '../../src/config/index.ts'
import { compose } from '../../src/main.ts'
import { loadRuleset } from '../../src/rules/index.ts'
import { systemClock } from '../../src/telemetry/index.ts'
import { SURROUNDINGS, written } from '../config/written.ts'
import { FakeClock } from '../fakes/clock.ts'

test('a changed list is taken when two looks saw the same, and so is that it is gone', async () => {
  const clock = new FakeClock()
  let state: string | undefined = 'one'
  let changes = 0
  const end = watchLists(
    () => ['/list'],
    () => {
      changes += 1
    },
    clock,
    async () => state,
  )
  const seen: number[] = []
  for (const next of [
    'one',
    'half',
    'whole',
    'whole',
    'whole',
    undefined,
    undefined,
    'whole',
    'other',
    'other',
    'other',
  ]) {
    state = next
    await clock.advance(2000)
    seen.push(changes)
  }
  end()
  await clock.advance(10_000)

  assert.deepEqual(seen, [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3])
  assert.equal(clock.waiting, 0)
})

test('lists are taken whole or not at all, and log and health say which line is wrong', async (t) => {
  const file = written(t, {
    'peekaboo.yaml':
      'overrides: [{ recipients: { file: a.list }, bad: tag }, { domains: { file: b.list }, bad: tag }]\n',
    'a.list': 'a@x.test\n',
    'b.list': '',
  })
  const lines: { readonly msg: string; readonly problems?: readonly string[] }[] = []
  const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) })
  const running = new RunningPolicy(loadConfig({ file, surroundings: SURROUNDINGS }))
  const about = { sender: '', clientAddress: '', authenticated: false, direction: 'inbound' } as const
  const bad = (recipient: string) => running.current.classesFor('mx', about)(recipient).profile.bad
  const write = (name: string, text: string) => writeFileSync(join(dirname(file), name), text)

  const before = [bad('a@x.test'), bad('b@x.test'), bad('c@y.test')]
  write('a.list', 'b@x.test\n')
  write('b.list', 'y.test\nno domain\n')
  running.refresh(log)
  const told = await running.check().catch(String)
  const still = [bad('a@x.test'), bad('b@x.test'), bad('c@y.test')]
  rmSync(join(dirname(file), 'a.list'))
  running.refresh(log)
  const gone = await running.check().catch(String)
  write('a.list', 'b@x.test\n')
  write('b.list', 'y.test\n')
  running.refresh(log)
  const after = [bad('a@x.test'), bad('b@x.test'), bad('c@y.test')]

  assert.deepEqual(before, ['tag', 'reject', 'reject'])
  assert.deepEqual(still, before)
  assert.deepEqual(after, ['reject', 'tag', 'tag'])
  assert.match(lines[0]?.problems?.[0] ?? '', /b\.list:2: "no domain" is not a domain; write example\.org/)
  assert.match(String(told), /the lists in force stay.*b\.list:2/)
  assert.match(String(gone), /a\.list cannot be read \(ENOENT\)/)
  assert.deepEqual([running.isStale, running.reloads], [false, { done: 1, failed: 2 }])
  await running.check()
  assert.equal(lines[2]?.msg, 'lists of the policy reloaded')
})

test('another configuration counts when it is put in force, and one that takes a running listener its profile is refused', (t) => {
  const at = (text: string) => loadConfig({ file: written(t, { 'peekaboo.yaml': text }), surroundings: SURROUNDINGS })
  const listener = 'milter: { listeners: [{ listen: "inet:127.0.0.1:0", profile: own }] }\n'
  const running = new RunningPolicy(at(`${listener}profiles: { own: { extends: mx } }\n`))

  const enforce = running.prepare(at('profiles: { own: { extends: mx, bad: discard } }\n'))
  const before = running.current.profiles.get('own')?.bad
  enforce()

  assert.deepEqual([before, running.current.profiles.get('own')?.bad], ['reject', 'discard'])
  assert.throws(() => running.prepare(at('')), /there is no profile "own"/)
})

test('a list that is gone is told by the health check, which counts it not', async (t) => {
  const file = written(t, { 'peekaboo.yaml': '', 'a.list': 'a@x.test\n' })
  const folder = dirname(file)
  mkdirSync(join(folder, 'data'))
  writeFileSync(
    file,
    `dataDir: ${folder}/data
http: { listen: "127.0.0.1:0" }
milter: { listeners: [{ listen: "inet:127.0.0.1:0" }] }
overrides: [{ recipients: { file: a.list }, bad: tag }]
`,
  )
  const log = pino({ level: 'silent' })
  const config = loadConfig({ file, surroundings: SURROUNDINGS })
  const filter = compose(config, log, systemClock, loadRuleset([], { roles: [], readText: () => ({ problem: '' }) }))
  t.after(() => filter.stop())
  const { http } = await filter.startListeners()
  const told = async () => (await (await fetch(`http://${http}/readyz`)).json()) as Readonly<Record<string, string>>

  const before = await told()
  rmSync(join(folder, 'a.list'))
  filter.policy.refresh(log)
  const after = await told()

  assert.deepEqual([before.lists, before.rules, after.rules], ['ok', 'ok', 'ok'])
  assert.match(after.lists ?? '', /the lists in force stay.*a\.list cannot be read \(ENOENT\)/)
})
