// How many statements a message costs: as many for 300 attachments as for one.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync, StatementSync } from 'node:sqlite'
import { after, before, describe, type TestContext, test } from 'node:test'
import type { Analysis, AnalysisChange, Store } from '../../src/store/index.ts'
import { createCommit } from '../../src/store/sqlite/commit.ts'
import { openForWriting } from '../../src/store/sqlite/database.ts'
import { factsOperations, storyOperation } from '../../src/store/sqlite/draft.ts'
import type { Operation } from '../../src/store/sqlite/operation.ts'
import { Reader } from '../../src/store/sqlite/reader.ts'
import { keysJson } from '../../src/store/sqlite/rows.ts'
import { contents, digests, draft, judged, keys, query } from './build.ts'
import { MariadbServer } from './mariadb-server.ts'
import { inTempFolder } from './temp-folder.ts'

const MANY = 300
const LEASE_MS = 60_000

describe('statements on MariaDB', () => {
  let server: MariadbServer
  before(async () => {
    server = await MariadbServer.make()
  })
  after(() => server.remove())

  /** Statements that the server got, and those that it was asked to count. */
  const counted = async (work: () => Promise<unknown>): Promise<number> => {
    const connection = await server.connect()
    const count = async () => {
      const [row] = await connection.query<{ Value: string }[]>("SHOW GLOBAL STATUS LIKE 'Questions'")
      return Number(row?.Value)
    }
    const began = await count()
    await work()
    const ended = await count()
    await connection.end()
    return ended - began - 1
  }

  /** An open store with one connection. */
  const open = async (t: TestContext): Promise<Store> => {
    const store = server.store(await server.database())
    t.after(() => store.stop())
    await store.start()
    return store
  }

  test('a message of 300 known attachments is one round trip of as many statements as with one', async (t) => {
    const store = await open(t)
    await store.saveFacts('recipe', contents(MANY))
    await store.openStory(draft({ key: 'known' }))
    const ask = (count: number) =>
      store.lookup(query({ digests: digests(count), analyses: keys(count), storyKey: 'known', history: true }))

    const [one, many] = [await counted(() => ask(1)), await counted(() => ask(MANY))]

    // The clock, the facts, the analyses, the history, the story, its tries, its samples.
    assert.deepEqual([one, many], [7, 7])
  })

  test('a message of 300 unknown attachments is written by as many statements as one with one', async (t) => {
    const store = await open(t)
    const count = async (size: number) => ({
      facts: await counted(() => store.saveFacts(`recipe ${size}`, contents(size))),
      claim: await counted(() => store.claim(keysOf(size), 'node-a', LEASE_MS, 1)),
      story: await counted(() => store.openStory(storyOf(size))),
      renewal: await counted(async () => store.advance(beatsOf(await held(store, size)), LEASE_MS)),
    })

    const [one, many] = [await count(1), await count(MANY)]

    assert.deepEqual(many, one)
    assert.deepEqual(many, { facts: 1, claim: 4, story: many.story, renewal: 3 })
  })
})

test('on SQLite too 300 attachments are looked up and written by as many statements as one', (t) =>
  inTempFolder(async (folder) => {
    const path = join(folder, 'peekaboo.db')
    const { database } = openForWriting(path, 1000, false)
    const commit = createCommit(database, path)
    const write = (operation: Operation | undefined) => {
      assert.ok(operation)
      for (const result of commit([operation], null)) assert.ok('value' in result, JSON.stringify(result))
    }
    // SQLite commits for the first time, and sets what the next commits need.
    write({ kind: 'check' })
    write(factsOperations('recipe', contents(MANY))[0])
    const reader = new Reader(path)
    const counted = countStatements(t)
    const ask = { storyKey: 'known', history: true }
    const claimed = (size: number) => ({ kind: 'claim', keysJson: keysJson(keysOf(size)), owner: 'a' }) as const
    const count = (size: number) => ({
      lookup: counted(() => reader.lookup(query({ digests: digests(size), analyses: keys(size), ...ask }), null)),
      facts: counted(() => write(factsOperations(`recipe ${size}`, contents(size))[0])),
      claim: counted(() => write({ ...claimed(size), leaseMs: LEASE_MS, failedBefore: 1 })),
      story: counted(() => write(storyOperation(storyOf(size)))),
    })

    count(1)
    const [one, many] = [count(2), count(MANY)]
    reader.close()
    database.close()

    assert.deepEqual(many, one)
    assert.ok(many.lookup <= 8, String(many.lookup))
  }))

/** Counts what prepared statements and databases of this thread are asked to do. */
function countStatements(t: TestContext): (work: () => unknown) => number {
  let count = 0
  for (const method of ['all', 'get', 'run'] as const) {
    const real = StatementSync.prototype[method] as (...args: unknown[]) => unknown
    t.mock.method(StatementSync.prototype, method, function counted(this: StatementSync, ...args: unknown[]) {
      count += 1
      return real.apply(this, args)
    })
  }
  const exec = DatabaseSync.prototype.exec
  t.mock.method(DatabaseSync.prototype, 'exec', function counted(this: DatabaseSync, sql: string) {
    count += 1
    exec.call(this, sql)
  })
  return (work) => {
    const began = count
    work()
    return count - began
  }
}

/** Analyses that are claimed for this size of message alone. */
function keysOf(size: number) {
  return keys(size).map((key) => ({ ...key, revision: `for ${size}` }))
}

function storyOf(size: number) {
  return draft({ ref: `ref-${size}`, samples: Array.from({ length: size }, (_, n) => judged(n)) })
}

async function held(store: Store, size: number): Promise<readonly Analysis[]> {
  return (await store.lookup(query({ analyses: keysOf(size) }))).analyses
}

function beatsOf(rows: readonly Analysis[]): readonly AnalysisChange[] {
  return rows.map(({ analyzer, optionsDigest, revision, sha256, owner, token }) => ({
    ...{ key: { analyzer, optionsDigest, revision, sha256 }, owner, token, state: 'leased' },
  }))
}
