/** Runs the cases that stand with the rules: each asks its rule alone. */

import { ask } from './evaluate.ts'
import type { Expected, RuleCase } from './read-case.ts'
import type { Rule } from './read-rules.ts'
import { fixedViews, newScope, viewOf } from './scope.ts'
import type { Steps } from './steps.ts'
import { Stuck } from './stuck.ts'

/** How one case went. */
export interface RuleTestResult {
  readonly rule: string
  readonly file: string
  readonly line: number
  readonly column: number
  readonly passed: boolean
  readonly expected: string
  readonly got: string
  /** Why it came to what it came to; empty where there is nothing to say. */
  readonly detail: string
}

/** Runs all cases of all rules. */
export function* runCases(rules: readonly Rule[], roles: readonly string[]): Steps<readonly RuleTestResult[]> {
  const results: RuleTestResult[] = []
  for (const rule of rules) {
    for (const one of rule.cases) results.push(runCase(rule, one, roles))
    yield
  }
  return results
}

function runCase(rule: Rule, one: RuleCase, roles: readonly string[]): RuleTestResult {
  const { facts, roles: states, expect, line, column } = one
  const views = roles.map((role) => viewOf(role, states.get(role), fixedViews(role)))
  const scope = newScope(facts, views)
  const result = ask(rule, scope)
  const got = wordFor(rule, result)
  const detail = result instanceof Stuck ? (result.failure?.detail ?? result.pending.join(', ')) : ''
  const told = { rule: rule.id, file: rule.file, line, column, detail }
  if (got !== expect || result !== true || one.reason === undefined) {
    return { ...told, passed: got === expect, expected: expect, got }
  }
  const reason = rule.reason.render(scope)
  const passed = rule.reason.renderAll(scope).includes(one.reason)
  return { ...told, passed, expected: quoted(one.reason), got: quoted(reason) }
}

function quoted(reason: string): string {
  return `the reason ${JSON.stringify(reason)}`
}

function wordFor({ verdict }: Rule, result: boolean | Stuck): Expected {
  if (result === true) return verdict
  if (result === false) return 'none'
  if (result.pending.length > 0) return 'pending'
  return result.failure ? 'failed' : 'unanalysed'
}
