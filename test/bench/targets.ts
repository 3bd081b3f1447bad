import type { HeldResult } from './held.ts'
import type { Measurement } from './measure.ts'
import { type Metric, ratiosOf, type Spread, spread } from './ratios.ts'

/** A promise about speed or memory, and what was measured of it. */
export interface Target {
  readonly what: string
  readonly limit: number
  readonly measured: Spread
  readonly unit: string
  readonly holds: boolean
}

/** The promises that these measurements can judge. */
export function judge(all: readonly Measurement[], held: readonly HeldResult[]): Target[] {
  const sessions = [...new Set(all.map((m) => m.sessions))]
  return [
    ...sessions.flatMap((n) => ratioTarget(all, 'protocol', 'null', n, 'CPU s/1000', 0.7)),
    ...sessions.flatMap((n) => ratioTarget(all, 'filter', 'python', n, 'CPU s/1000', 1)),
    ...ratioTarget(all, 'filter', 'python', Math.max(...sessions), 'p50 ms', 1),
    ...heldTargets(held),
  ]
}

function ratioTarget(
  all: readonly Measurement[],
  peer: string,
  base: string,
  sessions: number,
  metric: Metric,
  limit: number,
): Target[] {
  const measured = ratiosOf(all, peer, base, sessions, metric)
  if (Number.isNaN(measured.median)) return []
  const what = `${metric} of ${peer} ÷ ${base} at ${sessions} sessions`
  return [{ what, limit, measured, unit: '', holds: measured.median <= limit }]
}

/** One target for each kind of mail that each subject held, over its rounds. */
function heldTargets(all: readonly HeldResult[]): Target[] {
  const kinds = Map.groupBy(all, ({ subject, corpus }) => `${subject} ${corpus}`)
  return [...kinds.values()].flatMap((rounds) => {
    const [first] = rounds
    return first ? [heldTarget(first, rounds)] : []
  })
}

function heldTarget({ subject, corpus, count, limitBytesEach }: HeldResult, rounds: readonly HeldResult[]): Target {
  const what = `${subject}: memory of a held mail, ${count} of ${corpus}`
  const measured = spread(rounds.map(({ bytesEach }) => bytesEach / 1000))
  const limit = limitBytesEach / 1000
  const areHeld = rounds.every((round) => round.held === round.count)
  return { what, limit, measured, unit: 'kB', holds: areHeld && measured.median <= limit }
}
