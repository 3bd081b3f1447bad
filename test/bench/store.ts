/**
 * What a lookup costs on both stores, whether a million rows of facts slow it down, and what it saves to ask for many at once. Also runs
 * alone: node test/bench/bench.ts --only store
 */
import { join } from 'node:path'
import { type AnalysisChange, createSqliteStore, type Store } from '../../src/store/index.ts'
import { content, contents, digest, key, query } from '../store/build.ts'
import { MariadbServer } from '../store/mariadb-server.ts'
import { spread } from './ratios.ts'
import type { Target } from './targets.ts'

const FEW_ROWS = 2000
const MANY_ROWS = 1_000_000
const SIZES = [1, 35, 1000] as const
/** Milliseconds that a lookup of each size may take. */
const LIMITS_MS = [1, 10, 100] as const
/** A message of many attachments. */
const BATCH = 300
const LOOKUPS = 40
const WARMING = 20
const LEASE_MS = 600_000
/** Nodes, and the leases of each, that renew all at once every twenty seconds. */
const NODES = 50
const LEASES = 100
/** A tenth of those twenty seconds. */
const RENEWAL_LIMIT_MS = 2000

interface Subject {
  readonly name: string
  readonly store: Store
  /** Makes the facts of samples up to this number. */
  grow(from: number, to: number): Promise<void>
}

/** Measures both stores, in one database each. */
export async function measureStore(
  folder: string,
  rounds: number,
  short: boolean,
  progress: (text: string) => void,
): Promise<readonly Target[]> {
  const rows = short ? FEW_ROWS * 10 : MANY_ROWS
  const server = await MariadbServer.make(['--innodb-buffer-pool-size=1G', '--max-allowed-packet=64M'])
  const database = await server.database()
  const subjects = [sqliteIn(folder), mariadbOn(server, database)]
  try {
    const targets: Target[] = []
    for (const subject of subjects) {
      await subject.store.start()
      targets.push(...(await lookups(subject, rows, rounds, progress)))
    }
    for (const subject of subjects) targets.push(await heartbeats(subject, rounds, progress))
    const [, mariadb] = subjects
    return mariadb ? [...targets, ...(await batches(mariadb.store, rounds, progress))] : targets
  } finally {
    await Promise.all(subjects.map(({ store }) => store.stop()))
    await server.remove()
  }
}

async function lookups(subject: Subject, rows: number, rounds: number, progress: (text: string) => void) {
  const { name, store } = subject
  progress(`${name}: few rows`)
  await subject.grow(0, FEW_ROWS)
  const few = await roundsOf(store, FEW_ROWS, rounds)
  progress(`${name}: ${rows} rows`)
  await subject.grow(FEW_ROWS, rows)
  const many = await roundsOf(store, rows, rounds)
  return SIZES.flatMap((size, n): readonly Target[] => {
    const slower = (many[n] ?? []).map((ms, round) => ms / (few[n]?.[round] ?? ms))
    const time = spread(many[n] ?? [])
    const ratio = spread(slower)
    const limit = 1.5
    const limitMs = LIMITS_MS[n] ?? 0
    return [
      {
        what: `${name}: lookup of ${size}, ${rows} rows`,
        limit: limitMs,
        measured: time,
        unit: 'ms',
        holds: time.median <= limitMs,
      },
      {
        what: `${name}: lookup of ${size}, ${rows} rows ÷ ${FEW_ROWS}`,
        limit,
        measured: ratio,
        unit: '',
        holds: ratio.median <= limit,
      },
    ]
  })
}

/** For each size the median of each round. */
async function roundsOf(store: Store, rows: number, rounds: number): Promise<readonly (readonly number[])[]> {
  const all: number[][] = SIZES.map(() => [])
  for (let round = 0; round < rounds; round += 1) {
    for (const [n, size] of SIZES.entries()) all[n]?.push(await medianOf(store, size, rows))
  }
  return all
}

async function medianOf(store: Store, size: number, rows: number): Promise<number> {
  const times: number[] = []
  for (let n = 0; n < WARMING + LOOKUPS; n += 1) {
    const digests = Array.from({ length: size }, () => digest(Math.floor(Math.random() * rows)))
    const before = performance.now()
    const { facts } = await store.lookup(query({ digests }))
    if (n >= WARMING) times.push(performance.now() - before)
    if (facts.size === 0) throw new Error('the lookup found nothing')
  }
  return spread(times).median
}

/** All nodes renew all their leases at once. */
async function heartbeats({ name, store }: Subject, rounds: number, progress: (text: string) => void): Promise<Target> {
  progress(`${name}: renewals of ${NODES} nodes`)
  const beats: AnalysisChange[][] = []
  for (let node = 0; node < NODES; node += 1) {
    const keys = Array.from({ length: LEASES }, (_, n) => key(n, { revision: `of node ${node}` }))
    const rows = await store.claim(keys, `node-${node}`, LEASE_MS)
    beats.push(rows.map(({ owner, token }, n) => ({ key: keys[n] ?? key(0), owner, token, state: 'leased' })))
  }
  const times: number[] = []
  for (let round = 0; round < rounds + 1; round += 1) {
    const ms = await timeOf(() => Promise.all(beats.map((changes) => store.advance(changes, LEASE_MS))))
    // The first round warms up.
    if (round > 0) times.push(ms)
  }
  const measured = spread(times)
  const what = `${name}: ${NODES} nodes renew ${LEASES} leases each`
  return { what, limit: RENEWAL_LIMIT_MS, measured, unit: 'ms', holds: measured.median <= RENEWAL_LIMIT_MS }
}

/** One statement for many rows beside one for each. */
async function batches(store: Store, rounds: number, progress: (text: string) => void): Promise<readonly Target[]> {
  progress('mariadb: many at once')
  const found: number[] = []
  const leased: number[] = []
  for (let round = 0; round < rounds + 1; round += 1) {
    const digests = Array.from({ length: BATCH }, (_, n) => digest(n))
    const together = await timeOf(() => store.lookup(query({ digests })))
    const singly = await timeOf(async () => {
      for (const one of digests) await store.lookup(query({ digests: [one] }))
    })
    const keys = (revision: string) => digests.map((_, n) => key(n, { revision: `${revision} ${round}` }))
    const leases = await timeOf(() => store.claim(keys('together'), 'node-a', LEASE_MS))
    const each = await timeOf(async () => {
      for (const one of keys('singly')) await store.claim([one], 'node-a', LEASE_MS)
    })
    // The first round warms up.
    if (round > 0) found.push(singly / together)
    if (round > 0) leased.push(each / leases)
  }
  return [
    atLeast(`mariadb: ${BATCH} lookups singly ÷ in one (at least)`, found, 10),
    atLeast(`mariadb: ${BATCH} leases singly ÷ in one (at least)`, leased, 8),
  ]
}

function atLeast(what: string, values: readonly number[], limit: number): Target {
  const measured = spread(values)
  return { what, limit, measured, unit: '', holds: measured.median >= limit }
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const before = performance.now()
  await work()
  return performance.now() - before
}

function sqliteIn(folder: string): Subject {
  const store = createSqliteStore({ path: join(folder, 'bench.db'), timeoutMs: 60_000 })
  const grow = async (from: number, to: number) => {
    for (let at = from; at < to; at += FEW_ROWS) {
      const count = Math.min(FEW_ROWS, to - at)
      await store.saveFacts(
        'recipe',
        Array.from({ length: count }, (_, n) => content(at + n)),
      )
    }
  }
  return { name: 'sqlite', store, grow }
}

/** The server makes the rows itself, which spares sending them. */
function mariadbOn(server: MariadbServer, database: string): Subject {
  const store = server.store(database)
  const grow = async (from: number, to: number) => {
    const [example] = contents(1)
    const text = JSON.stringify({ ...example, sha256: '@', size: 1000 }).replaceAll("'", "''")
    for (let at = from; at < to; at += 50_000) {
      const end = Math.min(at + 50_000, to) - 1
      await server.sql(
        `INSERT INTO facts (sha256, recipe, content, has_within, saved, used)
          SELECT UNHEX(SHA2(CONCAT('sample ', seq), 256)), 'recipe', REPLACE('${text}', '@', SHA2(CONCAT('sample ', seq), 256)), 0,
            UNIX_TIMESTAMP() * 1000, UNIX_TIMESTAMP() * 1000 FROM seq_${at}_to_${end}`,
        database,
      )
    }
  }
  return { name: 'mariadb', store, grow }
}
