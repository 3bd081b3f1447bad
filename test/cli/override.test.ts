import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { compose } from '../../src/main.ts'
import { systemClock } from '../../src/telemetry/index.ts'
import { digest } from '../store/build.ts'
import { World } from './world.ts'

async function realWorld(t: TestContext, env: Record<string, string> = { USER: 'alice' }): Promise<World> {
  const world = new World(t, {
    env,
    deps: { compose: (config, log, rules) => compose(config, log, systemClock, rules) },
  })
  await mkdir(join(world.folder, 'data'), { mode: 0o700 })
  return world
}

test('what was denied is listed with who and why, and is gone when it is removed', async (t) => {
  const world = await realWorld(t)

  assert.equal(
    await world.command('override add', 'deny', digest(1).toUpperCase(), '--reason', 'phishing', '--for', '2h'),
    0,
  )
  assert.match(world.stdout, new RegExp(`^deny +${digest(1)}\\n +phishing \\(alice, .*until 20.*Z\\non all nodes`))
  world.stdout = ''
  assert.equal(await world.command('override list', '--json'), 0)
  const [line] = world.stdout.trim().split('\n')
  const told = JSON.parse(line ?? '')
  world.stdout = ''
  assert.equal(await world.command('override list'), 0)
  assert.match(world.stdout, new RegExp(`deny +${digest(1)}\\n +phishing \\(alice, .*until `))
  assert.equal(await world.command('override remove', digest(1)), 0)

  assert.deepEqual([told.kind, told.value, told.verdict, told.who], ['sha256', digest(1), 'deny', 'alice'])
  assert.equal(told.until - told.made < 2 * 3_600_000 + 60_000, true)
  assert.equal(await world.command('override remove', digest(1)), 1)
  assert.match(world.stderr, /there is no override/)
})

for (const [argv, said] of [
  [['allow', 'family:imphash 1', '--reason', 'r'], /a family is never allowed/],
  [['maybe', digest(1), '--reason', 'r'], /deny or allow/],
  [['deny', 'abc', '--reason', 'r'], /neither a SHA-256/],
  [['deny', digest(1)], /--reason/],
  [['deny', digest(1), '--reason', 'r', '--for', 'ever'], /takes a duration/],
] as const) {
  test(`override add ${argv.join(' ').slice(0, 40)} is refused`, async (t) => {
    const world = await realWorld(t)

    assert.equal(await world.command('override add', ...argv), 64)

    assert.match(world.stderr, said)
  })
}

test('a store that lives in the filter alone has no overrides from outside', async (t) => {
  const world = await realWorld(t)
  world.file('peekaboo.yaml', `dataDir: ${world.folder}/data\nstore: { url: "memory:" }\n`)

  assert.equal(await world.command('override list'), 1)

  assert.match(world.stderr, /lives in the filter alone/)
})
