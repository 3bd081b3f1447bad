/** How outcomes, samples and reports read to a person. */
import {
  type Anomaly,
  CAUSES,
  describeOutcome,
  LIMITS,
  type Outcome,
  type Report,
  SEVERITIES,
  type StorySample,
  type UnanalysedWhy,
} from '../core/index.ts'
import { harmless, type Style } from './style.ts'

/** What a rule needs that nobody says, by why; the role is the argument. */
const UNANALYSED: Readonly<Record<UnanalysedWhy, (role: string) => string>> = {
  role: (role) => `the role ${role}, which no analyzer has`,
  cap: (role) => `${role}, beyond the cap of analyses for one message`,
  upload: (role) => `${role}, which has no report about these bytes and may not be given them (upload)`,
  password: (role) =>
    `${role}, which found nothing in what is locked, and may not be told the password (sharePasswords)`,
}

/** The outcome in the colour of its weight, and the sentence that explains it. */
export function outcomeText(outcome: Outcome, style: Style): string {
  return `${paint(outcome, style)(describeOutcome(outcome))}${because(outcome)}`
}

function paint(outcome: Outcome, style: Style): (text: string) => string {
  if (outcome.kind !== 'decided') return style.yellow
  if (outcome.verdict === 'bad') return style.red
  return outcome.verdict === 'good' || outcome.verdict === 'ignored' ? style.green : style.yellow
}

function because(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'decided':
      return ` by rule ${outcome.rule}: ${harmless(outcome.reason)}`
    case 'pending':
      return `: waits for ${outcome.roles.join(', ')}`
    case 'failed': {
      const rule = outcome.rule === undefined ? '' : ` (rule ${outcome.rule})`
      const detail = outcome.detail === undefined ? '' : `: ${harmless(outcome.detail)}`
      return `: ${CAUSES[outcome.cause]}${rule}${detail}`
    }
    case 'unscannable':
      return `: ${LIMITS[outcome.limit]}`
    case 'encrypted':
      return `: the ${outcome.what} is encrypted`
    case 'unanalysed':
      return `: rule ${outcome.rule} needs ${UNANALYSED[outcome.why](outcome.role)}`
    default:
      return outcome satisfies never
  }
}

/** The lines of one sample: what it is, what was decided, and what each role said. */
export function sampleLines({ sample, outcome, disposition, reports }: StorySample, style: Style): readonly string[] {
  const name = sample.name === '' ? '(no name)' : harmless(sample.name)
  // Members stand under their container.
  const indent = '  '.repeat(sample.path.split('/').length - 1)
  const lines = [
    `${sample.path}  ${style.bold(name)}  ${harmless(sample.type)}  ${sample.size} bytes`,
    `    sha256 ${sample.sha256}`,
    `    ${outcomeText(outcome, style)} → ${disposition}`,
    ...weightLines(outcome),
    ...oddLines(sample.anomalies, style).map((line) => `    ${line}`),
    ...sample.mismatches.map((mismatch) => `    differs: ${harmless(mismatch)}`),
    ...Object.entries(reports).map(([role, report]) => `    ${role}: ${reportText(report)}`),
  ]
  return lines.map((line) => `${indent}${line}`)
}

/** How grave its rule calls it, and the tags of that rule. */
function weightLines(outcome: Outcome): readonly string[] {
  if (outcome.kind !== 'decided') return []
  const { severity, tags = [] } = outcome
  const parts = [...(severity === undefined ? [] : [`severity ${severity}`]), ...tags]
  return parts.length === 0 ? [] : [`    ${parts.join(', ')}`]
}

/** Anomalies on one line, each once with how often it was seen, the grave ones first; nothing where nothing is odd. */
export function oddLines(anomalies: readonly Anomaly[], style: Style): readonly string[] {
  const counts = new Map<string, { readonly severity: string; count: number }>()
  for (const { name, severity } of anomalies) {
    const known = counts.get(name)
    if (known) known.count++
    else counts.set(name, { severity, count: 1 })
  }
  if (counts.size === 0) return []
  const sorted = [...counts].sort(([, a], [, b]) => rank(b.severity) - rank(a.severity))
  const told = sorted.slice(0, ODD).map(([name, { severity, count }]) => {
    const text = `${harmless(name)}${count > 1 ? ` ×${count}` : ''}`
    return severity === 'note' ? text : style.yellow(`${text} (${harmless(severity)})`)
  })
  return [`odd: ${told.join(', ')}${sorted.length > ODD ? `, ${sorted.length - ODD} more` : ''}`]
}

/** Different anomalies that are told of one sample. */
const ODD = 12

function rank(severity: string): number {
  return (SEVERITIES as readonly string[]).indexOf(severity)
}

/** What is said of members that are not named. */
export function leftOutLines(count: number): readonly string[] {
  return count === 0 ? [] : [`and ${count} more members of containers that decided nothing`]
}

function reportText(report: Report | string): string {
  if (report === 'unmapped') return 'no analyzer has this role'
  if (typeof report === 'string') return report
  const { analyzer, version, score, families, findings, link } = report
  const parts = [`${analyzer} ${version}`]
  if (score !== undefined) parts.push(`score ${score}`)
  if (families && families.length > 0) parts.push(`families ${families.join(', ')}`)
  if (findings && findings.length > 0) parts.push(`findings ${findings.map(({ id }) => id).join(', ')}`)
  if (link !== undefined) parts.push(link)
  return harmless(parts.join(', '))
}
