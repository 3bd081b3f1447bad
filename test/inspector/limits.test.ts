import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '../fakes/clock.ts'
import { until } from './pids.ts'
import { never, optionsOf, passTimeUntil, readMessage, startRig } from './rig.ts'

test('a message that takes more processor time than it may is unscannable for it, and the next one is read', async (t) => {
  const limits = { cpu: '200ms', cpuPerMegabyte: '1ms' }
  const { inspector, seen } = await startRig(t, { parser: 'actor.ts', options: { limits } })
  assert.equal((await readMessage(inspector, 'act spin')).unscannable, 'cpu-time')
  assert.match((await seen(({ kind }) => kind === 'process-ended')).detail, /cpu-time/)
  assert.equal((await readMessage(inspector, 'hello')).unscannable, '')
})

test('a larger message may take more processor time', async (t) => {
  const limits = { cpu: '100ms', cpuPerMegabyte: '300ms' }
  const { inspector, seen } = await startRig(t, { parser: 'actor.ts', options: { limits } })
  const message = Buffer.alloc(2_000_000, ' ')
  message.write('act spin')
  assert.equal((await readMessage(inspector, message)).unscannable, 'cpu-time')
  assert.match((await seen(({ kind }) => kind === 'process-ended')).detail, /at most 700/)
})

test('a message that takes longer than it may has met the deadline, as a busy machine says nothing of it', async (t) => {
  const clock = new FakeClock()
  const { inspector } = await startRig(t, { parser: 'actor.ts', clock, options: { limits: { wall: '20s' } } })
  const begun = clock.now()
  await assert.rejects(passTimeUntil(clock, readMessage(inspector, 'act stall')), { code: 'deadline' })
  assert.ok(clock.now() - begun > 20_000)
})

for (const act of ['hoard', 'hoard-heap']) {
  test(`a message that takes more memory than it may is unscannable for it: ${act}`, async (t) => {
    const options = { memory: '200MiB', limits: { cpu: '60s' } }
    const { inspector, seen } = await startRig(t, { parser: 'actor.ts', options })
    assert.equal((await readMessage(inspector, `act ${act}`)).unscannable, 'memory')
    await seen(({ kind }) => kind === 'process-ended')
    assert.equal((await readMessage(inspector, 'hello')).unscannable, '')
  })
}

test('a message larger than is read keeps what was found in its beginning', async (t) => {
  const { inspector } = await startRig(t, { parser: 'actor.ts', options: { limits: { messageSize: '64KiB' } } })
  const inspection = inspector.read(never())
  for (let i = 0; i < 3; i += 1) inspection.write(Buffer.alloc(50_000, 'hello '))
  const reading = await inspection.finish()
  assert.equal(reading.unscannable, 'message-size')
  assert.match(reading.subject, /^hello hello/)
})

test('a message of exactly the largest size is read', async (t) => {
  const { inspector } = await startRig(t, { parser: 'actor.ts', options: { limits: { messageSize: '64KiB' } } })
  assert.equal((await readMessage(inspector, Buffer.alloc(65_536, 'a'))).unscannable, '')
})

test('messages beyond the queue are refused as overload, those in it are read', async (t) => {
  const { inspector, events } = await startRig(t, { parser: 'actor.ts', options: { processes: 1, queue: 2 } })
  const first = inspector.read(never())
  first.write(Buffer.from('act stall'))
  first.finish().catch(() => {})
  const others = Array.from({ length: 5 }, (_, i) => readMessage(inspector, `hello ${i}`))
  const settled = Promise.allSettled(others)
  await until(() => events.filter(({ kind }) => kind === 'refused').length === 3)
  first.abort()
  const codes = (await settled).map((one) => (one.status === 'fulfilled' ? 'read' : one.reason.code)).sort()
  assert.deepEqual(codes, ['overloaded', 'overloaded', 'overloaded', 'read', 'read'])
})

test('small messages go before a large one, but not before one that has waited for a second', async (t) => {
  for (const waited of [0, 1500]) {
    const clock = new FakeClock()
    const { inspector, supervisor } = await startRig(t, { parser: 'actor.ts', options: { processes: 1 }, clock })
    const first = inspector.read(never())
    first.write(Buffer.from('act stall'))
    first.finish().catch(() => {})
    await until(() => supervisor.busyPids().length === 1)
    const order: string[] = []
    const read = (message: Buffer) => readMessage(inspector, message).then(({ subject }) => order.push(subject))
    const large = read(Buffer.alloc(100_000, 'large'))
    await until(() => supervisor.waiting() === 1)
    await clock.advance(waited)
    const all = Promise.all([large, ...Array.from({ length: 6 }, () => read(Buffer.from('small')))])
    await until(() => supervisor.waiting() === 7)
    first.abort()
    await all

    const place = order.indexOf('largelargelargelarge')
    assert.equal(place, waited === 0 ? 6 : 0, order.join())
  }
})

test('a message with as many parts as it may have is read within the default budget', async (t) => {
  const { inspector, events } = await startRig(t)
  const head = 'Content-Type: application/pdf; name="=?utf-8?Q?a=C3=A4?=.pdf"\r\nContent-Transfer-Encoding: base64'
  const parts = Array.from({ length: 9_990 }, (_, i) => `--B\r\n${head}\r\n\r\n${btoa(`${i}`)}\r\n`)
  const message = `Content-Type: multipart/mixed; boundary=B\r\n\r\n${parts.join('')}--B--\r\n`
  const reading = await readMessage(inspector, message)
  assert.equal(reading.unscannable, '')
  assert.equal(reading.attachments.length, 9_990)
  assert.equal(events.filter(({ kind }) => kind === 'process-ended').length, 0)
})

test('a reading that fills more than eight megabytes is unscannable, and its process goes on', async (t) => {
  const { inspector, events } = await startRig(t, { parser: 'actor.ts' })
  assert.equal((await readMessage(inspector, 'say 8380000')).unscannable, '')
  assert.equal((await readMessage(inspector, 'say 8389000')).unscannable, 'header-bytes')
  assert.equal((await readMessage(inspector, 'hello')).subject, 'hello')
  assert.equal(events.filter(({ kind }) => kind === 'process-ended').length, 0)
})

test('a process is replaced after its number of messages, and none of them notices', async (t) => {
  const { inspector, supervisor, seen, count } = await startRig(t, {
    parser: 'actor.ts',
    options: { messagesPerProcess: 3 },
  })
  await count('process-ready', 2)
  const before = [...supervisor.pids()]
  for (let i = 0; i < 4; i += 1) assert.equal((await readMessage(inspector, 'hello')).subject, 'hello')
  const event = await seen(({ kind }) => kind === 'process-ended')
  assert.equal(event.level, 'info')
  assert.match(event.detail, /after 3 messages/)
  assert.ok(before.includes(event.pid))
})

test('a process that has reached its age is replaced after its next message, and none notices', async (t) => {
  const clock = new FakeClock()
  const rig = await startRig(t, { parser: 'actor.ts', clock, options: { lifetime: '1h' } })
  await rig.count('process-ready', 2)
  assert.equal((await readMessage(rig.inspector, 'hello')).subject, 'hello')
  await clock.advance(3_600_000)
  assert.equal((await readMessage(rig.inspector, 'hello')).subject, 'hello')
  const event = await rig.seen(({ kind }) => kind === 'process-ended')
  assert.equal(event.level, 'info')
  assert.match(event.detail, /after 2 messages/)
  assert.equal((await readMessage(rig.inspector, 'hello')).subject, 'hello')
})

test('an exception in the reader makes the message unscannable, wherever it was thrown', async (t) => {
  const { inspector } = await startRig(t, { parser: 'actor.ts', options: { processes: 2 } })
  assert.equal((await readMessage(inspector, 'act throw')).unscannable, 'parser-error')
  assert.equal((await readMessage(inspector, 'act throw-later')).unscannable, 'parser-error')
})

test('every limit has a default', () => {
  for (const value of Object.values(optionsOf().limits)) assert.ok(value > 0)
})
