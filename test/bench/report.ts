import type { HeldResult } from './held.ts'
import type { MailTime } from './mail.ts'
import type { Measurement } from './measure.ts'
import { type Metric, metrics, ratiosOf, type Spread, spread, valuesOf } from './ratios.ts'
import type { Target } from './targets.ts'

/** All that one run of the benchmark found. */
export interface Findings {
  readonly measurements: readonly Measurement[]
  readonly held: readonly HeldResult[]
  readonly mail: readonly MailTime[]
  readonly targets: readonly Target[]
  /** Mails sent without an answer, or answered with something else than delivery. Empty when all is well. */
  readonly losses: readonly string[]
}

const names = Object.keys(metrics) as Metric[]

/** The findings as text. */
export function reportText(findings: Findings): string {
  const { measurements } = findings
  const bases = ['null', 'python'].filter((base) => measurements.some((m) => m.peer === base))
  return [
    ...(measurements.length === 0 ? [] : [absoluteTable(measurements)]),
    ...bases.map((base) => ratioTable(measurements, base)),
    ...(findings.held.length === 0 ? [] : [heldTable(findings.held)]),
    ...(findings.mail.length === 0 ? [] : [mailTable(findings.mail)]),
    ...(findings.targets.length === 0 ? [] : [targetTable(findings.targets)]),
    findings.losses.length === 0 ? 'Every message was answered; none was lost.' : findings.losses.join('\n'),
  ].join('\n\n')
}

function absoluteTable(all: readonly Measurement[]): string {
  const rows = cells(all, (peer, sessions, metric) => valuesOf(all, peer, sessions, metric))
  return `Medians over the rounds, for scale only\n${table(['peer', 'sessions', ...names], rows)}`
}

function ratioTable(all: readonly Measurement[], base: string): string {
  const rows = cells(all, (peer, sessions, metric) => ratiosOf(all, peer, base, sessions, metric))
  return `Each ÷ ${base} in the same round, medians\n${table(['peer', 'sessions', ...names], rows)}`
}

function cells(
  all: readonly Measurement[],
  value: (peer: string, sessions: number, metric: Metric) => Spread,
): string[][] {
  const pairs = new Map(all.map((m) => [`${m.sessions} ${m.peer}`, m]))
  return [...pairs.values()].map(({ peer, sessions }) => [
    peer,
    `${sessions}`,
    ...names.map((metric) => figure(value(peer, sessions, metric).median)),
  ])
}

function heldTable(held: readonly HeldResult[]): string {
  const rows = held.map((result) => [
    result.subject,
    result.corpus,
    `${result.held} of ${result.count}`,
    figure(result.residentBytes / 1024 ** 2),
    figure(result.bytesEach / 1000),
    figure(result.treeBytesEach / 1000),
  ])
  return `Held mails\n${table(['subject', 'mails', 'held', 'RSS MiB', 'kB each', 'kB each, all processes'], rows)}`
}

function mailTable(times: readonly MailTime[]): string {
  const rows = times.map(({ mail, subject, ms }) => [mail, subject, figure(spread(ms).median)])
  return `Mails read, milliseconds of the processor, medians over the rounds, for scale only\n${table(['mail', 'reader', 'ms'], rows)}`
}

function targetTable(targets: readonly Target[]): string {
  const rows = targets.map(({ what, limit, measured, unit, holds }) => [
    what,
    `≤ ${figure(limit)} ${unit}`.trim(),
    figure(measured.median),
    `${figure(measured.least)}–${figure(measured.greatest)}`,
    holds ? 'holds' : 'DOES NOT HOLD',
  ])
  return `Targets\n${table(['target', 'limit', 'median', 'range', ''], rows)}`
}

function figure(value: number): string {
  if (!Number.isFinite(value)) return '-'
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3)
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    row
      .map((text, column) => (column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0)))
      .join('  ')
  return [head, ...rows].map((row) => line(row).trimEnd()).join('\n')
}
