import assert from 'node:assert/strict'
import { closeSync, existsSync, openSync, renameSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createSqliteStore } from '../../src/store/index.ts'
import { openForWriting } from '../../src/store/sqlite/database.ts'
import { explainProblem } from '../../src/store/sqlite/problem.ts'
import { content, contents, digest, digests, draft, key, query } from './build.ts'
import { awayWith, soon, withDatabase, withSqlite } from './sqlite-bench.ts'
import { inTempFolder } from './temp-folder.ts'

const SHORT_MS = 1000
const mortal = { writerEntry: new URL('./mortal-writer.ts', import.meta.url) }

test('a lock that another program holds makes writes fail in time, then at once, while reads go on; its release ends that', () =>
  withSqlite(
    async ({ path, store, seen }) => {
      await store.start()
      await store.saveFacts('recipe', [content(1)])
      await withDatabaseAsync(path, async (other) => {
        other.exec('BEGIN EXCLUSIVE')

        await soon(
          assert.rejects(store.saveFacts('recipe', [content(2)]), awayWith(path, 'locked', 'fuser -v')),
          'the fault',
        )

        await atOnce(assert.rejects(store.openStory(draft()), awayWith(path, 'locked')))
        await assert.rejects(store.check(), awayWith('locked'))
        assert.equal((await store.lookup(query({ digests: [digest(1)] }))).facts.size, 1)
        other.exec('ROLLBACK')
      })

      await seen('recovered')
      await store.saveFacts('recipe', [content(3)])
      await store.check()
      assert.deepEqual([...(await store.lookup(query({ digests: digests(5) }))).facts.keys()], [digest(1), digest(3)])
    },
    { timeoutMs: SHORT_MS },
  ))

test('a store that cannot be opened at the start says why and comes by itself when it can be', () =>
  withSqlite(
    async ({ path, store, seen }) => {
      await withDatabaseAsync(path, async (other) => {
        other.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
        await soon(assert.rejects(store.start(), awayWith(path, 'locked')), 'the fault')
        await assert.rejects(store.lookup(query({ digests: [digest(1)] })), awayWith('locked'))
      })

      await seen('recovered')
      await store.saveFacts('recipe', [content(1)])
      assert.equal((await store.lookup(query({ digests: [digest(1)] }))).facts.size, 1)
    },
    { timeoutMs: SHORT_MS },
  ))

test('a disk that hangs makes the write fail in time and the next at once; when it goes on so does the store', () =>
  withSqlite(
    async ({ path, store, seen }) => {
      await store.start()
      writeFileSync(`${path}.hang`, '')

      await soon(assert.rejects(store.openStory(draft()), awayWith(path, 'did not answer within')), 'the fault')
      await atOnce(assert.rejects(store.openStory(draft()), awayWith('did not answer within')))
      assert.deepEqual((await store.lookup(query({ digests: [digest(1)] }))).facts.size, 0)
      rmSync(`${path}.hang`)

      await seen('recovered')
      await store.openStory(draft({ ref: 'later' }))
      assert.equal((await store.stories({ ref: 'later' }, 1)).length, 1)
    },
    { timeoutMs: SHORT_MS, ...mortal },
  ))

test('a stop does not wait for a disk that hangs', () =>
  withSqlite(
    async ({ path, store }) => {
      await store.start()
      writeFileSync(`${path}.hang`, '')
      const write = assert.rejects(store.openStory(draft()), awayWith(path))

      await soon(store.stop(), 'the stop')

      await write
    },
    { timeoutMs: SHORT_MS, ...mortal },
  ))

test('a writer thread that dies takes its writes with it, is started again, and ends nothing else', () =>
  withSqlite(async ({ path, store, seen }) => {
    await store.start()
    writeFileSync(`${path}.die`, '')

    const writes = [store.openStory(draft()), store.saveFacts('recipe', [content(1)])]
    for (const write of writes) await assert.rejects(write, awayWith('writer thread ended', 'exit code 3'))

    await seen('recovered')
    assert.ok(!existsSync(`${path}.die`))
    await store.saveFacts('recipe', [content(2)])
    assert.deepEqual([...(await store.lookup(query({ digests: digests(3) }))).facts.keys()], [digest(2)])
  }, mortal))

test('the queue of writes is bounded, and what is in it is written when the disk goes on', () =>
  withSqlite(
    async ({ path, store }) => {
      await store.start()
      writeFileSync(`${path}.hang`, '')
      const queued = Array.from({ length: 20_000 }, (_, n) => store.answerStory('unknown', String(n), draft().answer))

      await assert.rejects(store.saveFacts('recipe', contents(1)), awayWith(path, 'writes wait already'))
      rmSync(`${path}.hang`)

      await soon(Promise.all(queued), 'the commits')
      await store.saveFacts('recipe', contents(1))
    },
    { timeoutMs: 30_000, ...mortal },
  ))

test('one operation that cannot be written takes no other with it', () =>
  withSqlite(async ({ store }) => {
    await store.start()
    const [row] = await store.claim([key(1)], 'node-a', 1000)
    assert.ok(row)
    const change = { key: key(1), owner: 'node-a', token: row.token, state: 'submitting' as const }

    const good = store.saveFacts('recipe', [content(1)])
    const bad = store.advance([{ ...change, attempts: 1.5 }], 1000)
    const last = store.advance([{ ...change, marker: 'm' }], 1000)

    await assert.rejects(bad, /REAL value in INTEGER/)
    await good
    assert.deepEqual(await last, [true])
    await store.check()
  }))

test('a file that is no database is refused with its name and a remedy, and left as it is', () =>
  withSqlite(async ({ path, store }) => {
    const garbage = 'This is a mailbox, not a database.\n'.repeat(500)
    writeFileSync(path, garbage)

    await assert.rejects(store.start(), awayWith(path, 'is no SQLite database', 'move the file away'))

    assert.equal(statSync(path).size, garbage.length)
  }))

test('damage is told, and nothing is believed until a sound file is in its place', () =>
  withSqlite(async ({ path, store, seen }) => {
    await fillAndDamage(path)
    await store.start()

    await assert.rejects(
      store.lookup(query({ digests: digests(2000) })),
      awayWith(path, 'is damaged', 'restore a backup'),
    )

    await assert.rejects(store.lookup(query()), awayWith('is damaged'))
    await assert.rejects(store.check(), awayWith('is damaged'))
    for (const file of [path, `${path}-wal`, `${path}-shm`]) rmSync(file, { force: true })
    await seen('recovered')
    await store.saveFacts('recipe', [content(1)])
    assert.equal((await store.lookup(query({ digests: digests(2000) }))).facts.size, 1)
  }))

test('a file that was found damaged is checked whole before it is believed again', () =>
  withSqlite(async ({ path }) => {
    await fillAndDamage(path)

    openForWriting(path, 1000, false).database.close()
    assert.throws(
      () => openForWriting(path, 1000, true),
      (error) => /is damaged/.test(explainProblem(error, path).message),
    )
  }))

test('a file that was moved away while open is noticed by the check, and a new one is begun', () =>
  withSqlite(async ({ path, store, seen }) => {
    await store.start()
    renameSync(path, `${path}.moved`)
    writeFileSync(path, '')

    await assert.rejects(store.check(), awayWith(path, 'replaced'))

    await seen('recovered')
    await store.saveFacts('recipe', [content(1)])
    assert.equal(
      withDatabase(path, (database) => database.prepare('SELECT count(*) AS n FROM known').get()?.n),
      1,
    )
  }))

test('the database and its side files are for their owner only, also in a folder that is made for them', () =>
  inTempFolder(async (folder) => {
    const path = join(folder, 'data', 'peekaboo.db')
    const store = createSqliteStore({ path, timeoutMs: 10_000 })
    await store.start()
    await store.saveFacts('recipe', [content(1)])
    const modes = [join(folder, 'data'), path, `${path}-wal`, `${path}-shm`].map((file) => statSync(file).mode & 0o777)
    await store.stop()

    assert.deepEqual(modes, [0o700, 0o600, 0o600, 0o600])
  }))

test('a database that others could read is closed to them', () =>
  withSqlite(async ({ path, store }) => {
    new DatabaseSync(path).close()
    await chmod(path, 0o644)

    await store.start()

    assert.equal(statSync(path).mode & 0o777, 0o600)
  }))

test('a folder that is in the way of the file is named', () =>
  withSqlite(async ({ path, store }) => {
    await mkdir(path)

    await assert.rejects(store.start(), awayWith(path, 'cannot be opened'))
  }))

async function withDatabaseAsync(path: string, use: (database: DatabaseSync) => Promise<void>): Promise<void> {
  const database = new DatabaseSync(path)
  try {
    await use(database)
  } finally {
    database.close()
  }
}

/** Zeroes the pages of a database that hold facts; its schema, which is read first, stays. */
async function fillAndDamage(path: string): Promise<void> {
  const store = createSqliteStore({ path, timeoutMs: 10_000 })
  await store.start()
  await store.saveFacts('recipe', contents(2000))
  await store.stop()
  const pages = withDatabase(path, (database) =>
    database.prepare("SELECT pgoffset AS at, pgsize AS size FROM dbstat WHERE name = 'known'").all(),
  )
  assert.ok(pages.length > 10)
  const file = openSync(path, 'r+')
  for (const { at, size } of pages) writeSync(file, Buffer.alloc(Number(size)), 0, Number(size), Number(at))
  closeSync(file)
}

/** Fails when the promise needs more than this turn of the event loop. */
async function atOnce(promise: Promise<void>): Promise<void> {
  let isDone = false
  const done = promise.then(() => {
    isDone = true
  })
  await nextTurn()
  assert.ok(isDone, 'the answer was waited for')
  await done
}
