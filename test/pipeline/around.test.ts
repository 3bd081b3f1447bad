/** Rules know what lies around a sample, and when its bytes were seen before. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Sample } from '../../src/core/index.ts'
import { aroundOf } from '../../src/pipeline/around.ts'
import { NOTHING_KNOWN } from '../../src/pipeline/known.ts'
import { createMemoryStore } from '../../src/store/index.ts'
import type { Store } from '../../src/store/store.ts'
import { FakeInspector, reading, sample } from '../fakes/inspector.ts'
import { benchPipeline, envelope } from './bench-pipeline.ts'

const never = new AbortController().signal
const ALL = { asks: () => true }

function at(path: string, facts: Partial<Sample> = {}): Sample {
  return sample(`name of ${path}`, { path, sha256: path.padEnd(64, '0'), ...facts })
}

test('the containers around a sample are told from the outside in, and what lies beside it in order', () => {
  const samples = ['1', '2', '2/1', '2/2', '2/2/7', '3', '3.1', '30'].map((path) => at(path))

  const around = aroundOf(samples, NOTHING_KNOWN, ALL)

  const treeOf = (path: string) => around(samples.find((one) => one.path === path) ?? assert.fail(path)).tree
  assert.deepEqual(
    treeOf('2/2/7')?.parents.map(({ path, name }) => [path, name]),
    [
      ['2', 'name of 2'],
      ['2/2', 'name of 2/2'],
    ],
  )
  assert.deepEqual(
    treeOf('2/2')?.siblings.map(({ path }) => path),
    ['2/1', '2/2'],
  )
  assert.deepEqual([treeOf('2/2')?.position, treeOf('2/2')?.siblingCount], [2, 2])
  assert.deepEqual(
    treeOf('3.1')?.parents.map(({ path }) => path),
    ['3'],
  )
  assert.deepEqual(
    treeOf('30')?.siblings.map(({ path }) => path),
    ['1', '2', '3', '30'],
  )
})

test('a member sees that its container was allowed by an operator, and why', () => {
  const samples = ['1', '1/1', '2'].map((path) => at(path))
  const overrideFor = (sha256: string) =>
    sha256 === at('1').sha256 ? ({ verdict: 'allow', reason: 'payroll' } as const) : undefined

  const around = aroundOf(samples, NOTHING_KNOWN, ALL, undefined, overrideFor)

  const told = (around(at('1/1')).tree?.parents ?? []).map((one) => [one.path, one.override, one.overrideReason])
  assert.deepEqual(told, [['1', 'allow', 'payroll']])
  assert.deepEqual(
    around(at('2')).tree?.siblings.map(({ override }) => override),
    ['allow', ''],
  )
})

test('very many neighbours are counted, and the first thousand told', () => {
  const samples = [at('2'), ...Array.from({ length: 5000 }, (_, i) => at(`2/${i + 1}`))]
  const around = aroundOf(samples, NOTHING_KNOWN, ALL)

  const tree = around(samples.at(-1) ?? assert.fail()).tree

  assert.deepEqual([tree?.siblings.length, tree?.siblingCount, tree?.position], [1000, 5000, 5000])
})

test('what no rule asks for is not found out', () => {
  assert.deepEqual(aroundOf([at('1')], NOTHING_KNOWN, { asks: () => false })(at('1')), {})
})

test('of a member the history of its attachment is told, and a retry is no earlier message', () => {
  const hour = 3_600_000
  const seen = new Map([
    [at('2').sha256, { firstSeen: 10 * hour, lastSeen: 20 * hour, count: 2, worstScore: 7, families: ['Emotet'] }],
  ])
  const known = { ...NOTHING_KNOWN, now: 30.5 * hour, history: seen }
  const samples = [at('1'), at('2'), at('2/1')]
  const historyOf = (path: string, story?: (typeof known)['story']) => {
    return aroundOf(samples, { ...known, story }, ALL)(at(path)).history
  }

  assert.deepEqual(historyOf('1'), { known: false, count: 0, firstSeenHours: 0, lastSeenHours: 0, families: [] })
  const expected = { known: true, count: 2, firstSeenHours: 20, lastSeenHours: 10, worstScore: 7, families: ['Emotet'] }
  assert.deepEqual([historyOf('2'), historyOf('2/1')], [expected, expected])
  assert.equal(historyOf('2', {} as never)?.count, 1)
  assert.equal(aroundOf(samples, NOTHING_KNOWN, ALL)(at('2')).history, undefined)
})

const BY_HISTORY = `
- { id: lonely, when: "tree.siblingCount == 1 && sample.name == 'lonely'", verdict: suspicious }
- { id: again, when: "history.known", verdict: bad, reason: "seen {{history.count}} times" }
- { id: rest, when: "true", verdict: ignored }
`

test('a rule decides by what was seen before, and by what lies beside', async (t) => {
  const same = reading(sample('a.txt'))
  const inspector = new FakeInspector(same, same, reading(sample('lonely')))
  const { pipeline } = await benchPipeline(t, inspector, { rules: BY_HISTORY })

  const first = await pipeline.begin().finish(envelope('mx', { sender: 'a@src.test' }), never)
  const second = await pipeline.begin().finish(envelope('mx', { queueId: 'Q2', sender: 'b@src.test' }), never)
  const third = await pipeline.begin().finish(envelope('mx', { queueId: 'Q3', sender: 'c@src.test' }), never)

  assert.deepEqual(
    [first, second, third].map(({ outcome }) => outcome.kind === 'decided' && `${outcome.rule}: ${outcome.reason}`),
    ['rest: rest', 'again: seen 1 times', 'lonely: lonely'],
  )
})

test('without the store a rule that asks for history fails, and one that does not decides', async (t) => {
  const away = (store: Store): Store =>
    new Proxy(store, { get: (all, key) => (key === 'lookup' ? gone : Reflect.get(all, key).bind(all)) })
  const gone = () => Promise.reject(new Error('away'))
  const inspector = () => new FakeInspector(reading(sample('a.txt')))
  const store = (clock: Parameters<typeof createMemoryStore>[0]['clock']) => away(createMemoryStore({ clock }))
  const asking = await benchPipeline(t, inspector(), { rules: BY_HISTORY, store })
  const other = await benchPipeline(t, inspector(), { rules: "- { id: rest, when: 'true', verdict: ignored }", store })

  const failed = await asking.pipeline.begin().finish(envelope(), never)
  const decided = await other.pipeline.begin().finish(envelope(), never)

  assert.deepEqual([failed.outcome.kind, failed.disposition], ['failed', 'tempfail'])
  assert.deepEqual([decided.outcome.kind, decided.disposition], ['decided', 'accept'])
})
