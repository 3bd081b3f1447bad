import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { Secret } from '../../src/core/index.ts'
import { StoreRefused } from '../../src/store/index.ts'
import { content, contents, digest, digests, draft, key, keys, query } from './build.ts'
import { benchOn } from './mariadb-bench.ts'
import { MariadbServer } from './mariadb-server.ts'
import { awayWith, soon } from './sqlite-bench.ts'

const SHORT = { timeout: 2000 }

let server: MariadbServer
before(async () => {
  server = await MariadbServer.make()
})
after(() => server.remove())

test('a server that is down at the start is named, and the store comes by itself when it is up', async (t) => {
  const { store, seen } = await benchOn(t, server)
  await server.stop()
  t.after(() => server.start().catch(() => undefined))

  await assert.rejects(store.start(), awayWith(server.socketPath, 'cannot be reached', 'is the server running?'))
  await assert.rejects(store.lookup(query({ digests: [digest(1)] })), awayWith('cannot be reached'))
  await server.start()

  await seen('recovered')
  await store.saveFacts('recipe', [content(1)])
  assert.equal((await store.lookup(query({ digests: [digest(1)] }))).facts.size, 1)
})

test('a server that is killed is away at once and loses nothing that was written; its return is noticed', async (t) => {
  const { store, seen } = await benchOn(t, server)
  await store.start()
  await store.saveFacts('recipe', contents(10))
  await server.stop('SIGKILL')

  await assert.rejects(store.openStory(draft()), awayWith(server.socketPath))
  await seen('unavailable')
  await server.start()

  await seen('recovered')
  await store.openStory(draft())
  assert.equal((await store.lookup(query({ digests: digests(10) }))).facts.size, 10)
  assert.equal((await store.stories({ ref: 'ref-1' }, 1)).length, 1)
})

test('a server that hangs makes a question fail in time and the next at once; when it goes on so does the store', async (t) => {
  const { store, seen } = await benchOn(t, server, SHORT)
  await store.start()
  server.pause()
  t.after(() => server.resume())

  await soon(assert.rejects(store.lookup(query({ storyKey: 'k' })), awayWith('did not answer in time')), 'the fault')
  await assert.rejects(store.openStory(draft()), awayWith('did not answer in time'))
  server.resume()

  await seen('recovered')
  await store.openStory(draft())
})

test('a stop does not wait for a server that hangs', async (t) => {
  const { store } = await benchOn(t, server, SHORT)
  await store.start()
  server.pause()
  t.after(() => server.resume())
  const question = assert.rejects(store.lookup(query({ storyKey: 'k' })), awayWith(''))

  await soon(store.stop(), 'the stop')

  await question
  server.resume()
})

test('connections that the server ended are replaced without anybody noticing', async (t) => {
  const { store, database, events } = await benchOn(t, server)
  await store.start()
  await Promise.all(Array.from({ length: 8 }, () => store.saveFacts('recipe', [content(1)])))

  await killAll(database)

  assert.equal((await store.lookup(query({ digests: [digest(1)] }))).facts.size, 1)
  assert.deepEqual(
    events.map((event) => event.kind),
    ['migrated'],
  )
})

test('a transaction that loses a deadlock is done again, and its lease is taken when the winner is done', async (t) => {
  const { store, database, events } = await benchOn(t, server)
  await store.start()
  await store.claim(keys(2), 'node-a', 1)
  const ids = await server.sql<{ id: string }[]>('SELECT LOWER(HEX(id)) AS id FROM analysis ORDER BY id', database)
  const [low, high] = ids.map(({ id }) => `UPDATE analysis SET marker = 'other' WHERE id = x'${id}'`)
  const other = await server.connect(database)
  t.after(() => other.end())
  await other.query('BEGIN')
  // A transaction that changed much is not the one that is ended.
  await other.query(
    "INSERT INTO facts (sha256, recipe, content, has_within, saved) SELECT UNHEX(SHA2(seq, 256)), 'r', '{}', 0, 0 FROM seq_1_to_2000",
  )
  await other.query(high ?? '')

  const claimed = store.claim(keys(2), 'node-b', 60_000)
  await lockWait()
  await other.query(low ?? '')
  await other.query('COMMIT')

  assert.deepEqual(
    (await claimed).map(({ owner, token, marker }) => [owner, token, marker]),
    [
      ['node-b', 2, 'other'],
      ['node-b', 2, 'other'],
    ],
  )
  assert.ok((await deadlocks()) > 0)
  assert.deepEqual(
    events.map((event) => event.kind),
    ['migrated'],
  )
})

test('a table that another session has locked is away in time, and back when it is free', async (t) => {
  const { store, database, seen } = await benchOn(t, server, SHORT)
  await store.start()
  const other = await server.connect(database)
  t.after(() => other.end())
  await other.query('LOCK TABLES story WRITE, story_try WRITE, story_sample WRITE')

  await soon(assert.rejects(store.openStory(draft()), awayWith('did not answer in time')), 'the fault')
  await other.query('UNLOCK TABLES')

  await seen('recovered')
  await store.openStory(draft())
})

test('a user with a password is let in by it, and a wrong one is told with its remedy', async (t) => {
  const { user, password } = await ordinaryUser()
  const { store } = await benchOn(t, server, { user, password: secret(password) })
  const wrong = await benchOn(t, server, { user, password: secret('no') })

  await store.start()
  await store.saveFacts('recipe', [content(1)])

  await assert.rejects(wrong.store.start(), (error: Error) => {
    assert.match(error.message, /refuses user or password.*check store\.user and store\.password/)
    assert.ok(!error.message.includes(password))
    return true
  })
})

test('a server that takes no writes is told as read-only', async (t) => {
  const { user, password } = await ordinaryUser()
  const { store, seen } = await benchOn(t, server, { user, password: secret(password) })
  await store.start()
  await server.sql('SET GLOBAL read_only = 1')
  t.after(() => server.sql('SET GLOBAL read_only = 0'))

  await assert.rejects(
    store.saveFacts('recipe', [content(1)]),
    awayWith('is read-only', 'name the server that takes writes'),
  )
  await server.sql('SET GLOBAL read_only = 0')

  await seen('recovered')
  await store.saveFacts('recipe', [content(1)])
})

test('a database that is not there is named', async (t) => {
  const { store } = await benchOn(t, server, { database: 'nowhere' })

  await assert.rejects(store.start(), awayWith('has no such database', 'store.database'))
})

test("another program's database is refused for good and left alone", async (t) => {
  const { store, database } = await benchOn(t, server)
  await server.sql('CREATE TABLE mailboxes (name TEXT)', database)

  await assert.rejects(
    store.start(),
    (error: unknown) => error instanceof StoreRefused && /tables of another program/.test(error.message),
  )

  assert.deepEqual(await server.sql('SHOW TABLES', database), [{ [`Tables_in_${database}`]: 'mailboxes' }])
  await assert.rejects(store.check(), /is not open/)
})

test('one question that cannot be written takes no other with it and does not make the store go away', async (t) => {
  const { store, events } = await benchOn(t, server)
  await store.start()

  const bad = store.claim([key(1, { analyzer: 'x'.repeat(300) })], 'node-a', 1000)
  const good = store.saveFacts('recipe', [content(1)])

  await assert.rejects(bad, /Data too long/)
  await good
  await store.check()
  assert.equal(events.length, 1)
})

/** Ends every connection to a database from outside. */
async function killAll(database: string): Promise<void> {
  const list = await server.sql<{ id: number }[]>(
    `SELECT id FROM information_schema.processlist WHERE db = '${database}' AND id <> CONNECTION_ID()`,
  )
  for (const { id } of list) await server.sql(`KILL ${id}`)
}

/** Resolves when some transaction waits for a row. */
async function lockWait(): Promise<void> {
  for (;;) {
    const [row] = await server.sql<{ n: number }[]>(
      "SELECT COUNT(*) AS n FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'",
    )
    if (Number(row?.n) > 0) return
    await pause(5)
  }
}

async function deadlocks(): Promise<number> {
  const [row] = await server.sql<{ Value: string }[]>("SHOW GLOBAL STATUS LIKE 'Innodb_deadlocks'")
  return Number(row?.Value)
}

/** Not the administrator, whom some limits do not bind. */
async function ordinaryUser(): Promise<{ user: string; password: string }> {
  const [user, password] = ['filter', 'open sesame']
  await server.sql(`CREATE USER IF NOT EXISTS ${user}@localhost IDENTIFIED BY '${password}'`)
  await server.sql(`GRANT ALL ON \`test%\`.* TO ${user}@localhost`)
  return { user, password }
}

function secret(value: string): Secret {
  const made = new Secret({ env: 'PASSWORD' })
  made.take(value)
  return made
}
