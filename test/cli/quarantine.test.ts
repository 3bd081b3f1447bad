import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { compose } from '../../src/main.ts'
import { createSqliteStore, type Held } from '../../src/store/index.ts'
import { systemClock } from '../../src/telemetry/index.ts'
import { draft } from '../store/build.ts'
import { held } from '../store/contract-held.ts'
import { World } from './world.ts'

async function worldWith(t: TestContext, ...all: readonly Held[]): Promise<World> {
  const world = new World(t, {
    env: { USER: 'alice' },
    deps: { compose: (config, log, rules) => compose(config, log, systemClock, rules) },
  })
  await mkdir(join(world.folder, 'data'), { mode: 0o700 })
  const store = createSqliteStore({ path: join(world.folder, 'data', 'peekaboo.db'), timeoutMs: 10_000 })
  await store.start()
  for (const one of all) await store.saveHeld(one)
  if (all.length > 0) await store.openStory(draft({ ref: 'REF' }))
  await store.stop()
  return world
}

const OVER = held({ queueId: '4cXyz01Qz3z2', ref: 'OVER', state: 'returned', at: 2000 })

test('what is held is listed with its reference, and what is over only when asked for', async (t) => {
  const world = await worldWith(t, held({ sender: 'a\u001b[2J@src.test' }), OVER)

  assert.equal(await world.command('quarantine list'), 0)
  const shown = world.stdout
  world.stdout = ''
  assert.equal(await world.command('quarantine list', '--all', '--json'), 0)

  assert.match(shown, /^4cXyz01Qz3z1 {2}REF {2}held +2 KiB .*<b@dst\.test and 1 more>/)
  assert.doesNotMatch(shown, /\u001b|OVER/)
  assert.deepEqual(
    world.json.map(({ ref, state }) => [ref, state]),
    [
      ['REF', 'held'],
      ['OVER', 'returned'],
    ],
  )
})

test('one is shown by queue id or reference, with what becomes of it', async (t) => {
  const world = await worldWith(t, held())

  assert.equal(await world.command('quarantine show', 'ref'), 0)

  assert.match(world.stdout, /where +mail\.test, postfix/)
  assert.match(world.stdout, /if not good +returned to its sender/)
})

test('why tells what became of a message that was quarantined', async (t) => {
  const world = await worldWith(t, held({ state: 'returned', note: 'bad' }))

  assert.equal(await world.command('why', 'REF'), 0)
  assert.match(world.stdout, /quarantine: returned on mail\.test as 4cXyz01Qz3z1 \(bad\)/)
  world.stdout = ''
  assert.equal(await world.command('why', 'REF', '--json'), 0)

  assert.deepEqual(world.json[0]?.quarantine, { state: 'returned', note: 'bad' })
})

for (const [what, state] of [
  ['release', 'released'],
  ['return', 'returned'],
  ['delete', 'deleted'],
] as const) {
  test(`messages and why tell that a held message was ${state}, when, and by whom where somebody ordered it`, async (t) => {
    const order = { what, who: 'alice', at: 1 }
    const world = await worldWith(t, held({ state, note: 'bad', order, ended: Date.UTC(2026, 10, 24, 2, 57) }))

    for (const command of ['why', 'messages', 'messages --long']) {
      world.stdout = ''
      assert.equal(await world.command(command, ...(command === 'why' ? ['REF'] : [])), 0)
      assert.match(world.stdout, new RegExp(`[,:] ${state} 2026-11-24T02:57:00Z by alice `))
    }
    world.stdout = ''
    assert.equal(await world.command('messages', '--json'), 0)

    const at = Date.UTC(2026, 10, 24, 2, 57)
    assert.deepEqual(world.json[0]?.quarantine, { state, note: 'bad', at, by: 'alice' })
  })
}

test('who gave another order than what became of a message is not told as who did it', async (t) => {
  const world = await worldWith(t, held({ state: 'gone', order: { what: 'delete', who: 'alice', at: 1 } }))

  assert.equal(await world.command('messages'), 0)

  assert.match(world.stdout, /, gone {2}</)
})

for (const order of ['release', 'return', 'delete'] as const) {
  test(`an order to ${order} is noted with who gave it`, async (t) => {
    const world = await worldWith(t, held())
    const yes = order === 'delete' ? ['--yes'] : []

    assert.equal(await world.command(`quarantine ${order}`, 'REF', ...yes), 0)
    assert.match(world.stdout, new RegExp(`${order} 4cXyz01Qz3z1 \\(REF\\): done by the next peekaboo release on mail`))
    world.stdout = ''
    await world.command('quarantine list', '--json')

    const [one] = world.json
    assert.deepEqual((one?.order as Record<string, unknown>).what, order)
    assert.deepEqual((one?.order as Record<string, unknown>).who, 'alice')
  })
}

test('an order in the place of another tells which one that was', async (t) => {
  const world = await worldWith(t, held())
  assert.equal(await world.command('quarantine return', 'REF', '--by', 'bob'), 0)
  assert.doesNotMatch(world.stdout, /in place of/)

  assert.equal(await world.command('quarantine release', 'REF'), 0)
  assert.match(world.stdout, /\nin place of: return by bob, \d{4}-\d\d-\d\dT/)
  world.stdout = ''
  assert.equal(await world.command('quarantine release', 'REF', '--json'), 0)
  const { what, who } = Object(world.json[0]?.replaced)
  assert.deepEqual([what, who], ['release', 'alice'])
})

for (const [argv, code, said] of [
  [['delete', 'REF'], 64, /say --yes/],
  [['release', 'OVER'], 1, /is not held any more: returned/],
  [['release', 'NOBODY'], 1, /nothing is known of NOBODY/],
  [['release', '4A2C81F03B'], 1, /enable_long_queue_ids=yes/],
  [['release', 'TWICE'], 1, /on several hosts/],
  [['return', 'NULL'], 1, /no sender to return it to/],
] as const) {
  test(`quarantine ${argv.join(' ')} is refused`, async (t) => {
    const world = await worldWith(
      ...([t, held(), OVER, held({ queueId: 'q', ref: 'NULL', sender: '' })] as const),
      ...['one', 'two'].map((host) => held({ host, ref: 'TWICE' })),
    )
    const [order, what] = argv

    assert.equal(await world.command(`quarantine ${order}`, what), code)

    assert.match(world.stderr, said)
  })
}

test('release is for root alone, and says so', async (t) => {
  const world = await worldWith(t)

  assert.equal(await world.command('release'), 77)

  assert.match(world.stderr, /systemctl start peekaboo-release/)
})
