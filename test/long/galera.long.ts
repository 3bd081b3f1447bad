// The contract of stores, and two nodes of ours, on a Galera cluster of two MariaDB servers on this host.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Store } from '../../src/store/index.ts'
import { freePorts } from '../postfix/ports.ts'
import { content, digest, draft, keys, query } from '../store/build.ts'
import { describeStore } from '../store/contract.ts'
import { MariadbServer } from '../store/mariadb-server.ts'
import { awayWith, soon } from '../store/sqlite-bench.ts'

const LIBRARY = '/usr/lib/galera/libgalera_smm.so'
const LEASE_MS = 600_000

let first: MariadbServer
let second: MariadbServer

before(async () => {
  const ports = await freePorts(6)
  first = await galeraNode(ports.slice(0, 3), 'gcomm://')
  second = await galeraNode(ports.slice(3), `gcomm://127.0.0.1:${ports[0]}`)
})
after(async () => {
  await second?.remove()
  await first?.remove()
})

describeStore('galera', async (now) => {
  const database = await first.database()
  const end = async () => {
    await first.sql(`DROP DATABASE ${database}`)
  }
  return { store: first.store(database, { now }), end }
})

test('two nodes at two servers that race for the same thousand analyses share them: one owner each', async (t) => {
  const nodes = await twoStores()
  t.after(() => Promise.all(nodes.map((store) => store.stop())))

  const won = await Promise.all(nodes.map((store, n) => race(store, `node-${n}`, n === 1)))

  const all = won.flat()
  assert.equal(all.length, 1000, 'none is owned twice, none by nobody')
  assert.equal(new Set(all).size, 1000)
})

test('what one node wrote the other finds, and a story goes on at the other', async (t) => {
  const [one, other] = await twoStores()
  t.after(() => Promise.all([one.stop(), other.stop()]))
  await one.saveFacts('recipe', [content(1)])
  await one.openStory(draft({ queueId: 'first' }))

  const known = () => other.lookup(query({ digests: [digest(1)], storyKey: 'key-1' }))
  while ((await known()).story === undefined) await new Promise(setImmediate)
  await other.openStory(draft({ queueId: 'second' }))
  await other.answerStory('ref-1', 'second', { disposition: 'accept', reply: '' })

  const told = async () => (await one.stories({ ref: 'ref-1' }, 1))[0]?.tries.at(-1)
  while ((await told())?.state !== 'answered' || (await told())?.queueId !== 'second') await new Promise(setImmediate)
  assert.equal((await known()).facts.size, 1)
})

test('a node that is not part of the primary component is away, and back with it', async (t) => {
  const [, other] = await twoStores({ timeout: 2000 })
  t.after(() => other.stop())
  await second.sql("SET GLOBAL wsrep_provider_options = 'gmcast.isolate=1'")
  t.after(() => second.sql("SET GLOBAL wsrep_provider_options = 'gmcast.isolate=0'").catch(() => undefined))

  await soon(untilAway(other), 'the fault')
  await second.sql("SET GLOBAL wsrep_provider_options = 'gmcast.isolate=0'")

  await soon(untilWritten(other), 'the return')
})

async function twoStores(settings: { timeout?: number } = {}): Promise<[Store, Store]> {
  const database = await first.database()
  const stores: [Store, Store] = [first.store(database, settings), second.store(database, settings)]
  await stores[0].start()
  for (;;) {
    const found = await second.sql<unknown[]>(`SHOW TABLES FROM ${database}`).catch(() => [])
    if (found.length > 0) break
    await new Promise(setImmediate)
  }
  await stores[1].start()
  return stores
}

async function untilAway(store: Store): Promise<void> {
  for (;;) {
    const fault = await store.saveFacts('recipe', [content(2)]).then(
      () => undefined,
      (error: unknown) => error,
    )
    if (fault === undefined) continue
    assert.ok(awayWith('')(fault))
    return
  }
}

async function untilWritten(store: Store): Promise<void> {
  while (
    !(await store.saveFacts('recipe', [content(3)]).then(
      () => true,
      () => false,
    ))
  ) {
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Claims all in small batches, in one or the other direction; the digests that it got. */
async function race(store: Store, owner: string, isBackwards: boolean): Promise<readonly string[]> {
  const order = isBackwards ? keys(1000).toReversed() : keys(1000)
  const won: string[] = []
  for (let at = 0; at < order.length; at += 25) {
    const rows = await store.claim(order.slice(at, at + 25), owner, LEASE_MS)
    won.push(...rows.filter((row) => row.owner === owner).map((row) => row.sha256))
  }
  return won
}

/** One server of the cluster; `cluster` names a node that is there, or nobody. */
function galeraNode(
  [group, incremental, state]: readonly (number | undefined)[],
  cluster: string,
): Promise<MariadbServer> {
  const host = '127.0.0.1'
  return MariadbServer.make([
    ...['--wsrep-on=ON', `--wsrep-provider=${LIBRARY}`, `--wsrep-cluster-address=${cluster}`],
    ...['--binlog-format=ROW', '--default-storage-engine=InnoDB', '--innodb-autoinc-lock-mode=2'],
    ...[
      '--wsrep-sst-method=rsync',
      `--wsrep-node-address=${host}:${group}`,
      `--wsrep-sst-receive-address=${host}:${state}`,
    ],
    `--wsrep-provider-options=gmcast.listen_addr=tcp://${host}:${group};ist.recv_addr=${host}:${incremental}`,
  ])
}
