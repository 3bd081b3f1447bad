import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { StoreRefused } from '../../src/store/index.ts'
import { migrate } from '../../src/store/mariadb/migrate.ts'
import { MIGRATIONS, type Migration } from '../../src/store/mariadb/migrations.ts'
import { analysisId } from '../../src/store/mariadb/sql.ts'
import { content, digest, draft, key, query } from './build.ts'
import { benchOn } from './mariadb-bench.ts'
import { MariadbServer } from './mariadb-server.ts'

const NEWEST = MIGRATIONS.at(-1)?.version ?? 0
const EXPAND: Migration = {
  version: NEWEST + 1,
  minReader: 1,
  statements: ["ALTER TABLE facts ADD COLUMN IF NOT EXISTS note VARCHAR(10) NOT NULL DEFAULT ''"],
}
const CONTRACT: Migration = {
  version: NEWEST + 2,
  minReader: NEWEST + 1,
  statements: ['DROP INDEX IF EXISTS story_sample_digest ON story_sample'],
}

let server: MariadbServer
before(async () => {
  server = await MariadbServer.make()
})
after(() => server.remove())

for (const { version } of MIGRATIONS) {
  test(`a database of version ${version} is brought to the newest one with all that it holds`, async (t) => {
    const { store, database, events } = await benchOn(t, server)
    await migrateTo(database, MIGRATIONS.slice(0, 1))
    await fillVersion1(database)
    await migrateTo(database, MIGRATIONS.slice(0, version))

    await store.start()

    const known = await store.lookup(query({ digests: [digest(1)], analyses: [key(1)], storyKey: 'key-1' }))
    assert.deepEqual(known.facts.get(digest(1)), content(1))
    assert.equal(known.analyses[0]?.state, 'wanted')
    assert.equal(known.story?.ref, 'ref-1')
    assert.equal(await store.remove({ from: 'facts', olderThanMs: 3_600_000 }, 9, true), 0)
    assert.deepEqual(events, version === NEWEST ? [] : [{ kind: 'migrated', from: version, to: NEWEST }])
  })
}

test('a program of the version before goes on with a database that this one has brought to its version', async (t) => {
  const { store, database } = await benchOn(t, server)
  await store.start()

  await fillVersion1(database)

  const known = await store.lookup(query({ digests: [digest(1)], analyses: [key(1)], storyKey: 'key-1' }))
  assert.deepEqual([known.facts.size, known.analyses.length, known.story?.ref], [1, 1, 'ref-1'])
  assert.equal(await store.remove({ from: 'facts', olderThanMs: 3_600_000 }, 9, true), 0)
  assert.deepEqual(await migrateTo(database, MIGRATIONS.slice(0, 1)), { from: NEWEST, to: NEWEST })
})

test('stories of an older program are found by their addresses, and what it removes takes them along', async (t) => {
  const { store, database } = await benchOn(t, server)
  await migrateTo(database, MIGRATIONS.slice(0, 1))
  await fillVersion1(database)
  await store.start()
  const found = async (recipient: string) => (await store.messages({ recipient, sender: 'a@EXAMPLE.org' }, 9)).length
  assert.equal(await found('B@example.net'), 1)

  await server.sql(
    `INSERT INTO story_try (id, story, queue_id, at, state, recipients, answer)
      VALUES (2, 1, 'q2', 5, 'deciding', '["late@example.net"]', '{}')`,
    database,
  )
  await server.sql('UPDATE story SET newest_try = 2', database)
  assert.deepEqual([await found('late@example.net'), await found('b@example.net')], [1, 1])
  for (const table of ['story_sample', 'story_try', 'story']) await server.sql(`DELETE FROM ${table}`, database)

  assert.equal(await found('b@example.net'), 0)
  assert.deepEqual(await server.sql('SELECT * FROM story_address', database), [])
})

test('this program goes on beside a newer one whose schema only adds', async (t) => {
  const { store, database } = await benchOn(t, server)
  await store.start()
  await migrateTo(database, [...MIGRATIONS, EXPAND])

  await store.saveFacts('recipe', [content(1)])
  await store.openStory(draft())

  assert.equal((await store.lookup(query({ digests: [digest(1)], storyKey: 'key-1' }))).story?.ref, 'ref-1')
})

test('a newer schema that this program may not use is refused for good, with versions and remedy', async (t) => {
  const { store, database, events } = await benchOn(t, server)
  await migrateTo(database, [...MIGRATIONS, EXPAND, CONTRACT])

  await assert.rejects(store.start(), (error: unknown) => {
    assert.ok(error instanceof StoreRefused)
    for (const part of [
      database,
      `version ${NEWEST + 2}`,
      `before version ${NEWEST + 1}`,
      'install the newer program',
    ]) {
      assert.ok(error.message.includes(part), part)
    }
    return true
  })

  assert.deepEqual(events, [])
})

test('two nodes that start at the same time on an empty database both get the newest schema', async (t) => {
  const { store, database } = await benchOn(t, server)
  const other = server.store(database)
  t.after(() => other.stop())

  await Promise.all([store.start(), other.start()])

  await store.saveFacts('recipe', [content(1)])
  assert.equal((await other.lookup(query({ digests: [digest(1)] }))).facts.size, 1)
})

test('a migration that was broken off is done whole by the next start', async (t) => {
  const { store, database } = await benchOn(t, server)
  const broken = {
    ...MIGRATIONS[1],
    statements: [...(MIGRATIONS[1]?.statements.slice(0, 4) ?? []), 'SELECT * FROM nowhere'],
  }
  await assert.rejects(migrateTo(database, [...MIGRATIONS.slice(0, 1), broken as Migration]), /nowhere/)

  await store.start()

  await store.saveFacts('recipe', [content(1)])
  assert.equal(await store.remove({ from: 'stories', which: 'accepted' }, 9), 0)
})

async function migrateTo(database: string, migrations: readonly Migration[]) {
  const connection = await server.connect(database)
  try {
    return await migrate(connection, database, migrations)
  } finally {
    await connection.end()
  }
}

/** Rows as version 1 wrote them, in its own words: they must not change when the code does. */
async function fillVersion1(database: string): Promise<void> {
  const { ref, key: storyKey, queueId, recipients, samples, outcome, answer, ...facts } = draft()
  const connection = await server.connect(database)
  const bytes = Buffer.from(digest(1), 'hex')
  const now = Date.now()
  const write = (table: string, row: Record<string, unknown>) => {
    const columns = Object.keys(row)
    const marks = columns.map(() => '?')
    return connection.query(`INSERT INTO ${table} (${columns}) VALUES (${marks})`, Object.values(row))
  }
  await write('facts', {
    sha256: bytes,
    recipe: 'recipe',
    content: JSON.stringify(content(1)),
    has_within: 0,
    saved: now,
  })
  await write('analysis', {
    ...{
      id: Buffer.from(analysisId(key(1)), 'hex'),
      sha256: bytes,
      analyzer: 'cape',
      options: 'options',
      revision: '1',
    },
    ...{
      state: 'wanted',
      owner: '',
      token: 0,
      lease_until: 0,
      attempts: 0,
      marker: '',
      task_id: '',
      cause: '',
      updated: now,
    },
  })
  await write('story', {
    ...{ id: 1, ref, story_key: storyKey, first_seen: now, newest_try: 1, tried: now, is_over: 0 },
    ...{ facts: JSON.stringify(facts), outcome: JSON.stringify(outcome) },
  })
  await write('story_try', {
    ...{ id: 1, story: 1, queue_id: queueId, at: now, state: 'deciding' },
    ...{ recipients: JSON.stringify(recipients), answer: JSON.stringify(answer) },
  })
  await write('story_sample', { story: 1, position: 0, sha256: bytes, sample: JSON.stringify(samples[0]) })
  await connection.end()
}
