import type { HeldResult } from './held.ts'
import type { Measurement } from './measure.ts'
import { type Metric, ratiosOf, type Spread } from './ratios.ts'

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
    ...held.map(heldTarget),
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

function heldTarget(held: HeldResult): Target {
  const what = `${held.subject}: memory of a held mail, ${held.count} of ${held.corpus}`
  const value = held.bytesEach / 1000
  const measured = { median: value, least: value, greatest: value }
  const limit = held.limitBytesEach / 1000
  return { what, limit, measured, unit: 'kB', holds: held.held === held.count && value <= limit }
}
