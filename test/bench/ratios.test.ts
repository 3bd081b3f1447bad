import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lossesOf, miscountOf } from './losses.ts'
import type { Measurement } from './measure.ts'
import { ratiosOf, spread } from './ratios.ts'
import { judge } from './targets.ts'

const times = { p50: 1, p99: 2 }

function measured(peer: string, round: number, cpuPerThousand: number, accepted = 60): Measurement {
  const replies = { accept: accepted }
  const load = { messages: 60, answered: 60, lost: 0, seconds: 1, wholeMs: times, eomMs: times, replies }
  return { peer, sessions: 10, round, load, perSecond: 60, cpuPerThousand, peakBytes: 1 }
}

test('a ratio is taken inside its round, then the median over the rounds', () => {
  const all = [
    ...[measured('null', 0, 1), measured('null', 1, 10), measured('null', 2, 2)],
    ...[measured('protocol', 0, 0.5), measured('protocol', 1, 6), measured('protocol', 2, 1.8)],
  ]

  const ratios = ratiosOf(all, 'protocol', 'null', 10, 'CPU s/1000')

  assert.deepEqual(ratios, { median: 0.6, least: 0.5, greatest: 0.9 })
})

test('the median of an even number of values is the mean of the two in the middle', () => {
  assert.equal(spread([4, 1, 3, 2]).median, 2.5)
  assert.ok(Number.isNaN(spread([]).median))
})

test('a target that is missed is said not to hold', () => {
  const targets = (cpu: number) => judge([measured('null', 0, 1), measured('protocol', 0, cpu)], [])

  assert.deepEqual(
    targets(0.7).map((target) => target.holds),
    [true],
  )
  assert.deepEqual(
    targets(0.71).map((target) => target.holds),
    [false],
  )
})

test('held mails meet their target only when all of them were held, and by the median of the rounds', () => {
  const held = (count: number, bytesEach = 10_000) => ({
    ...{ subject: 'filter-holding', corpus: 'held4k', count: 1000, held: count },
    ...{ residentBytes: 1, bytesEach, treeBytesEach: bytesEach, limitBytesEach: 30_000 },
  })
  const holds = (...rounds: Parameters<typeof judge>[1]) => judge([], rounds).map((target) => target.holds)

  assert.deepEqual(holds(held(1000)), [true])
  assert.deepEqual(holds(held(1000), held(999)), [false])
  assert.deepEqual(holds(held(1000), held(1000, 90_000), held(1000, 29_000)), [true])
  assert.deepEqual(holds(held(1000), held(1000, 90_000), held(1000, 31_000)), [false])
})

test('a mail that was answered with something else than delivery is a loss', () => {
  assert.deepEqual(lossesOf([measured('filter', 0, 1)]), [])
  assert.deepEqual(lossesOf([measured('filter', 0, 1, 59)]), [
    'filter, 10 sessions, round 1: 1 of 60 messages DID NOT PASS',
  ])
})

test('a peer that saw fewer attachments than it was sent is a loss', () => {
  const sent = { messages: 60, attachments: 140 }

  assert.deepEqual(miscountOf('python', '{"messages":60,"attachments":140}\n', sent), [])
  assert.deepEqual(miscountOf('python', '{"messages":60,"attachments":139}\n', sent), [
    'python says that it SAW 139 of 140 attachments',
  ])
})

test('the messages and attachments that the filter logged are counted', () => {
  const line = (attachments: number) => `{"level":30,"attachments":${attachments},"msg":"message"}\n`
  const log = `{"level":30,"msg":"ready"}\n${line(52)}${line(88)}`

  assert.deepEqual(miscountOf('filter', log, { messages: 2, attachments: 140 }), [])
  assert.deepEqual(miscountOf('filter', log, { messages: 3, attachments: 140 }), [
    'filter says that it SAW 2 of 3 messages',
  ])
})

test('a peer that does not say what it saw is a loss', () => {
  assert.deepEqual(miscountOf('null', 'Killed\n', { messages: 1, attachments: 0 }), [
    'null did not end as it should: it DID NOT SAY what it saw',
  ])
})
