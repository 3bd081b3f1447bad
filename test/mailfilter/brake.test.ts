// What Postfix is told while an operator has the emergency brake on.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Decision, Envelope } from '../../src/pipeline/index.ts'
import { FakeClock } from '../fakes/clock.ts'
import { decision, deliver, filter, MESSAGE, scripted } from './scripted-filter.ts'

type Brake = NonNullable<Envelope['brake']>

const BASE = { kind: 'brake', name: '', reason: 'r', who: 'w', made: 0, until: 1 } as const
const SMTP = { code: 451, enhanced: '4.3.2', text: 'later' }

function braked(t: TestContext, pipeline: ReturnType<typeof scripted>, mode: Brake['mode'], profile = 'mx') {
  return filter(t, pipeline, profile, new FakeClock(), () => ({ ...BASE, mode }))
}

test('monitor lets mail through at once, whatever its examination does, and marks it as not looked at', async (t) => {
  const pipeline = scripted(() => new Promise<Decision>(() => {}))

  const reply = await deliver(await braked(t, pipeline, 'monitor'), `X-Peekaboo: verdict=good\r\n${MESSAGE}`)

  assert.equal(reply.kind, 'accept')
  const edits = JSON.stringify(reply.edits)
  assert.match(edits, /verdict=unchecked; brake=monitor/)
  assert.match(edits, /"index":1/)
  const [envelope] = pipeline.envelopes
  assert.deepEqual(
    [envelope?.profileName, envelope?.profile.mode, envelope?.profile.hold, envelope?.brake?.mode],
    ['mx', 'monitor', 0, 'monitor'],
  )
})

test('tempfail gives the pipeline nothing to read and tells the mail to come later', async (t) => {
  const pipeline = scripted(() => decision({ disposition: 'tempfail', smtp: SMTP }))

  const reply = await deliver(await braked(t, pipeline, 'tempfail'), MESSAGE)

  assert.match(JSON.stringify(reply), /451 4\.3\.2 later/)
  assert.equal(pipeline.received[0]?.length, 0)
  assert.equal(pipeline.envelopes[0]?.brake?.mode, 'tempfail')
  assert.equal(pipeline.answered.length, 1)
})

test('accept-known is the business of the pipeline, which is told', async (t) => {
  const pipeline = scripted(() => decision())

  await deliver(await braked(t, pipeline, 'accept-known'), MESSAGE)

  const [envelope] = pipeline.envelopes
  assert.deepEqual([envelope?.brake?.mode, envelope?.profile.mode], ['accept-known', 'enforce'])
  assert.equal(pipeline.received[0]?.toString('latin1'), MESSAGE)
})

for (const mode of ['monitor', 'tempfail', 'accept-known'] as const) {
  test(`mail that is monitored anyway is not touched by the brake ${mode}`, async (t) => {
    const pipeline = scripted(() => decision({ disposition: 'tempfail', smtp: SMTP }))

    const reply = await deliver(await braked(t, pipeline, mode, 'observe'), MESSAGE)

    assert.deepEqual([reply.kind, reply.edits], ['accept', []])
    assert.equal(pipeline.envelopes[0]?.brake, undefined)
    assert.equal(pipeline.received[0]?.toString('latin1'), MESSAGE)
  })
}
