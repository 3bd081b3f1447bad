/** How outcomes, samples and reports read to a person. */
import { CAUSES, describeOutcome, LIMITS, type Outcome, type Report, type StorySample } from '../core/index.ts'
import { harmless, type Style } from './style.ts'

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
      return outcome.why === 'role'
        ? `: rule ${outcome.rule} needs the role ${outcome.role}, which is none`
        : `: rule ${outcome.rule} needs ${outcome.role}, beyond the cap of analyses for one message`
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
    ...Object.entries(reports).map(([role, report]) => `    ${role}: ${reportText(report)}`),
  ]
  return lines.map((line) => `${indent}${line}`)
}

/** What is said of members that are not named. */
export function leftOutLines(count: number): readonly string[] {
  return count === 0 ? [] : [`and ${count} more members of containers that decided nothing`]
}

function reportText(report: Report | string): string {
  if (typeof report === 'string') return report
  const { analyzer, version, score, families, findings, link } = report
  const parts = [`${analyzer} ${version}`]
  if (score !== undefined) parts.push(`score ${score}`)
  if (families && families.length > 0) parts.push(`families ${families.join(', ')}`)
  if (findings && findings.length > 0) parts.push(`findings ${findings.map(({ id }) => id).join(', ')}`)
  if (link !== undefined) parts.push(link)
  return harmless(parts.join(', '))
}
