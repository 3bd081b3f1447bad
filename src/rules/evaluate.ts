/**
 * The rules in order → how the work on a sample ends. The first rule that applies decides, but never past a question:
 *
 * - Evaluation goes on past a rule that waits, failed or was not analysed ("unresolved").
 * - `good` and `ignored` never decide past an unresolved rule; `suspicious` and `unknown` do where all unresolved ones say the same.
 * - `bad` decides past rules that can no longer apply and past rules that say `bad` too. A bad rule that holds by the bytes alone,
 *   without any report, decides whatever reports make of the rules before it.
 *
 * Why not simply "the first bad rule that surely applies": a rule before it that still waits may turn out to apply and say something
 * else; then the verdict would depend on which report came first. So it is monotone: no further report changes a verdict.
 */
import { LIMIT_OF_CAUSE, type Outcome } from '../core/index.ts'
import type { Rule } from './read-rules.ts'
import { type Scope, STEP_BUDGET } from './scope.ts'
import { ruleError, Stuck } from './stuck.ts'

/** What is known of a sample, and the same with no report at all. */
export interface Scopes {
  readonly known: Scope
  readonly bytesOnly: () => Scope
}

export interface Unresolved {
  readonly rule: Rule
  readonly stuck: Stuck
}

/** What each rule that was asked came to; the last that applied and decided is named by the outcome. */
export type Results = Map<Rule, boolean | Stuck>

/** Decides a sample of that role in its message. `results` takes what each rule came to, for who wants to explain it. */
export function evaluateRules(rules: readonly Rule[], scopes: Scopes, role: string, results?: Results): Outcome {
  const unresolved: Unresolved[] = []
  for (let i = 0; i < rules.length; i++) {
    const rule = rules[i] as Rule
    const result = ask(rule, scopes.known)
    results?.set(rule, result)
    if (result === false) continue
    if (result instanceof Stuck) unresolved.push({ rule, stuck: result })
    else return applied(rule, rules.slice(i + 1), unresolved, scopes, results)
  }
  return noneApplied(unresolved, role)
}

/** Asks one rule; whatever is thrown makes it a rule that failed. */
export function ask({ condition }: Rule, scope: Scope): boolean | Stuck {
  scope.steps = STEP_BUDGET
  try {
    const result = condition.run(scope)
    return typeof result === 'boolean' || result instanceof Stuck ? result : ruleError('not true or false', false)
  } catch (error) {
    return ruleError(error instanceof Error ? error.message : String(error), false)
  }
}

function applied(
  rule: Rule,
  later: readonly Rule[],
  unresolved: readonly Unresolved[],
  scopes: Scopes,
  results?: Results,
): Outcome {
  const byBytes = once(() => holdsByBytes(rule, scopes))
  if (unresolved.length === 0 && (rule.verdict === 'bad' || byBytes())) return decided(rule, scopes.known)
  const overruling = byBytes() ? undefined : badByBytes(later, scopes)
  if (overruling) {
    results?.set(overruling, true)
    return decided(overruling, scopes.known)
  }
  const decides = decidesPast(rule.verdict, unresolved) || (rule.verdict === 'bad' && byBytes())
  return decides ? decided(rule, scopes.known) : undecided(unresolved)
}

function once(answer: () => boolean): () => boolean {
  let known: boolean | undefined
  return () => {
    known ??= answer()
    return known
  }
}

/** Whether a rule applies without any report. */
function holdsByBytes(rule: Rule, scopes: Scopes): boolean {
  return rule.condition.roles.length === 0 || ask(rule, scopes.bytesOnly()) === true
}

/** The first of these rules that applies by the bytes alone, where it says `bad`. */
function badByBytes(rules: readonly Rule[], scopes: Scopes): Rule | undefined {
  const scope = scopes.bytesOnly()
  const first = rules.find((rule) => ask(rule, scope) === true)
  return first?.verdict === 'bad' ? first : undefined
}

/** Whether a verdict stands however the unresolved rules before it turn out. */
function decidesPast(verdict: Rule['verdict'], unresolved: readonly Unresolved[]): boolean {
  if (unresolved.length === 0) return true
  if (verdict === 'good' || verdict === 'ignored') return false
  return unresolved.every(({ rule, stuck }) => {
    return rule.verdict === verdict || (verdict === 'bad' && stuck.pending.length === 0)
  })
}

function decided({ verdict, id, reason, severity, tags }: Rule, scope: Scope): Outcome {
  return {
    kind: 'decided',
    verdict,
    rule: id,
    reason: reason.render(scope),
    ...(severity !== undefined && { severity }),
    ...(tags.length > 0 && { tags }),
  }
}

/** What the outcome names where no rule applies. */
export const NO_RULE = '(none)'

/** An attachment that no rule speaks of is unknown; texts and messages are there in every mail. */
function noneApplied(unresolved: readonly Unresolved[], role: string): Outcome {
  const verdict = role === 'attachment' ? 'unknown' : 'ignored'
  if (!decidesPast(verdict, unresolved)) return undecided(unresolved)
  return { kind: 'decided', verdict, rule: NO_RULE, reason: 'no rule applies' }
}

/**
 * Waits if anything can still be learnt, else says why nothing can be said. Where a limit of an analyzer was reached, no retry changes
 * anything: that is a limit like any other, and comes after failures that may pass.
 */
function undecided(unresolved: readonly Unresolved[]): Outcome {
  const roles = [...new Set(unresolved.flatMap(({ stuck }) => stuck.pending))]
  if (roles.length > 0) return { kind: 'pending', roles }
  const failures = unresolved.flatMap(({ rule, stuck }) => (stuck.failure ? [{ ...stuck.failure, rule: rule.id }] : []))
  const passing = failures.find(({ cause }) => LIMIT_OF_CAUSE[cause] === undefined)
  if (passing) return { kind: 'failed', ...passing }
  const limit = failures[0] && LIMIT_OF_CAUSE[failures[0].cause]
  if (limit) return { kind: 'unscannable', limit }
  for (const { rule, stuck } of unresolved) {
    if (stuck.unanalysed) return { kind: 'unanalysed', ...stuck.unanalysed, rule: rule.id }
  }
  return { kind: 'failed', cause: 'internal', detail: 'the rules came to nothing' }
}
