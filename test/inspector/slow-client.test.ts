import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { frame } from '../../src/inspector/frame.ts'
import type { Inspection } from '../../src/inspector/index.ts'
import { decodeEnding, FRAME } from '../../src/inspector/protocol.ts'
import { FakeClock } from '../fakes/clock.ts'
import { until } from './pids.ts'
import { never, type Rig, readMessage, startRig } from './rig.ts'

/** A message of which so much is there that a process has it. */
function beginReading({ inspector }: Rig): Inspection {
  const inspection = inspector.read(never())
  inspection.write(Buffer.alloc(400_000, 'half '))
  return inspection
}

/** A client of our own with half a message in work, to which `drip` adds a byte. */
async function beginDripping(t: TestContext, rig: Rig): Promise<{ socket: Socket; drip: () => void }> {
  const socket = connect(rig.socket)
  t.after(() => socket.destroy())
  await once(socket, 'connect')
  socket.write(frame(FRAME.read, 7))
  for (let i = 0; i < 8; i += 1) socket.write(frame(FRAME.data, undefined, 'x'.repeat(50_000)))
  await until(() => rig.supervisor.busyPids().length === 1)
  return { socket, drip: () => socket.write(frame(FRAME.data, undefined, 'x')) }
}

/** Lets time pass, the processes keeping up with it, until the client is answered; tells with what and after how long. */
async function passUntilAnswered(clock: FakeClock, socket: Socket, drip: () => void) {
  const begun = clock.now()
  let answer: Buffer | undefined
  socket.once('data', (raw: Buffer) => {
    answer = raw
  })
  await until(() => {
    if (answer) return true
    drip()
    void clock.advance(100)
    return false
  })
  assert.ok(answer)
  return { ending: decodeEnding(answer), ms: clock.now() - begun }
}

const TAKEN_BACK = {
  cause: 'inspector-crashed',
  detail: 'the process was taken back from a client too slow to send',
}

test('a client that is silent for five seconds loses its process, which serves the next', async (t) => {
  const clock = new FakeClock()
  const rig = await startRig(t, { parser: 'actor.ts', clock })
  const { socket } = await beginDripping(t, rig)
  const { ending, ms } = await passUntilAnswered(clock, socket, () => {})
  assert.deepEqual(ending, TAKEN_BACK)
  assert.ok(ms >= 5000 && ms < 20_000, `${ms}`)
  await until(() => rig.supervisor.busyPids().length === 0)
  assert.equal((await readMessage(rig.inspector, 'hello')).subject, 'hello')
  assert.equal(rig.events.filter(({ kind }) => kind === 'process-ended').length, 0)
})

test('a client that sends a byte now and then loses its process as one that is silent', async (t) => {
  const clock = new FakeClock()
  const rig = await startRig(t, { parser: 'actor.ts', clock })
  const { socket, drip } = await beginDripping(t, rig)
  const { ending, ms } = await passUntilAnswered(clock, socket, drip)
  assert.deepEqual(ending, TAKEN_BACK)
  assert.ok(ms < 20_000, `${ms}`)
})

test('a client that takes four seconds to go on is not cut off', async (t) => {
  const clock = new FakeClock()
  const rig = await startRig(t, { parser: 'actor.ts', clock, options: { limits: { wall: '20s' } } })
  const inspection = beginReading(rig)
  await until(() => rig.supervisor.busyPids().length === 1)
  await clock.advance(4000)
  assert.equal((await inspection.finish()).unscannable, '')
})

test('messages that are whole are read while others that are not hold every process they may', async (t) => {
  const rig = await startRig(t, { parser: 'actor.ts', options: { processes: 2 } })
  await rig.count('process-ready', 3)
  const halves = [beginReading(rig), beginReading(rig), beginReading(rig)]
  await until(() => rig.supervisor.busyPids().length === 2)
  for (let i = 0; i < 5; i += 1) assert.equal((await readMessage(rig.inspector, 'hello')).subject, 'hello')
  assert.equal(rig.supervisor.busyPids().length, 2)
  for (const half of halves) assert.match((await half.finish()).subject, /^half/)
})

test('messages that wait unfinished do not fill the queue for whole ones', async (t) => {
  const rig = await startRig(t, { parser: 'actor.ts', options: { processes: 1, queue: 1 } })
  await rig.count('process-ready', 2)
  const halves = [beginReading(rig), beginReading(rig), beginReading(rig)]
  await rig.seen(({ kind }) => kind === 'refused')
  assert.equal((await readMessage(rig.inspector, 'hello')).subject, 'hello')
  const ends = await Promise.allSettled(halves.map((half) => half.finish()))
  assert.equal(ends.filter(({ status }) => status === 'rejected').length, 1)
})

test('the beginning of a message occupies no process before a quarter of a megabyte of it is there', async (t) => {
  const rig = await startRig(t, { parser: 'actor.ts' })
  const inspection = rig.inspector.read(never())
  inspection.write(Buffer.alloc(200_000, 'half '))
  await readMessage(rig.inspector, 'hello')
  assert.equal(rig.supervisor.busyPids().length, 0)
  assert.match((await inspection.finish()).subject, /^half/)
})
