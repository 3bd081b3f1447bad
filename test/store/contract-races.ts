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
  fc.record({ do: fc.constant('claim' as const), owner: fc.constantFrom(...OWNERS), rows: fc.subarray([0, 1]) }),
  fc.record({ do: fc.constant('advance' as const), lease: fc.nat(), state: fc.constantFrom(...STATES) }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, LEASE_MS - 1, LEASE_MS) }),
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

export function describeRaces(onStore: OnStore): void {
  test(
    'whatever several owners do in whatever order, no lease has two owners and no stale token writes',
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
    else if (next.do === 'claim') await walkClaim(bench, book, next.owner, next.rows, revision)
    else await walkAdvance(bench, book, next.lease, next.state)
  }
}

async function walkClaim(bench: Bench, book: Book, owner: string, numbers: readonly number[], revision: string) {
  const asked = numbers.map((n) => key(n, { revision }))
  for (const row of await bench.store.claim(asked, owner, LEASE_MS)) {
    const before = book.newest.get(row.sha256)
    const wasTaken = row.token !== (before?.token ?? 0)
    if (wasTaken) {
      assert.equal(row.owner, owner, 'only the one who asks is given a lease')
      assert.equal(row.token, (before?.token ?? 0) + 1, 'tokens grow by one')
      const wasLive = before !== undefined && before.leaseUntil > bench.now()
      assert.ok(!wasLive, 'a live lease was taken over')
      assert.ok(before?.state !== 'reported' && before?.state !== 'failed', 'finished work was claimed')
      book.given.push(row)
    } else assert.deepEqual(row, before)
    book.newest.set(row.sha256, row)
  }
}

async function walkAdvance(bench: Bench, book: Book, which: number, state: AnalysisState) {
  const lease = book.given[which % book.given.length]
  if (!lease) return
  const { analyzer, optionsDigest, revision, sha256, owner, token } = lease
  const at = { analyzer, optionsDigest, revision, sha256 }
  const before = book.newest.get(sha256)
  const [didWrite] = await bench.store.advance([{ key: at, owner, token, state }], LEASE_MS)

  const [after] = (await bench.store.lookup(query({ analyses: [at] }))).analyses
  assert.ok(after && before)
  const isHolder = before.owner === owner && before.token === token && before.leaseUntil > 0
  assert.equal(didWrite, isHolder)
  if (didWrite) assert.equal(after.state, state)
  else assert.deepEqual(after, before)
  book.newest.set(sha256, after)
}
