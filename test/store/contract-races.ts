import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Analysis, AnalysisState } from '../../src/store/index.ts'
import { key, keys, query } from './build.ts'
import type { Bench, OnStore } from './contract.ts'

const LEASE_MS = 100
const OWNERS = ['node-a', 'node-b', 'node-c']
const STATES = ['wanted', 'leased', 'submitting', 'submitted', 'reported', 'failed'] satisfies AnalysisState[]

/** What a node may do next: ask for some rows, write with something that it was once given, or wait. */
const step = fc.oneof(
  fc.record({
    ...{ do: fc.constant('claim' as const), owner: fc.constantFrom(...OWNERS), rows: fc.subarray([0, 1]) },
    forgives: fc.boolean(),
  }),
  fc.record({ do: fc.constant('takeOver' as const), owner: fc.constantFrom(...OWNERS) }),
  fc.record({ do: fc.constantFrom('cancel' as const, 'retry' as const), row: fc.constantFrom(0, 1) }),
  fc.record({
    do: fc.constant('advance' as const),
    lease: fc.nat(),
    state: fc.constantFrom(...STATES),
    letsGo: fc.boolean(),
  }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, LEASE_MS - 1, LEASE_MS) }),
)
const HELD: ReadonlySet<AnalysisState> = new Set(['leased', 'submitting', 'submitted'])

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

export function describeRaces(onStore: OnStore): void {
  test(
    'whatever several owners and operators do in whatever order, no lease has two owners and no stale token writes',
    onStore(async (bench) => {
      let run = 0
      const property = fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 40 }), async (steps) => {
        run += 1
        await walk(bench, steps, `run ${run}`)
      })

      await fc.assert(property, { numRuns: 100 })
    }),
  )

  test(
    'of many who ask for the same thousand analyses at once each is the owner of some, and every one has exactly one owner',
    onStore(async ({ store }) => {
      const pieces = OWNERS.flatMap((owner) => Array.from({ length: 10 }, (_, n) => ({ owner, n })))
      const claims = pieces.map(({ owner, n }) => store.claim(keys(1000).slice(n * 90, n * 90 + 190), owner, LEASE_MS))

      const rows = (await Promise.all(claims)).flat()

      const owners = new Map<string, Set<string>>()
      for (const row of rows) {
        owners.set(row.sha256, (owners.get(row.sha256) ?? new Set()).add(`${row.owner} ${row.token}`))
      }
      assert.equal(owners.size, 1000)
      assert.ok([...owners.values()].every((seen) => seen.size === 1))
    }),
  )
}

/** Every lease that was ever given, and the newest token of each row. */
interface Book {
  readonly given: Analysis[]
  readonly newest: Map<string, Analysis>
}

async function walk(bench: Bench, steps: readonly Step[], revision: string): Promise<void> {
  const book: Book = { given: [], newest: new Map() }
  for (const next of steps) {
    if (next.do === 'wait') bench.advanceMs(next.ms)
    else if (next.do === 'claim') await walkClaim(bench, book, next, revision)
    else if (next.do === 'takeOver') await walkTakeOver(bench, book, next.owner, revision)
    else if (next.do === 'advance') await walkAdvance(bench, book, next)
    else await walkOperator(bench, book, next, revision)
  }
}

type Of<K extends Step['do']> = Extract<Step, { do: K }>

async function walkClaim(bench: Bench, book: Book, { owner, rows, forgives }: Of<'claim'>, revision: string) {
  const asked = rows.map((n) => keyOf(n, revision))
  for (const row of await bench.store.claim(asked, owner, LEASE_MS, forgives ? bench.now() + 1 : 0)) {
    const before = book.newest.get(row.sha256)
    const wasTaken = row.token !== (before?.token ?? 0)
    if (wasTaken) {
      mustBeGiven(bench, row, before, owner)
      assert.ok(before?.state !== 'reported' && (forgives || before?.state !== 'failed'), 'finished work was claimed')
      book.given.push(row)
    } else assert.deepEqual(row, before)
    book.newest.set(row.sha256, row)
  }
}

function mustBeGiven(bench: Bench, row: Analysis, before: Analysis | undefined, owner: string): void {
  assert.equal(row.owner, owner, 'only the one who asks is given a lease')
  assert.equal(row.token, (before?.token ?? 0) + 1, 'tokens grow by one')
  const wasLive = before !== undefined && before.leaseUntil > bench.now()
  assert.ok(!wasLive, 'a live lease was taken over')
}

/** All that was submitted and is held by nobody, and nothing else. */
async function walkTakeOver(bench: Bench, book: Book, owner: string, revision: string) {
  const taken = await bench.store.takeOver(owner, LEASE_MS, 1000)
  const ours = taken.filter((row) => row.revision === revision)
  const due = [...book.newest.values()].filter(
    ({ state, leaseUntil }) => state === 'submitted' && leaseUntil <= bench.now(),
  )
  assert.deepEqual(ours.map(({ sha256 }) => sha256).sort(), due.map(({ sha256 }) => sha256).sort())
  for (const row of ours) {
    const before = book.newest.get(row.sha256)
    mustBeGiven(bench, row, before, owner)
    assert.deepEqual([row.state, row.marker, row.taskId], ['submitted', before?.marker, before?.taskId])
    book.given.push(row)
    book.newest.set(row.sha256, row)
  }
}

/** What was unfinished is failed and has a token that nobody was given; what failed is as if nobody had asked. */
async function walkOperator(bench: Bench, book: Book, step: Of<'cancel' | 'retry'>, revision: string) {
  const at = keyOf(step.row, revision)
  const before = book.newest.get(at.sha256)
  const query = { sha256: at.sha256, analyzer: at.analyzer }
  const isCancel = step.do === 'cancel'
  const count = await bench.store[isCancel ? 'cancelAnalyses' : 'retryAnalyses'](query, 10)
  if (!before) return assert.equal(count, 0)
  const isFinished = before.state === 'reported' || before.state === 'failed'
  const isMeant = isCancel ? !isFinished : before.state === 'failed'
  const after = await rowNow(bench, before)
  assert.equal(count, isMeant ? 1 : 0)
  if (!isMeant) assert.deepEqual(after, before)
  else if (isCancel)
    assert.deepEqual(
      [after.state, after.cause, after.token, after.leaseUntil],
      ['failed', 'cancelled', before.token + 1, 0],
    )
  else assert.deepEqual([after.state, after.owner, after.attempts, after.token], ['wanted', '', 0, before.token])
  book.newest.set(at.sha256, after)
}

/** Operators ask by analyzer, so each walk has one of its own. */
function keyOf(n: number, revision: string) {
  return key(n, { revision, analyzer: `box of ${revision}` })
}

async function rowNow(bench: Bench, { analyzer, optionsDigest, revision, sha256 }: Analysis): Promise<Analysis> {
  const at = { analyzer, optionsDigest, revision, sha256 }
  const [row] = (await bench.store.lookup(query({ analyses: [at] }))).analyses
  assert.ok(row)
  return row
}

async function walkAdvance(bench: Bench, book: Book, { lease: which, state, letsGo }: Of<'advance'>) {
  const lease = book.given[which % book.given.length]
  if (!lease) return
  const { analyzer, optionsDigest, revision, sha256, owner, token } = lease
  const at = { analyzer, optionsDigest, revision, sha256 }
  const before = book.newest.get(sha256)
  const [didWrite] = await bench.store.advance([{ key: at, owner, token, state }], letsGo ? 0 : LEASE_MS)

  assert.ok(before)
  const after = await rowNow(bench, lease)
  const isHolder = before.owner === owner && before.token === token && HELD.has(before.state)
  assert.equal(didWrite, isHolder)
  if (didWrite) assert.equal(after.state, state)
  else assert.deepEqual(after, before)
  book.newest.set(sha256, after)
}
