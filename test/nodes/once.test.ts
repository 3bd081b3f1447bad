import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inParallel, send, startCluster } from './nodes.ts'

test('two nodes that get the same 20 attachments in 100 mails have each analysed once', async (t) => {
  const { nodes, cape } = await startCluster(t, 2, { hold: '60s', lease: '60s' })

  const codes = await inParallel(100, 8, (n) => {
    const node = nodes[n % 2]
    assert.ok(node)
    return send(node, Math.floor(n / 2) % 20, `sender${n}@src.test`)
  })

  assert.deepEqual(
    codes,
    Array.from({ length: 100 }, (_, n) => (Math.floor(n / 2) % 2 === 0 ? 550 : 250)),
  )
  assert.equal(cape.tasks.size, 20)
})
