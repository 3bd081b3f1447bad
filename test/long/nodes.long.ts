// What several nodes on one database promise each other: each attachment analysed once, whatever happens to one of them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../fakes/clock.ts'
import { inParallel, type Node, send, startCluster } from '../nodes/nodes.ts'

const SHORT = { hold: '500ms', lease: '3s' }

test('five nodes answer 5,000 mails with 500 attachments after exactly 500 analyses', async (t) => {
  const { nodes, cape } = await startCluster(t, 5, { hold: '60s', lease: '60s' })

  const codes = await inParallel(5000, 40, (n) => send(at(nodes, n % 5), n % 500, `sender${n}@src.test`))

  const wrong = codes.filter((code, n) => code !== (n % 2 === 0 ? 550 : 250))
  assert.deepEqual(wrong, [])
  assert.equal(cape.tasks.size, 500)
})

test('with one node killed and one paused past its leases the third ends their analyses, and nobody runs one again', async (t) => {
  const { nodes, cape } = await startCluster(t, 3, SHORT)
  cape.isSlow = true
  const ended = () =>
    at(nodes, 2).filter.lines.filter(({ msg, state }) => msg === 'analysis ended' && state === 'reported')

  const first = await inParallel(40, 10, (n) => send(at(nodes, n % 2), n))
  await until(() => cape.tasks.size === 40)
  at(nodes, 0).filter.kill('SIGKILL')
  at(nodes, 1).filter.kill('SIGSTOP')
  cape.finish(8.5)
  await at(nodes, 2).filter.waitFor(() => ended().length === 40, 60_000)
  at(nodes, 1).filter.kill('SIGCONT')
  await at(nodes, 1).filter.waitFor(({ msg, state }) => msg === 'analysis ended' && state === 'lost', 60_000)
  const retries = await inParallel(40, 10, (n) => send(at(nodes, 2), n))

  assert.deepEqual(new Set(first), new Set([451]))
  assert.deepEqual(new Set(retries), new Set([550]))
  assert.equal(cape.tasks.size, 40)
})

function at(nodes: readonly Node[], n: number): Node {
  const node = nodes[n]
  assert.ok(node)
  return node
}
