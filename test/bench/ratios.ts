import type { Measurement } from './measure.ts'

/** What is compared. */
export const metrics = {
  'msg/s': (m: Measurement) => m.perSecond,
  'CPU s/1000': (m: Measurement) => m.cpuPerThousand,
  'p50 ms': (m: Measurement) => m.load.wholeMs.p50,
  'p99 ms': (m: Measurement) => m.load.wholeMs.p99,
  'EOM p50 ms': (m: Measurement) => m.load.eomMs.p50,
  'EOM p99 ms': (m: Measurement) => m.load.eomMs.p99,
  'peak MiB': (m: Measurement) => m.peakBytes / 1024 ** 2,
} as const satisfies Readonly<Record<string, (m: Measurement) => number>>

export type Metric = keyof typeof metrics

/** Median over the rounds with the least and the greatest. */
export interface Spread {
  readonly median: number
  readonly least: number
  readonly greatest: number
}

/** The middle of a list, the mean of the two middle ones of an even list; NaN of an empty one. */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length / 2
  const low = sorted[Math.ceil(half) - 1] ?? Number.NaN
  const high = sorted[Math.floor(half)] ?? Number.NaN
  return { median: (low + high) / 2, least: sorted[0] ?? Number.NaN, greatest: sorted.at(-1) ?? Number.NaN }
}

/** One metric of one peer. */
export function valuesOf(all: readonly Measurement[], peer: string, sessions: number, metric: Metric): Spread {
  return spread(all.filter((m) => m.peer === peer && m.sessions === sessions).map(metrics[metric]))
}

/** One metric of one peer divided by that of another in the same round: what the machine did in that round cancels out. */
export function ratiosOf(
  all: readonly Measurement[],
  peer: string,
  base: string,
  sessions: number,
  metric: Metric,
): Spread {
  const of = (name: string) => all.filter((m) => m.peer === name && m.sessions === sessions)
  const bases = new Map(of(base).map((m) => [m.round, metrics[metric](m)]))
  return spread(of(peer).map((m) => metrics[metric](m) / (bases.get(m.round) ?? Number.NaN)))
}
