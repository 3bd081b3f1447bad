/** Analyses as a person reads them. */
import { BAD_SCORE, CAUSES, type Cause } from '../core/index.ts'
import type { Analysis, AnalysisNote } from '../store/index.ts'
import { harmless, type Style } from './style.ts'

/** One analysis on a line: when it changed last, state, analyzer, digest, and why it failed. */
export function analysisLine(
  { updated, state, cause, analyzer, sha256, report, attempts }: Analysis,
  style: Style,
): string {
  const said = report?.score === undefined ? '' : `score ${report.score}`
  const more = [cause, said, attempts > 1 ? `${attempts} attempts` : ''].filter((one) => one !== '').join(', ')
  const word = paint(state, report?.score, style)(state.padEnd(11))
  return `${timeText(updated)}  ${word}${harmless(analyzer).padEnd(12)}${sha256}${more === '' ? '' : `  ${more}`}\n`
}

/** All that is known of one analysis; `now` is the store's time. */
export function analysisText(
  row: Analysis & { readonly notes: readonly AnalysisNote[] },
  now: number,
  style: Style,
): string {
  const { analyzer, revision, sha256, state, begun, attempts, taskId, marker, report, notes, updated } = row
  const fields: readonly (readonly [string, string])[] = [
    ['bytes', sha256],
    ['state', `${paint(state, report?.score, style)(state)}${because(row)}, since ${timeText(updated)}`],
    ['revision', harmless(revision)],
    ['held by', heldText(row, now)],
    ['begun', begun === 0 ? '' : timeText(begun)],
    ['attempts', attempts === 0 ? '' : String(attempts)],
    ['task', taskId === '' ? '' : harmless(`${taskId}${marker === '' ? '' : ` (marker ${marker})`}`)],
    ['report', report ? reportText(report) : ''],
  ]
  const lines = [
    style.bold(`Analysis by ${harmless(analyzer)}`),
    ...fields.filter(([, value]) => value !== '').map(([name, value]) => `  ${name.padEnd(10)}${value}`),
    ...(notes.length > 0 ? ['  what attempts came to'] : []),
    ...notes.map(({ at, attempt, cause, detail }) => `    ${timeText(at)}  ${attempt}.  ${cause}: ${harmless(detail)}`),
  ]
  return `${lines.join('\n')}\n`
}

function because({ state, cause }: Analysis): string {
  return state === 'failed' && cause !== ''
    ? ` (${cause}: ${CAUSES[cause as Cause] ?? 'a cause of a newer version'})`
    : ''
}

function heldText({ owner, leaseUntil, token }: Analysis, now: number): string {
  if (owner === '' || leaseUntil === 0) return 'nobody'
  const end =
    leaseUntil > now ? `until ${timeText(leaseUntil)}` : `until ${timeText(leaseUntil)}: over, anybody may take it`
  return `${owner} (token ${token}) ${end}`
}

function reportText({ version, score, families = [], findings = [], link }: NonNullable<Analysis['report']>): string {
  const parts = [`version ${version}`]
  if (score !== undefined) parts.push(`score ${score}`)
  if (families.length > 0) parts.push(`families ${families.join(', ')}`)
  if (findings.length > 0) parts.push(`findings ${findings.map(({ id }) => id).join(', ')}`)
  if (link !== undefined) parts.push(link)
  return harmless(parts.join(', '))
}

function paint(state: string, score: number | undefined, style: Style): (text: string) => string {
  if (state === 'failed') return style.red
  if (state !== 'reported') return style.yellow
  return (score ?? 0) >= BAD_SCORE ? style.red : style.green
}

function timeText(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')
}
