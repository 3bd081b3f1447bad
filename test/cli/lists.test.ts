/** Lists of a policy that are read again while the filter runs. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { pino } from 'pino'
import { RunningPolicy } from '../../src/cli/index.ts'
import { watchLists } from '../../src/cli/list-watch.ts'
import { loadConfig } from '../../src/config/index.ts'
import { SURROUNDINGS, written } from '../config/written.ts'
import { FakeClock } from '../fakes/clock.ts'

test('a changed list is taken when two looks saw the same, one that is gone is not', async () => {
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

  assert.deepEqual(seen, [0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2])
  assert.equal(clock.waiting, 0)
})

test('lists are taken whole or not at all, and the log says which line is wrong', (t) => {
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
  const still = [bad('a@x.test'), bad('b@x.test'), bad('c@y.test')]
  write('b.list', 'y.test\n')
  running.refresh(log)
  const after = [bad('a@x.test'), bad('b@x.test'), bad('c@y.test')]

  assert.deepEqual(before, ['tag', 'reject', 'reject'])
  assert.deepEqual(still, before)
  assert.deepEqual(after, ['reject', 'tag', 'tag'])
  assert.match(lines[0]?.problems?.[0] ?? '', /b\.list:2: "no domain" is not a domain; write example\.org/)
  assert.equal(lines[1]?.msg, 'lists of the policy reloaded')
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
