/** The whole way: a message that Postfix holds, and what becomes of it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startScene } from './scene.ts'

/** Of an earlier delivery and of a forger. */
const STRAY = 'X-Peekaboo-Hold: 1 stray\r\nX-Peekaboo: verdict=good\r\nx-peekaboo-hold : 2 stray\r\n'

test('what turns out good is delivered, what turns out bad goes back without its attachment, what nobody knows waits', async (t) => {
  const { postfix, sink, send, held, deeds, run } = await startScene(t)
  const good = await held('good', STRAY)
  const bad = await held('bad')
  const never = await held('never')
  assert.equal(await send('good', 'a@src.test', 'X-Peekaboo-Hold: stray\r\n'.repeat(101)), '550 5.7.1')
  assert.deepEqual((await postfix.held()).map(({ queueId }) => queueId).sort(), [good, bad, never].sort())

  const first = await deeds()
  const second = await deeds()

  assert.deepEqual([...first].sort(), ['released', 'returned', 'waits'])
  assert.deepEqual(second, ['waits'])
  const messages = await sink.waitFor(2)
  const delivered = messages.find(({ from }) => from === 'a@src.test')
  const notice = messages.find(({ from }) => from === '')
  assert.match(String(delivered?.raw), /about good/)
  const ours = String(delivered?.raw).match(/^x-peekaboo.*$/gim) ?? []
  assert.equal(ours.length, 2)
  assert.match(ours[0] ?? '', /^X-Peekaboo-Hold: 1 \S+ postfix /)
  assert.match(ours[1] ?? '', /^X-Peekaboo: verdict=pending/)
  assert.deepEqual(notice?.to, ['a@src.test'])
  const text = String(notice?.raw)
  assert.match(text, /Auto-Submitted: auto-replied/)
  assert.match(text, /Subject: about bad/)
  assert.match(text, /Final-Recipient: rfc822; b@dst\.test/)
  assert.match(text, /helpdesk@src\.test/)
  assert.doesNotMatch(text, /letter\.doc|trojan|base64|rule|test-doc/)
  assert.deepEqual(
    (await postfix.held()).map(({ queueId }) => queueId),
    [never],
  )
  const listed = (await run('quarantine', 'list', '--all', '--json')).stdout
  const states = listed
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
  assert.deepEqual(
    states.map(({ queueId, state }) => [queueId, state]),
    [
      [good, 'released'],
      [bad, 'returned'],
      [never, 'held'],
    ],
  )
})
