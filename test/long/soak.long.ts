import assert from 'node:assert/strict'
import { test } from 'node:test'
import { soak } from '../soak/run.ts'

test('2,000 mails are accounted for while parsers, supervisor and daemon are killed and the store is locked', async (t) => {
  const tell = (line: string) => t.diagnostic(line)

  const { sent, summary, mischief, memory, faults } = await soak({ seed: 'long', mails: 2000, minutes: 15, tell })

  t.diagnostic(summary.join('; '))
  t.diagnostic(JSON.stringify({ ...Object.fromEntries(mischief), memory }))
  assert.deepEqual(faults, [])
  assert.equal(sent, 2000)
  // Which deeds are done is drawn by lot while the mails last; a fast machine may see some of them only.
  assert.ok([...mischief.values()].reduce((sum, times) => sum + times, 0) >= 3, 'something was broken under the mails')
  for (const answer of [/clean .*250/, /eicar .*550/, / 451/]) assert.match(summary.join('; '), answer)
})
