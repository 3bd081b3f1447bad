import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from './pids.ts'
import { never, type Rig, readMessage, startRig } from './rig.ts'

const MIB = 1024 * 1024
const CHUNK = Buffer.alloc(MIB, 'x')

/** How much the message may be ahead of its reader: the buffers of two hops and of the kernel, with room to spare. */
const AHEAD_BYTES = 8 * MIB

async function* counted(chunks: number, count: { sent: number }): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < chunks; i += 1) {
    count.sent += CHUNK.length
    yield CHUNK
  }
}

/** Waits until the sender has come to rest: three looks in a row see the same count. */
async function atRest(count: { readonly sent: number }): Promise<void> {
  let seen = -1
  let same = 0
  await until(() => {
    same = count.sent === seen ? same + 1 : 0
    seen = count.sent
    return same > 40
  })
}

test('a reader that takes its time holds back the message, at a bounded distance', async (t) => {
  const { inspector } = await startRig(t, { parser: 'discard.ts' })
  const count = { sent: 0 }
  let taken = 0
  for await (const chunk of inspector.bytes(counted(64, count), '1', never())) {
    if (taken === 0) {
      await atRest(count)
      assert.ok(count.sent < AHEAD_BYTES, `${count.sent} bytes were sent before one was taken`)
    }
    taken += chunk.length
    assert.ok(count.sent - taken < AHEAD_BYTES)
  }
  assert.equal(taken, 64 * MIB)
})

test('a process that does not read holds back the message, at a bounded distance', async (t) => {
  const { inspector } = await startRig(t, { parser: 'actor.ts', options: { limits: { wall: '60s' } } })
  const inspection = inspector.read(never())
  let sent = 0
  let mayGoOn = inspection.write(Buffer.from('early stall '))
  while (mayGoOn && sent < 64 * MIB) {
    mayGoOn = inspection.write(CHUNK)
    sent += CHUNK.length
    if (!mayGoOn) mayGoOn = await Promise.race([inspection.drained().then(() => true), standstill()])
  }
  assert.ok(sent < AHEAD_BYTES, `${sent} bytes were taken`)
  inspection.abort()
})

test('a message that waits for a process is held back', async (t) => {
  const rig = await startRig(t, { parser: 'actor.ts' })
  const first = await occupy(rig)
  const second = rig.inspector.read(never())
  let sent = 0
  while (second.write(CHUNK) && sent < 64 * MIB) sent += CHUNK.length
  assert.ok(sent < AHEAD_BYTES)
  const drained = second.drained()
  await first.finish()
  await drained
  assert.equal((await second.finish()).unscannable, '')
})

test('leaving the bytes of a sample early frees the process for the next message', async (t) => {
  const { inspector, events } = await startRig(t, { parser: 'discard.ts' })
  for (let i = 0; i < 3; i += 1) {
    for await (const _ of inspector.bytes(counted(64, { sent: 0 }), '1', never())) break
  }
  assert.equal((await readMessage(inspector, 'hello')).unscannable, '')
  assert.equal(events.filter(({ kind }) => kind === 'process-ended').length, 0)
})

test('the bytes that a writer uses again after write are not those that are read', async (t) => {
  const { inspector } = await startRig(t, { parser: 'actor.ts' })
  const inspection = inspector.read(never())
  const reused = Buffer.from('hello, first')
  inspection.write(reused)
  reused.fill('X')
  assert.equal((await inspection.finish()).subject, 'hello, first')
})

test('a message whose source fails ends the bytes of its sample with that error', async (t) => {
  const { inspector } = await startRig(t, { parser: 'discard.ts' })
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield CHUNK
    throw new Error('the spool file is gone')
  }
  await assert.rejects(async () => {
    for await (const _ of inspector.bytes(failing(), '1', never()));
  }, /the spool file is gone/)
  assert.equal((await readMessage(inspector, 'hello')).unscannable, '')
})

async function occupy(rig: Rig) {
  const inspection = rig.inspector.read(never())
  inspection.write(Buffer.alloc(300_000, ' '))
  await until(() => rig.supervisor.busyPids().length === 1)
  return inspection
}

/** False when nothing has moved for as long as an idle loop takes for a hundred turns of five milliseconds. */
async function standstill(): Promise<boolean> {
  let turns = 0
  await until(() => ++turns > 100)
  return false
}
