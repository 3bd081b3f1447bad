/** Rule files → one ruleset that evaluates samples. Pure: the caller reads the files and hands them over in order. */
import { createHash } from 'node:crypto'
import {
  type MessageFacts,
  type Outcome,
  ROLES_IN_MESSAGE,
  type RoleInMessage,
  type RoleState,
  type Sample,
  type Verdict,
} from '../core/index.ts'
import { type Declarations, declare, isRoleName } from './declare.ts'
import { evaluateRules, type Results } from './evaluate.ts'
import { RulesetError, type RulesetProblem } from './problem.ts'
import { type Rule, readRules } from './read-rules.ts'
import { type RuleTestResult, runCases } from './rule-test.ts'
import { type FixedViews, fixedViews, type KnownRecord, type Scope, viewOf } from './scope.ts'
import { offsetOf, problemAt, type RuleFile } from './source.ts'
import { type TraceEntry, traceOf } from './trace.ts'
import { FileReader } from './yaml-file.ts'

/** What the rules are told of one sample. A role that is not in `roles` has not been asked. */
export interface EvaluationInput {
  readonly sample: Sample
  readonly message: MessageFacts
  readonly roles: ReadonlyMap<string, RoleState>
}

export interface Evaluation {
  readonly outcome: Outcome
  /** The roles that nobody has asked yet and on which the outcome depends. */
  readonly needs: readonly string[]
  /** Every rule in order; only where it was asked for. */
  readonly trace?: readonly TraceEntry[]
}

export interface RuleInfo {
  readonly id: string
  readonly verdict: Verdict
  readonly reason: string
  /** The roles that its condition names. */
  readonly roles: readonly string[]
  readonly file: string
  readonly line: number
}

export interface Ruleset {
  /** Digest of the rules and the roles: the same version decides the same. */
  readonly version: string
  readonly rules: readonly RuleInfo[]
  /** Whether any rule is asked about such samples of a message. */
  looksAt(role: RoleInMessage): boolean
  evaluate(input: EvaluationInput, options?: { readonly explain?: boolean }): Evaluation
  /** Runs the cases that stand with the rules. */
  test(): readonly RuleTestResult[]
}

export interface RulesetContext {
  /** The roles that rules may name, whether an analyzer is mapped to them or `none`. */
  readonly roles: readonly string[]
}

/** Reads, checks and compiles rule files, in this order. Throws a `RulesetError` with all problems of all files. */
export function loadRuleset(files: readonly RuleFile[], { roles }: RulesetContext): Ruleset {
  const badNames = roles.filter((role) => !isRoleName(role))
  if (badNames.length > 0) throw new RulesetError(badNames.map(badRole))
  const declarations = declare(roles)
  const readers = files.map((file) => new FileReader(file))
  const rules = readers.flatMap((reader) => readRules(reader, declarations))
  const problems = [...readers.flatMap((reader) => reader.problems), ...duplicates(rules, readers)]
  if (problems.length > 0) throw new RulesetError(problems)
  return rulesetOf(rules, declarations, versionOf(files, roles))
}

function badRole(role: string): RulesetProblem {
  const message = `the role "${role}" cannot be named in a rule`
  const remedy = 'use letters, digits and _, and none of the words that rules have already'
  return { file: 'roles', line: 0, column: 0, message, remedy, excerpt: '' }
}

function duplicates(rules: readonly Rule[], readers: readonly FileReader[]): readonly RulesetProblem[] {
  const first = new Map<string, Rule>()
  return rules.flatMap((rule) => {
    const other = first.get(rule.id)
    if (!other) first.set(rule.id, rule)
    const file = readers.find((reader) => reader.file.path === rule.file)?.file
    if (!other || !file) return []
    const remedy = `${other.file}:${other.line} has it already; each rule needs its own`
    return [problemAt(file, offsetOf(file, rule), `the id "${rule.id}" is taken`, remedy)]
  })
}

/** Every part with its length, so that no two rulesets have the same digest by moving text from one file to the next. */
function versionOf(files: readonly RuleFile[], roles: readonly string[]): string {
  const hash = createHash('sha256')
  for (const part of [...files.map(({ text }) => text), ...roles]) hash.update(`${Buffer.byteLength(part)}:${part}`)
  return hash.digest('hex').slice(0, 16)
}

function rulesetOf(rules: readonly Rule[], { roles }: Declarations, version: string): Ruleset {
  const fixed = roles.map(fixedViews)
  const byRole = new Map<string, readonly Rule[]>(
    ROLES_IN_MESSAGE.map((role) => [role, rules.filter((rule) => rule.samples.includes(role))]),
  )
  const evaluate: Ruleset['evaluate'] = ({ sample, message, roles: states }, { explain = false } = {}) => {
    const facts = { sample, message } as unknown as KnownRecord
    const known = scopeOf(facts, roles, states, fixed)
    const results: Results | undefined = explain ? new Map() : undefined
    const asked = byRole.get(sample.role) ?? rules
    const outcome = evaluateRules(asked, { known, bytesOnly: () => blindScope(facts, fixed) }, sample.role, results)
    const needs = outcome.kind === 'pending' ? outcome.roles.filter((role) => isWanted(states.get(role))) : []
    return results ? { outcome, needs, trace: traceOf(asked, results, outcome, known) } : { outcome, needs }
  }
  const looksAt = (role: RoleInMessage): boolean => (byRole.get(role) ?? []).length > 0
  const told = rules.map((rule) => infoOf(rule, roles))
  return { version, rules: told, looksAt, evaluate, test: () => runCases(rules, roles) }
}

function isWanted(state: RoleState | undefined): boolean {
  return state === undefined || state.state === 'wanted'
}

function infoOf({ id, verdict, reason, file, line, condition }: Rule, roles: readonly string[]): RuleInfo {
  return { id, verdict, reason, roles: roles.filter((_, number) => condition.roles.includes(number)), file, line }
}

/** The scope of one sample: facts, and what is known of each role. */
export function scopeOf(
  facts: KnownRecord,
  roles: readonly string[],
  states: ReadonlyMap<string, RoleState>,
  fixed: readonly FixedViews[],
): Scope {
  const views = fixed.map((one, number) => {
    const role = roles[number] ?? ''
    return viewOf(role, states.get(role), one)
  })
  return { facts, roles: views, slots: [], steps: 0 }
}

/** The same sample with no report of any role. */
function blindScope(facts: KnownRecord, fixed: readonly FixedViews[]): Scope {
  return { facts, roles: fixed.map(({ pending }) => pending), slots: [], steps: 0 }
}
