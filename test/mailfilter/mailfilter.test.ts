import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fakePostfix } from '../../src/milter/testing.ts'
import type { Decision } from '../../src/pipeline/index.ts'
import { FakeClock } from '../fakes/clock.ts'
import { decision, deliver, filter, MESSAGE, scripted } from './scripted-filter.ts'

test('the pipeline gets the message byte for byte, folds included', async (t) => {
  const pipeline = scripted(() => decision())

  await deliver(await filter(t, pipeline), MESSAGE)

  assert.equal(pipeline.received[0]?.toString('latin1'), MESSAGE)
})

test('the envelope says who sent what to whom under which profile', async (t) => {
  const pipeline = scripted(() => decision())

  await deliver(await filter(t, pipeline), MESSAGE)

  const [envelope] = pipeline.envelopes
  assert.equal(envelope?.sender, 'a@src.test')
  assert.deepEqual(envelope?.recipients, ['b@dst.test', 'c@dst.test'])
  assert.equal(envelope?.profileName, 'mx')
  assert.equal(envelope?.helo, 'client.test.invalid')
  assert.notEqual(envelope?.queueId, '')
})

test('a refusal carries the text of the decision', async (t) => {
  const smtp = { code: 550, enhanced: '5.7.1', text: 'refused (ref REF)' }
  const pipeline = scripted(() => decision({ disposition: 'reject', smtp }))

  const reply = await deliver(await filter(t, pipeline), MESSAGE)

  assert.match(JSON.stringify(reply), /550 5\.7\.1 refused \(ref REF\)/)
  assert.equal(pipeline.answered.length, 1)
})

test('a delivered message gets our header, and any that came with it are removed from the last to the first', async (t) => {
  const pipeline = scripted(() => decision())

  const reply = await deliver(await filter(t, pipeline), `X-Peekaboo: good\r\nx-peekaboo: fine\r\n${MESSAGE}`)

  const edits = JSON.stringify(reply.edits)
  assert.match(edits, /verdict=ignored; id=REF/)
  assert.ok(edits.indexOf('"index":2') >= 0 && edits.indexOf('"index":2') < edits.indexOf('"index":1'), edits)
})

test('an error of the pipeline is answered 451 on mx and accepted in observe', async (t) => {
  const broken = scripted(() => {
    throw new Error('broken')
  })

  const mx = await deliver(await filter(t, broken), MESSAGE)
  const observe = await deliver(await filter(t, broken, 'observe'), MESSAGE)

  assert.match(JSON.stringify(mx), /451 4\.3\.0/)
  assert.equal(observe.kind, 'accept')
  assert.deepEqual(observe.edits, [])
})

test('a monitored message is answered although its examination never ends', async (t) => {
  const pipeline = scripted(() => new Promise<Decision>(() => {}))

  const reply = await deliver(await filter(t, pipeline, 'observe'), MESSAGE)

  assert.equal(reply.kind, 'accept')
  assert.deepEqual(reply.edits, [])
})

test('a monitored message whose reader does not keep up passes after half a second', async (t) => {
  const clock = new FakeClock()
  const pipeline = scripted(
    () => decision(),
    () => false,
  )
  const server = await filter(t, pipeline, 'observe', clock)

  const delivering = deliver(server, MESSAGE)
  while (clock.waiting === 0) await new Promise((resolve) => setImmediate(resolve))
  await clock.advance(500)
  const reply = await delivering

  assert.equal(reply.kind, 'accept')
  assert.ok(pipeline.aborted >= 1)
})

test('a message that is taken back before its content never reaches the pipeline', async (t) => {
  const pipeline = scripted(() => decision())
  const server = await filter(t, pipeline)
  const address = server.address()
  assert.ok(address && typeof address === 'object')
  const mta = await fakePostfix(address)

  await mta.mail('a@src.test')
  await mta.rcpt('b@dst.test')
  await mta.rset()
  await mta.quit()

  assert.deepEqual(pipeline.received, [])
})
