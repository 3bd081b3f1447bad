import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { frame } from '../../src/inspector/frame.ts'
import { FRAME } from '../../src/inspector/protocol.ts'
import { untilGone } from './pids.ts'
import { never, readMessage, startRig } from './rig.ts'

const GARBAGE = [
  'unknown-type',
  'request-type',
  'ready-twice',
  'oversize',
  'no-type',
  'no-job',
  'not-json',
  'other-form',
  'unknown-limit',
  'foreign-job',
  'bytes-for-reading',
  'names-a-cause',
  'larger-than-message',
]

// A process for each act, because replacements come one a second.
for (const acts of [GARBAGE.slice(0, 4), GARBAGE.slice(4, 8), GARBAGE.slice(8)]) {
  test(`a process that answers garbage is killed, its message fails for it: ${acts.join(', ')}`, async (t) => {
    const { inspector, events, count } = await startRig(t, { parser: 'actor.ts', options: { processes: acts.length } })
    for (const act of acts) {
      await assert.rejects(readMessage(inspector, `act ${act}`), { code: 'inspector-garbage' }, act)
    }
    await count('process-ended', acts.length)
    const ended = events.filter(({ kind }) => kind === 'process-ended')
    for (const { detail } of ended) assert.match(detail, /^inspector-garbage: /)
    assert.equal((await readMessage(inspector, 'hello')).subject, 'hello')
  })
}

test('a reading before the end of the message is garbage', async (t) => {
  const { inspector } = await startRig(t, { parser: 'actor.ts' })
  const inspection = inspector.read(never())
  inspection.write(Buffer.from(`early other-form ${' '.repeat(300_000)}`))
  await assert.rejects(inspection.finish(), { code: 'inspector-garbage' })
})

test('a second answer to one message reaches nobody and kills the process', async (t) => {
  const { inspector, supervisor, seen } = await startRig(t, { parser: 'actor.ts' })
  const before = [...supervisor.pids()]
  await readMessage(inspector, 'act answer-twice')
  const event = await seen(({ kind }) => kind === 'process-ended')
  assert.match(event.detail, /^inspector-garbage: an answer without a job/)
  assert.equal((await readMessage(inspector, 'hello')).subject, 'hello')
  await untilGone(before.filter((pid) => pid === event.pid))
})

const CLIENT_GARBAGE: Readonly<Record<string, Buffer>> = {
  'an unknown type': frame(0x66),
  'an answer': frame(FRAME.result, 1, '{}'),
  'bytes without a job': frame(FRAME.data, undefined, 'x'),
  'an end without a job': frame(FRAME.end),
  'a job within a job': Buffer.concat([frame(FRAME.read, 1), frame(FRAME.read, 2)]),
  'bytes after the end': Buffer.concat([frame(FRAME.read, 1), frame(FRAME.end), frame(FRAME.data, undefined, 'x')]),
  'a length of 2 GiB': Buffer.from([0x7f, 0xff, 0xff, 0xff, FRAME.data]),
  'a request without its number': Buffer.from([0, 0, 0, 1, FRAME.read]),
}

test('a client that talks garbage loses its connection and disturbs nobody', async (t) => {
  const { inspector, socket } = await startRig(t, { parser: 'actor.ts' })
  for (const [what, bytes] of Object.entries(CLIENT_GARBAGE)) {
    await t.test(what, async () => {
      const client = connect(socket)
      client.write(bytes)
      client.on('error', () => {})
      await new Promise((resolve) => client.on('close', resolve).resume())
      assert.equal((await readMessage(inspector, 'hello')).subject, 'hello')
    })
  }
})

test('a request to open that says something else ends the connection, not the process', async (t) => {
  const { socket, inspector } = await startRig(t)
  const client = connect(socket)
  client.write(frame(FRAME.open, 7, '{}'))
  const answer = await new Promise<string>((resolve) => {
    client.on('close', () => resolve('closed'))
    client.on('data', () => resolve('answered'))
  })
  assert.equal(answer, 'closed')
  assert.equal((await readMessage(inspector, 'Subject: hello\r\n\r\n')).subject, 'hello')
})
