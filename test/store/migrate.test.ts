import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { createSqliteStore, StoreRefused } from '../../src/store/index.ts'
import { migrate } from '../../src/store/sqlite/migrate.ts'
import { MIGRATIONS, type Migration } from '../../src/store/sqlite/migrations.ts'
import { content, digest, draft, key, query } from './build.ts'
import { withDatabase, withSqlite } from './sqlite-bench.ts'

const NEWEST = MIGRATIONS.at(-1)?.version ?? 0
const EXPAND: Migration = {
  version: NEWEST + 1,
  minReader: 1,
  sql: "ALTER TABLE known ADD COLUMN note TEXT NOT NULL DEFAULT ''",
}
const CONTRACT: Migration = { version: NEWEST + 2, minReader: NEWEST + 1, sql: 'DROP INDEX story_sample_digest' }

test('the migrations count up from one, and none of them locks out a version that knows it', () => {
  assert.deepEqual(
    MIGRATIONS.map((step) => step.version),
    MIGRATIONS.map((_, index) => index + 1),
  )
  assert.ok(MIGRATIONS.every((step) => step.minReader <= step.version))
})

test('a new database gets the newest schema, and a second start changes nothing', () =>
  withSqlite(async ({ path, store, events }) => {
    await store.start()
    await store.stop()
    assert.deepEqual(events, [{ kind: 'migrated', from: 0, to: NEWEST }])

    const change = withDatabase(path, (database) => migrate(database, path, MIGRATIONS))

    assert.deepEqual(change, { from: NEWEST, to: NEWEST })
  }))

for (const { version } of MIGRATIONS) {
  test(`a database of version ${version} is brought to the newest one with all that it holds`, () =>
    withSqlite(async ({ path, store }) => {
      withDatabase(path, (database) => {
        migrate(database, path, MIGRATIONS.slice(0, 1))
        fillVersion1(database)
        migrate(database, path, MIGRATIONS.slice(0, version))
      })

      await store.start()

      const known = await store.lookup(query({ digests: [digest(1)], analyses: [key(1)], storyKey: 'key-1' }))
      assert.deepEqual(known.facts.get(digest(1)), content(1))
      assert.equal(known.analyses[0]?.state, 'wanted')
      assert.equal(known.story?.ref, 'ref-1')
      assert.equal(withDatabase(path, schemaVersion), NEWEST)
    }))
}

test('a program of the version before goes on with a database that this one has brought to its version', () =>
  withSqlite(async ({ path, store }) => {
    withDatabase(path, (database) => migrate(database, path, MIGRATIONS.slice(0, 1)))
    await store.start()

    withDatabase(path, (database) =>
      fillVersion1(database, ['id', 'ref', 'key', 'first_seen', 'newest_try', 'tried', 'is_over', 'facts', 'outcome']),
    )

    assert.equal((await store.lookup(query({ storyKey: 'key-1' }))).story?.ref, 'ref-1')
    const change = withDatabase(path, (database) => migrate(database, path, MIGRATIONS.slice(0, 1)))
    assert.deepEqual(change, { from: NEWEST, to: NEWEST })
  }))

test('stories of an older program are found by their addresses, written before this one came or beside it', () =>
  withSqlite(async ({ path, store }) => {
    withDatabase(path, (database) => {
      migrate(database, path, MIGRATIONS.slice(0, 1))
      fillVersion1(database)
    })
    await store.start()
    const found = async () => (await store.messages({ recipient: 'B@example.net', sender: 'a@EXAMPLE.org' }, 9)).length
    assert.equal(await found(), 1)

    withDatabase(path, (database) =>
      database.exec(`INSERT INTO story_try (id, story, queue_id, at, state, recipients, answer)
        VALUES (2, 1, 'q2', 5, 'deciding', '["late@example.net"]', '{}'); UPDATE story SET newest_try = 2`),
    )

    assert.equal((await store.messages({ recipient: 'late@example.net' }, 9)).length, 1)
    assert.equal(await found(), 1)
  }))

test('this program goes on beside a newer one whose schema only adds', () =>
  withSqlite(async ({ path, store, events }) => {
    await store.start()
    await store.saveFacts('recipe', [content(1)])
    withDatabase(path, (database) => migrate(database, path, [...MIGRATIONS, EXPAND]))
    await store.saveFacts('recipe', [content(2)])
    await store.openStory(draft())

    const late = createSqliteStore({ path, timeoutMs: 10_000 })
    await late.start()
    const known = await late.lookup(query({ digests: [digest(1), digest(2)], storyKey: 'key-1' }))
    await late.stop()

    assert.deepEqual([known.facts.size, known.story?.ref], [2, 'ref-1'])
    assert.equal(withDatabase(path, schemaVersion), NEWEST + 1)
    assert.equal(events.length, 1)
  }))

test('a newer schema that this program may not use is refused for good, with versions and remedy, and left alone', () =>
  withSqlite(async ({ path, store, events }) => {
    withDatabase(path, (database) => migrate(database, path, [...MIGRATIONS, EXPAND, CONTRACT]))

    await assert.rejects(store.start(), (error: unknown) => {
      assert.ok(error instanceof StoreRefused)
      for (const part of [path, `version ${NEWEST + 2}`, `before version ${NEWEST + 1}`, 'install the newer program']) {
        assert.ok(error.message.includes(part), part)
      }
      return true
    })

    assert.deepEqual(events, [])
    await assert.rejects(store.check(), /is not open/)
    assert.equal(withDatabase(path, schemaVersion), NEWEST + 2)
  }))

test('a migration that fails leaves the database at the version it had', () => {
  const database = new DatabaseSync(':memory:')
  migrate(database, 'x.db', MIGRATIONS)
  const broken = { version: NEWEST + 2, minReader: 1, sql: 'CREATE TABLE half (a); SELECT * FROM nowhere' }

  assert.throws(() => migrate(database, 'x.db', [...MIGRATIONS, EXPAND, broken]), /nowhere/)

  assert.equal(schemaVersion(database), NEWEST)
  assert.ok(!database.isTransaction)
  assert.throws(() => database.exec('SELECT note FROM known'), /no such column/)
  assert.throws(() => database.exec('SELECT * FROM half'), /no such table/)
  database.close()
})

test("another program's database is refused and left alone", () =>
  withSqlite(async ({ path, store }) => {
    withDatabase(path, (database) => database.exec('CREATE TABLE mailboxes (name TEXT)'))

    await assert.rejects(
      store.start(),
      (error: unknown) => error instanceof StoreRefused && /belongs to another program.*store\.url/.test(error.message),
    )

    const tables = withDatabase(path, (database) => database.prepare('SELECT name FROM sqlite_schema').all())
    assert.deepEqual(
      tables.map((table) => table.name),
      ['mailboxes'],
    )
  }))

function schemaVersion(database: DatabaseSync): unknown {
  return database.prepare('SELECT version FROM schema').get()?.version
}

/** Rows as version 1 wrote them, in its own words: they must not change when the code does. */
function fillVersion1(database: DatabaseSync, storyColumns: readonly string[] = []): void {
  const { ref, key: storyKey, queueId, recipients, samples, outcome, answer, ...facts } = draft()
  const bytes = Buffer.from(digest(1), 'hex')
  const now = Date.now()
  database.prepare('INSERT INTO facts VALUES (?, ?, ?, ?)').run(bytes, 'recipe', JSON.stringify(content(1)), now)
  database
    .prepare(
      `INSERT INTO analysis (sha256, analyzer, options, revision, state, owner, token, lease_until, attempts, marker, task_id, cause, updated)
        VALUES (?, 'cape', 'options', '1', 'wanted', '', 0, 0, 0, '', '', '', ?)`,
    )
    .run(bytes, now)
  database
    .prepare(
      `INSERT INTO story ${storyColumns.length > 0 ? `(${storyColumns})` : ''} VALUES (1, ?, ?, ?, 1, ?, 0, ?, ?)`,
    )
    .run(ref, storyKey, now, now, JSON.stringify(facts), JSON.stringify(outcome))
  database
    .prepare("INSERT INTO story_try VALUES (1, 1, ?, ?, 'deciding', ?, ?)")
    .run(queueId, now, JSON.stringify(recipients), JSON.stringify(answer))
  database.prepare('INSERT INTO story_sample VALUES (1, 0, ?, ?)').run(bytes, JSON.stringify(samples[0]))
}
