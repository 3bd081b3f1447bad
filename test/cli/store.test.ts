import assert from 'node:assert/strict'
import { existsSync, truncateSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { compose } from '../../src/main.ts'
import { createSqliteStore } from '../../src/store/index.ts'
import { migrate } from '../../src/store/sqlite/migrate.ts'
import { MIGRATIONS } from '../../src/store/sqlite/migrations.ts'
import { systemClock } from '../../src/telemetry/index.ts'
import { contents, digest, draft, keys } from '../store/build.ts'
import { World } from './world.ts'

const NEWEST = MIGRATIONS.at(-1)?.version ?? 0

/** A world whose commands use the real parts, and the path of its store. */
async function realWorld(t: TestContext) {
  const world = new World(t, { deps: { compose: (config, log, rules) => compose(config, log, systemClock, rules) } })
  await mkdir(join(world.folder, 'data'), { mode: 0o700 })
  return { world, path: join(world.folder, 'data', 'peekaboo.db') }
}

async function filled(path: string): Promise<void> {
  const store = createSqliteStore({ path, timeoutMs: 10_000 })
  await store.start()
  await store.saveFacts('recipe', contents(600))
  await store.claim(keys(3), 'node-a', 1)
  await store.openStory(draft())
  await store.stop()
}

test('status tells a store that is not there yet and makes none', async (t) => {
  const { world, path } = await realWorld(t)

  assert.equal(await world.command('store status'), 0)

  assert.match(world.stdout, /schema +none yet; this program knows \d+/)
  assert.equal(existsSync(path), false)
})

test('status counts what is there, for people and for programs', async (t) => {
  const { world, path } = await realWorld(t)
  await filled(path)

  assert.equal(await world.command('store status'), 0)
  assert.match(world.stdout, /facts +600\n/)
  world.stdout = ''
  assert.equal(await world.command('store status', '--json'), 0)

  const { name, version, newest, rows } = JSON.parse(world.stdout)
  assert.deepEqual([name, version, newest], [path, NEWEST, NEWEST])
  assert.deepEqual([rows.facts, rows['analyses under way'], rows.stories, rows['stories that go on']], [600, 3, 1, 1])
})

test('check finds a sound store sound and a damaged one damaged', async (t) => {
  const { world, path } = await realWorld(t)
  await filled(path)
  assert.equal(await world.command('store check'), 0)
  assert.match(world.stdout, /^sound/)
  world.stdout = ''
  truncateSync(path, 40 * 4096)
  truncateSync(path, 100 * 4096)

  assert.equal(await world.command('store check', '--json').catch(() => 1), 1)
})

test('migrate says what it would do, does it, and has nothing to do afterwards', async (t) => {
  const { world, path } = await realWorld(t)
  const database = new DatabaseSync(path)
  migrate(database, path, MIGRATIONS.slice(0, 1))
  database.close()

  assert.equal(await world.command('store migrate', '--dry-run'), 0)
  assert.match(world.stdout, new RegExp(`would go from version 1 to ${NEWEST}`))
  world.stdout = ''
  assert.equal(await world.command('store migrate'), 0)
  assert.match(world.stdout, new RegExp(`went from version 1 to ${NEWEST}`))
  world.stdout = ''
  assert.equal(await world.command('store migrate'), 0)
  assert.match(world.stdout, /nothing to do/)
})

test('a newer schema is neither migrated nor called sound', async (t) => {
  const { world, path } = await realWorld(t)
  await filled(path)
  const database = new DatabaseSync(path)
  database.exec('UPDATE schema SET version = 99, minReader = 99')
  database.close()

  assert.equal(await world.command('store migrate'), 1)
  assert.match(world.stderr, /schema version 99: install the newer program/)
  assert.equal(await world.command('store check'), 1)
  assert.match(world.stdout, /version 99 is for programs of version 99 and later/)
})

test('purge counts first, removes what was named and leaves the rest', async (t) => {
  const { world, path } = await realWorld(t)
  await filled(path)

  assert.equal(await world.command('store purge', 'all', '--sha256', digest(1).toUpperCase(), '--dry-run', '--json'), 0)
  assert.deepEqual(JSON.parse(world.stdout), { facts: 1, analyses: 1, stories: 1, sightings: 1, dryRun: true })
  world.stdout = ''
  assert.equal(await world.command('store purge', 'analyses', '--analyzer', 'cape', '--json'), 0)
  assert.deepEqual(JSON.parse(world.stdout), { analyses: 3, dryRun: false })
  world.stdout = ''
  assert.equal(await world.command('store purge', 'all', '--yes', '--json'), 0)
  assert.deepEqual(JSON.parse(world.stdout), { facts: 600, analyses: 0, stories: 1, sightings: 1, dryRun: false })
})

test('purge without a condition removes nothing until somebody says --yes, and may always be counted', async (t) => {
  const { world, path } = await realWorld(t)
  await filled(path)

  for (const kind of ['all', 'facts', 'analyses', 'stories', 'sightings']) {
    assert.equal(await world.command('store purge', kind), 64, kind)
  }
  assert.match(world.stderr, /this removes all stories for good: .*--dry-run, or say --yes/)
  assert.equal(world.stdout, '')
  assert.equal(await world.command('store purge', 'all', '--dry-run', '--json'), 0)
  assert.deepEqual(JSON.parse(world.stdout), { facts: 600, analyses: 3, stories: 1, sightings: 1, dryRun: true })
  world.stdout = ''
  assert.equal(await world.command('store purge', 'stories', '--yes', '--json'), 0)
  assert.deepEqual(JSON.parse(world.stdout), { stories: 1, dryRun: false })
})

for (const [argv, said] of [
  [['nonsense'], /what is "nonsense"/],
  [['facts', '--older-than', 'ages'], /takes a duration/],
  [['facts', '--sha256', 'abc'], /64 hex digits/],
  [['sightings', '--analyzer', 'cape'], /know neither/],
] as const) {
  test(`purge ${argv.join(' ')} is refused before anything goes`, async (t) => {
    const { world, path } = await realWorld(t)

    assert.equal(await world.command('store purge', ...argv), 64)

    assert.match(world.stderr, said)
    assert.equal(existsSync(path), false)
  })
}
