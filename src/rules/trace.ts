/** Rule by rule, what was looked at and why it applied or not: what `scan --explain` prints. */
import type { Cause, Outcome, UnanalysedWhy, Verdict } from '../core/index.ts'
import type { Results } from './evaluate.ts'
import type { Rule } from './read-rules.ts'
import { type Result, type Scope, STEP_BUDGET } from './scope.ts'
import { Stuck } from './stuck.ts'

export interface TraceEntry {
  readonly rule: string
  readonly verdict: Verdict
  readonly reason: string
  readonly file: string
  readonly line: number
  readonly result: 'applied' | 'did not apply' | 'pending' | 'failed' | 'unanalysed' | 'disabled' | 'not reached'
  /** Whether the outcome is this rule's. */
  readonly decided: boolean
  /** The roles that it waits for. */
  readonly roles: readonly string[]
  readonly cause?: Cause
  readonly detail?: string
  readonly looked: readonly Looked[]
}

/** A fact or a field of a report, and what it was: JSON, or in words why there is no value. */
export interface Looked {
  readonly path: string
  readonly value: string
}

/** Longest value that is shown. */
const SHOWN = 200

/** Tells all rules, in order. */
export function traceOf(
  rules: readonly Rule[],
  results: Results,
  outcome: Outcome,
  scope: Scope,
  disabled: ReadonlyMap<string, string>,
): TraceEntry[] {
  return rules.map((rule) => {
    const { id, verdict, file, line } = rule
    const off = disabled.get(id)
    if (off !== undefined) {
      const told = { result: 'disabled', decided: false, roles: [], detail: off, looked: [] } as const
      return { rule: id, verdict, reason: rule.reason.text, file, line, ...told }
    }
    const reason = results.get(rule) === true ? rule.reason.render(scope) : rule.reason.text
    const result = results.get(rule)
    const decided = outcome.kind === 'decided' && outcome.rule === id
    return { rule: id, verdict, reason, file, line, decided, ...toldAs(result), looked: lookedAt(rule, result, scope) }
  })
}

function toldAs(result: boolean | Stuck | undefined): Pick<TraceEntry, 'result' | 'roles' | 'cause' | 'detail'> {
  if (result === undefined) return { result: 'not reached', roles: [] }
  if (result === true) return { result: 'applied', roles: [] }
  if (result === false) return { result: 'did not apply', roles: [] }
  if (result.pending.length > 0) return { result: 'pending', roles: result.pending }
  if (result.failure) return { result: 'failed', roles: [], ...result.failure }
  return { result: 'unanalysed', roles: result.unanalysed ? [result.unanalysed.role] : [] }
}

function lookedAt({ condition }: Rule, result: boolean | Stuck | undefined, scope: Scope): readonly Looked[] {
  if (result === undefined) return []
  scope.steps = STEP_BUDGET
  return condition.looks().map(({ path, run }) => ({ path, value: shown(run(scope)) }))
}

function shown(value: Result): string {
  if (!(value instanceof Stuck)) {
    const text = JSON.stringify(value)
    return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text
  }
  if (value.pending.length > 0) return 'pending'
  return value.failure?.detail ?? UNANALYSED[value.unanalysed?.why ?? 'role']
}

const UNANALYSED: Readonly<Record<UnanalysedWhy, string>> = {
  role: 'not analysed: no analyzer',
  cap: 'not analysed: limit',
  upload: 'not analysed: not uploaded',
  password: 'not analysed: its password is not told',
}
