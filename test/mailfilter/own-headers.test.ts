// Headers that only the filter may write, and that a message brings along.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Envelope } from '../../src/pipeline/index.ts'
import { FakeClock } from '../fakes/clock.ts'
import { decision, deliver, filter, MESSAGE, scripted } from './scripted-filter.ts'

const LONG = `A: ${'b'.repeat(1000)}\r\n`
const BRAKE = { kind: 'brake', name: '', mode: 'monitor', reason: 'r', who: 'w', made: 0, until: 1 } as const

async function delivered(t: TestContext, forged: string, profile = 'mx', brake?: () => Envelope['brake']) {
  const pipeline = scripted(() => decision())
  const reply = await deliver(await filter(t, pipeline, profile, new FakeClock(), brake), forged + MESSAGE)
  const deleted = reply.edits.filter((edit) => edit.kind === 'changeHeader' && edit.value === '').length
  return { kind: reply.kind, deleted, told: JSON.stringify(reply), envelope: pipeline.envelopes[0] }
}

test('a hundred headers that are ours by name are removed', async (t) => {
  const { kind, deleted, envelope } = await delivered(t, 'X-Peekaboo: a\r\nx-peekaboo-redirected: b\r\n'.repeat(50))

  assert.deepEqual([kind, deleted, envelope?.limit], ['accept', 100, undefined])
})

for (const [what, forged] of Object.entries({
  'a hundred and one of them': 'X-Peekaboo: a\r\n'.repeat(101),
  'fifty of them among a hundred kilobytes of header': `${'X-Peekaboo: a\r\n'.repeat(50)}${LONG.repeat(100)}`,
})) {
  test(`${what} are told to the pipeline, and not delivered even if it would`, async (t) => {
    const { kind, deleted, told, envelope } = await delivered(t, forged)

    assert.deepEqual([envelope?.limit, envelope?.profile.mode], ['own-headers', 'enforce'])
    assert.equal(deleted, 0)
    assert.notEqual(kind, 'accept')
    assert.match(told, /451 4\.3\.0/)
  })

  test(`${what} are not let through by the brake either`, async (t) => {
    const { kind, told, envelope } = await delivered(t, forged, 'mx', () => BRAKE)

    assert.deepEqual([envelope?.limit, envelope?.profile.mode], ['own-headers', 'enforce'])
    assert.notEqual(kind, 'accept')
    assert.match(told, /451 4\.3\.0/)
  })

  test(`${what} pass untouched where mail is only monitored`, async (t) => {
    const { kind, told } = await delivered(t, forged, 'observe')

    assert.equal(kind, 'accept')
    assert.match(told, /"edits":\[\]/)
  })
}
