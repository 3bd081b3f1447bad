import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '../../src/core/index.ts'
import { type Turn, Turns } from '../../src/inspector/turns.ts'
import { until } from './pids.ts'
import { readMessage, startRig } from './rig.ts'

/** Turns that write down what happens to them. */
function turnsOf(log: string[], count: number): readonly Turn[] {
  return Array.from({ length: count }, (_, i) => ({
    begin: () => log.push(`${i}`),
    lost: ({ code }: Fault) => log.push(`${i} ${code}`),
  }))
}

function opened(turns: Turns, log: string[], count: number): readonly Turn[] {
  const all = turnsOf(log, count)
  for (const turn of all) turns.enter('open', turn)
  return all
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => `${i}`)

test('openings begin thirty-two at a time, the others in the order in which they came', () => {
  const log: string[] = []
  const turns = new Turns()
  const all = opened(turns, log, 40)
  assert.deepEqual(log, upTo(32))
  assert.equal(turns.waiting, 8)
  for (const turn of all) turns.leave('open', turn)
  assert.deepEqual(log, upTo(40))
  assert.equal(turns.waiting, 0)
})

test('whoever leaves the line or leaves twice gives nobody a place too many', () => {
  const log: string[] = []
  const turns = new Turns()
  const all = opened(turns, log, 36)
  const [first, second, waiting] = [all[0], all[1], all[32]] as readonly Turn[]
  for (const turn of [waiting, first, first, second]) if (turn) turns.leave('open', turn)
  assert.deepEqual(log.slice(32), ['33', '34'])
  assert.equal(turns.waiting, 1)
})

test('openings that are in work leave readings their places', () => {
  const log: string[] = []
  const turns = new Turns()
  opened(turns, [], 50)
  const [reading] = turnsOf(log, 1)
  if (reading) turns.enter('read', reading)
  assert.deepEqual(log, ['0'])
})

test('whoever finds too many of both kinds is refused as overload', () => {
  const log: string[] = []
  let refused = 0
  const turns = new Turns(40, () => {
    refused += 1
  })
  for (const turn of turnsOf([], 6)) turns.enter('read', turn)
  opened(turns, log, 36)
  assert.deepEqual(log.slice(32), ['34 overloaded', '35 overloaded'])
  assert.equal(refused, 2)
})

test('whoever waits when the line ends is told why, and the others may still leave', () => {
  const log: string[] = []
  const turns = new Turns()
  const all = opened(turns, log, 34)
  turns.end(new Fault('shutting-down'))
  assert.deepEqual(log.slice(32), ['32 shutting-down', '33 shutting-down'])
  for (const turn of all) turns.leave('open', turn)
  assert.equal(log.length, 34)
})

test('messages that wait for their turn are all read, and the supervisor never hears of more than a few', async (t) => {
  const { inspector, supervisor } = await startRig(t, { parser: 'actor.ts', options: { processes: 1 } })
  const first = inspector.read()
  first.write(Buffer.from('act stall'))
  const stalled = first.finish().catch(() => {})
  await until(() => supervisor.busyPids().length === 1)
  const all = Promise.all(Array.from({ length: 150 }, (_, i) => readMessage(inspector, `hello ${i}`)))
  await until(() => supervisor.waiting() === 63)
  first.abort()
  const subjects = (await all).map(({ subject }) => subject)
  assert.deepEqual(subjects.slice(0, 2), ['hello 0', 'hello 1'])
  assert.equal(new Set(subjects).size, 150)
  await stalled
})

test('a message that waits for its turn is given up at once', async (t) => {
  const { inspector, supervisor } = await startRig(t, { parser: 'actor.ts', options: { processes: 1 } })
  const stalled = Array.from({ length: 64 }, () => inspector.read())
  for (const one of stalled) {
    one.write(Buffer.from('act stall'))
    one.finish().catch(() => {})
  }
  await until(() => supervisor.waiting() === 63)
  const waiting = inspector.read()
  waiting.write(Buffer.from('hello'))
  const reading = waiting.finish()
  waiting.abort(new Fault('deadline'))
  await assert.rejects(reading, { code: 'deadline' })
  for (const one of stalled) one.abort()
})
