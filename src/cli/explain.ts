/** Rule by rule why a sample was decided so: the rules are asked once more, with what was known when they decided. */
import type { Cause, MessageFacts, RoleState, StorySample } from '../core/index.ts'
import type { EvaluationInput, Ruleset, TraceEntry } from '../rules/index.ts'
import { harmless, type Style } from './style.ts'

/** Every rule in order with what it looked at. */
export function explainSample(
  told: StorySample,
  message: MessageFacts,
  ruleset: Ruleset,
  around: Pick<EvaluationInput, 'tree' | 'history' | 'disabled'> = {},
): readonly TraceEntry[] {
  const roles = new Map(Object.entries(told.reports).map(([role, report]) => [role, roleState(report)]))
  return ruleset.evaluate({ sample: told.sample, message, roles, ...around }, { explain: true }).trace ?? []
}

/** The state of a role from what the story says of it. */
function roleState(report: StorySample['reports'][string]): RoleState {
  if (typeof report !== 'string') return { state: 'reported', report }
  if (report.startsWith('failed: ')) return { state: 'failed', cause: report.slice('failed: '.length) as Cause }
  const states = ['wanted', 'pending', 'unmapped', 'capped'] as const
  return { state: states.find((state) => state === report) ?? 'pending' }
}

/** One rule on a line, what it looked at below. */
export function traceLines(entry: TraceEntry, style: Style): readonly string[] {
  const { rule, verdict, result, decided, looked, detail, roles, file, line } = entry
  const word = decided ? style.bold(`${result}, decided`) : result === 'disabled' ? harmless(detail ?? result) : result
  const why = result === 'disabled' ? '' : (detail ?? (roles.length > 0 ? roles.join(', ') : ''))
  return [
    `rule ${rule} (${verdict}): ${word}${why === '' ? '' : `: ${harmless(why)}`}  ${style.dim(`${file}:${line}`)}`,
    ...looked.map(({ path, value }) => `    ${path} = ${harmless(value)}`),
  ]
}
