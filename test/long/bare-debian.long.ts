// The two commands of the README on a Debian 12 with nothing on it but Node 20 and npm.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type BareDebian, makeBareDebian, type RanInside } from './bare/debian.ts'

const INSTALL_MS = 300_000
const START_MS = 60_000

/** What the probe inside saw. */
interface Probed {
  readonly status: number
  readonly ms: number
  readonly milter: readonly string[]
  readonly http: string
  readonly output: readonly string[]
}

let debian: BareDebian

before(async () => {
  debian = await makeBareDebian()
})
after(() => debian?.remove())

function probed({ status, output }: RanInside): Probed {
  const last = output.trim().split('\n').at(-1) ?? ''
  assert.equal(status, 0, `npm start did not come up:\n${output.replaceAll('\\n', '\n')}`)
  return JSON.parse(last)
}

test('the first npm start installs what is missing and runs the filter', async (t) => {
  const free = '--listen inet:127.0.0.1:0 --http 127.0.0.1:0'

  const first = probed(await debian.run(`node /tmp/probe.mjs ${free}`, { deadlineMs: INSTALL_MS }))

  assert.equal(first.status, 200)
  t.diagnostic(`ready after ${first.ms} ms`)
})

test('the next npm start needs no network and listens where the README says', async (t) => {
  const next = probed(await debian.run('node /tmp/probe.mjs', { isOffline: true, deadlineMs: START_MS }))

  assert.equal(next.status, 200)
  assert.deepEqual([next.milter, next.http], [['inet:127.0.0.1:8095'], '127.0.0.1:8100'])
  t.diagnostic(`ready after ${next.ms} ms`)
  for (const line of next.output.filter((one) => one.includes('protection layer missing'))) t.diagnostic(line)
})

test('npm test installs the Debian packages that the tests need, and a test of Postfix runs', async () => {
  // `npm test` begins so; its tests themselves run outside, where they run already.
  const packages = await debian.run('node test/packages.mjs', { deadlineMs: INSTALL_MS })
  assert.equal(packages.status, 0, packages.output)

  const own = 'PATH=/srv/peekaboo/node_modules/.bin:$PATH node --test test/postfix/harness.test.ts'
  const harness = await debian.run(own, { deadlineMs: START_MS * 2 })

  assert.equal(harness.status, 0, harness.output)
})
