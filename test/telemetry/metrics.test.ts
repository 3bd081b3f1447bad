import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Metrics } from '../../src/telemetry/index.ts'
import { parseExposition } from './exposition.ts'

const REFUSED: Readonly<Record<string, string>> = {
  'the last line does not end': '# HELP a b',
  'no series': '# HELP a b\n# TYPE a gauge\na{} x y\n',
  'a label twice': '# HELP a b\n# TYPE a gauge\na{x="1",x="2"} 1\n',
  'no labels': '# HELP a b\n# TYPE a gauge\na{x="1"y="2"} 1\n',
  'a series twice': '# HELP a b\n# TYPE a gauge\na 1\na 2\n',
  'a series without a family': 'a 1\n',
  'no series of a': '# HELP a b\n# TYPE a gauge\nb 1\n',
  'only a counter ends in _total': '# HELP a b\n# TYPE a counter\na 1\n',
  'a family in two pieces': '# HELP a b\n# TYPE a gauge\n# HELP a b\n',
  'count is not the last bucket':
    '# HELP a b\n# TYPE a histogram\na_bucket{le="1"} 1\na_bucket{le="+Inf"} 2\na_sum 1\na_count 1\n',
  'a{}: buckets': '# HELP a b\n# TYPE a histogram\na_bucket{le="1"} 3\na_bucket{le="+Inf"} 2\na_sum 1\na_count 2\n',
}

for (const [why, text] of Object.entries(REFUSED)) {
  test(`the reader of these tests refuses a page: ${why}`, () => {
    assert.throws(() => parseExposition(text), new RegExp(why))
  })
}

test('counters, gauges and histograms are told as Prometheus reads them', async () => {
  const all = new Metrics()
  const counter = all.counter({ name: 'mails_total', help: 'Mails.', labels: ['profile', 'verdict'] })
  const gauge = all.gauge({ name: 'places', help: 'Places \\ of\nall.' })
  const histogram = all.histogram({ name: 'took_seconds', help: 'Time.', labels: ['step'] }, [0.1, 1])

  counter.add(['mx', 'bad'])
  counter.add(['mx', 'bad'], 2)
  gauge.set(7)
  gauge.add(-2)
  for (const value of [0.1, 0.5, 30]) histogram.observe(value, ['read'])

  const told = parseExposition(await all.text())
  assert.deepEqual(told.get('mails_total')?.series, [
    { name: 'mails_total', labels: { profile: 'mx', verdict: 'bad' }, value: 3 },
  ])
  assert.deepEqual(told.get('places')?.series, [{ name: 'places', labels: {}, value: 5 }])
  assert.equal(told.get('places')?.help, 'Places \\\\ of\\nall.')
  assert.deepEqual(
    told.get('took_seconds')?.series.map(({ name, labels, value }) => [name, labels.le, value]),
    [
      ['took_seconds_bucket', '0.1', 1],
      ['took_seconds_bucket', '1', 2],
      ['took_seconds_bucket', '+Inf', 3],
      ['took_seconds_sum', undefined, 30.6],
      ['took_seconds_count', undefined, 3],
    ],
  )
})

test('a counter without labels stands at zero before anything happened', async () => {
  const all = new Metrics()
  all.counter({ name: 'outages_total', help: 'Outages.' })

  assert.match(await all.text(), /^outages_total 0$/m)
})

test('whatever a label says is read back as it was', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), fc.double(), async (label, value) => {
      const all = new Metrics()
      all.gauge({ name: 'x', help: 'X.', labels: ['a', 'b'] }).set(value, [label, 'end'])

      const [series] = parseExposition(await all.text()).get('x')?.series ?? []
      assert.deepEqual(series?.labels, { a: label.toWellFormed(), b: 'end' })
      assert.ok(Object.is(series?.value, value) || series?.value === value)
    }),
  )
})

test('a stranger who invents values of labels gets a bounded number of series; the rest counts as other', async () => {
  const all = new Metrics()
  const counter = all.counter({ name: 'seen_total', help: 'Seen.', labels: ['name'] })

  for (let i = 0; i < 10_000; i += 1) counter.add([`name ${i}`])

  const series = parseExposition(await all.text()).get('seen_total')?.series ?? []
  assert.ok(series.length <= 501, String(series.length))
  const total = series.reduce((sum, { value }) => sum + value, 0)
  assert.equal(total, 10_000)
  assert.ok((series.find(({ labels }) => labels.name === 'other')?.value ?? 0) > 9_000)
})

test('a value that cannot be had leaves its metric without series and the page whole', async () => {
  const all = new Metrics()
  all.read('gauge', { name: 'gone', help: 'Gone.' }, () => {
    throw new Error('no such file')
  })
  all.read('gauge', { name: 'late', help: 'Late.' }, async () => [{ labels: [], value: 1 }])

  const told = parseExposition(await all.text())

  assert.deepEqual(told.get('gone')?.series, [])
  assert.equal(told.get('late')?.series[0]?.value, 1)
})

test('a name that Prometheus would refuse, or that is there already, is an error at once', () => {
  const all = new Metrics()
  all.gauge({ name: 'a', help: 'A.' })

  assert.throws(() => all.gauge({ name: 'a', help: 'A.' }), /exists already/)
  assert.throws(() => all.gauge({ name: 'a-b', help: 'A.' }), /no name/)
  assert.throws(() => all.counter({ name: 'b', help: 'B.' }), /_total/)
  assert.throws(() => all.histogram({ name: 'c', help: 'C.' }, [1, 1]), /ascend/)
})
