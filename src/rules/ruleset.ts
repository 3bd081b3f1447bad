/** Rule files → one ruleset that evaluates samples. Pure: the caller reads the files and hands them over in order. */
import { createHash } from 'node:crypto'
import {
  type HistoryFacts,
  type MessageFacts,
  NO_TREE,
  type Outcome,
  ROLES_IN_MESSAGE,
  type RoleInMessage,
  type RoleState,
  type RuleSeverity,
  type Sample,
  type TreeFacts,
  type Verdict,
} from '../core/index.ts'
import { type Declarations, declare, isFreeName } from './declare.ts'
import { readDefinitions } from './define.ts'
import { evaluateRules, type Results } from './evaluate.ts'
import type { ListKind } from './named-list.ts'
import { type Order, type PlacedRule, placeRules } from './place-rules.ts'
import { RulesetError, type RulesetProblem } from './problem.ts'
import { readLists } from './read-lists.ts'
import { type ReadText, readParts } from './read-parts.ts'
import { type Rule, readRules } from './read-rules.ts'
import { type Candidates, indexRules } from './rule-index.ts'
import { type RuleTestResult, runCases } from './rule-test.ts'
import { type FixedViews, fixedViews, type KnownRecord, newScope, type Scope, viewOf } from './scope.ts'
import { offsetOf, problemAt, type RuleFile } from './source.ts'
import { atOnce, type Steps } from './steps.ts'
import { type TraceEntry, traceOf } from './trace.ts'

/** What the rules are told of one sample. A role that is not in `roles` has not been asked. */
export interface EvaluationInput {
  readonly sample: Sample
  readonly message: MessageFacts
  readonly roles: ReadonlyMap<string, RoleState>
  /** What lies around it; without it the sample stands alone. */
  readonly tree?: TreeFacts
  /** Earlier messages with the same bytes; a rule that asks for it where it is absent is in error. */
  readonly history?: HistoryFacts
  /** Rules that are not asked, by id: a sentence that says until when and by whom. */
  readonly disabled?: ReadonlyMap<string, string>
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
  /** As written, with its holes. */
  readonly reason: string
  readonly severity?: RuleSeverity
  readonly tags: readonly string[]
  readonly samples: readonly RoleInMessage[]
  readonly when: string
  /** The roles that its condition names. */
  readonly roles: readonly string[]
  /** How many cases stand with it. */
  readonly cases: number
  readonly shipped: boolean
  readonly file: string
  readonly line: number
}

export interface Ruleset {
  /** Digest of the rules and the roles: the same version decides the same. */
  readonly version: string
  readonly rules: readonly RuleInfo[]
  /** Rules that a site switched off. */
  readonly off: readonly RuleInfo[]
  readonly lists: readonly ListInfo[]
  readonly definitions: readonly DefinitionInfo[]
  /** Whether any rule looks at these facts, which cost something to find out. */
  asks(root: 'tree' | 'history' | 'header'): boolean
  /** Whether any rule is asked about such samples of a message. */
  looksAt(role: RoleInMessage): boolean
  evaluate(input: EvaluationInput, options?: { readonly explain?: boolean }): Evaluation
  /** Runs the cases that stand with the rules. */
  test(): readonly RuleTestResult[]
}

/** A named list, told without its entries: there may be very many. */
export interface ListInfo {
  readonly name: string
  readonly kind: ListKind
  readonly size: number
  readonly file: string
  readonly line: number
}

export interface DefinitionInfo {
  readonly name: string
  readonly text: string
}

export interface RulesetContext {
  /** The roles that rules may name, whether an analyzer is mapped to them or `none`. */
  readonly roles: readonly string[]
  /** Roles that shipped rules may name although nobody configured them; rules of a site may not. */
  readonly spareRoles?: readonly string[]
  /** Reads what rule files name: files that they include, files with the entries of lists. Without it there are none. */
  readonly readText?: ReadText
  /** Which translation of a reason is used (default en). */
  readonly language?: string
  /** What a failing case of a rule means: the rules are refused (default), or only `test()` tells it. */
  readonly failingCases?: 'refuse' | 'tell'
}

/** Reads, checks and compiles rule files, in this order. Throws a `RulesetError` with all problems of all files. */
export function loadRuleset(files: readonly RuleFile[], context: RulesetContext): Ruleset {
  return atOnce(loadRulesetInSteps(files, context))
}

/** The same in small steps, for who must answer others meanwhile. */
export function* loadRulesetInSteps(files: readonly RuleFile[], context: RulesetContext): Steps<Ruleset> {
  const { spareRoles: spare = [], readText = noText, language = 'en' } = context
  const spareRoles = spare.filter((role) => !context.roles.includes(role))
  const roles = [...context.roles, ...spareRoles]
  const badNames = roles.filter((role) => !isFreeName(role))
  if (badNames.length > 0) throw new RulesetError(badNames.map(badRole))
  const parts = yield* readParts(files, readText)
  const { lists, readers } = yield* readLists(parts, readText)
  const declarations = declare(roles, lists)
  yield* readDefinitions(parts, declarations)
  const placed: PlacedRule[] = []
  for (const one of parts) placed.push(...(yield* readRules(one, { declarations, language, spareRoles })))
  const off = parts.flatMap((one) => one.off.map((node) => ({ node, reader: one.reader })))
  const order = placeRules(placed, off)
  const all = [...parts.map(({ reader }) => reader), ...readers]
  const problems = all.flatMap((reader) => reader.problems)
  if (problems.length === 0 && context.failingCases !== 'tell')
    problems.push(...(yield* failingCases(order.rules, roles, placed)))
  if (problems.length > 0) throw new RulesetError(problems)
  const version = yield* versionOf(
    all.map(({ file }) => file),
    [...roles, language],
  )
  return rulesetOf(order, declarations, version)
}

const noText: ReadText = () => ({ problem: 'no files can be named here' })

/** A case of a rule whose lists the site changed may fail without the rule being wrong: `test()` tells it. */
function* failingCases(
  rules: readonly Rule[],
  roles: readonly string[],
  placed: readonly PlacedRule[],
): Steps<readonly RulesetProblem[]> {
  const readers = new Map(placed.map(({ rule, reader }) => [rule.id, reader.file]))
  const sure = rules.filter(({ isUnderChange }) => !isUnderChange)
  return (yield* runCases(sure, roles)).flatMap((result) => {
    const file = readers.get(result.rule)
    if (result.passed || !file) return []
    const { rule, expected, got, detail } = result
    const why = detail === '' ? '' : ` (${detail})`
    return [
      problemAt(file, offsetOf(file, result), `a test of rule ${rule} fails: expected ${expected}, got ${got}${why}`),
    ]
  })
}

function badRole(role: string): RulesetProblem {
  const message = `the role "${role}" cannot be named in a rule`
  const remedy = 'use letters, digits and _, and none of the words that rules have already'
  return { file: 'roles', line: 0, column: 0, message, remedy, excerpt: '' }
}

/** Every part with its length, so that no two rulesets have the same digest by moving text from one file to the next. */
function* versionOf(files: readonly RuleFile[], others: readonly string[]): Steps<string> {
  const hash = createHash('sha256')
  for (const part of [...files.map(({ text }) => text), ...others]) {
    hash.update(`${Buffer.byteLength(part)}:${part}`)
    yield
  }
  return hash.digest('hex').slice(0, 16)
}

function rulesetOf({ rules, off }: Order, declarations: Declarations, version: string): Ruleset {
  const { roles } = declarations
  const fixed = roles.map(fixedViews)
  const byRole = new Map<string, Asked>(
    ROLES_IN_MESSAGE.map((role) => [role, askedOf(rules.filter((rule) => rule.samples.includes(role)))]),
  )
  const anyRole = askedOf(rules)
  const asksHeader = rules.some((rule) => rule.asksHeader)
  const asked = new Set(rules.flatMap((rule) => [...rule.names]))
  const evaluate: Ruleset['evaluate'] = (
    { sample, message, roles: states, tree = NO_TREE, history, disabled = NONE_DISABLED },
    { explain = false } = {},
  ) => {
    const facts = { sample, message, tree, history } as unknown as KnownRecord
    const known = scopeOf(facts, roles, states, fixed)
    const results: Results | undefined = explain ? new Map() : undefined
    const about = byRole.get(sample.role) ?? anyRole
    const found = about.candidates(facts)
    const candidates = disabled.size > 0 ? found.filter(({ id }) => !disabled.has(id)) : found
    const outcome = evaluateRules(
      candidates,
      { known, bytesOnly: () => blindScope(facts, fixed) },
      sample.role,
      results,
    )
    const needs = outcome.kind === 'pending' ? outcome.roles.filter((role) => isWanted(states.get(role))) : []
    if (!results) return { outcome, needs }
    addSpared(about.rules, candidates, results)
    return { outcome, needs, trace: traceOf(about.rules, results, outcome, known, disabled) }
  }
  return {
    version,
    rules: rules.map((rule) => infoOf(rule, roles)),
    off: off.map((rule) => infoOf(rule, roles)),
    lists: [...declarations.lists.values()].map(({ name, kind, items, file, line }) => {
      return { name, kind, size: items.length, file, line }
    }),
    definitions: [...declarations.definitions.values()].map(({ name, text }) => ({ name, text })),
    asks: (root) => (root === 'header' ? asksHeader : asked.has(root)),
    looksAt: (role) => (byRole.get(role)?.rules ?? []).length > 0,
    evaluate,
    test: () => atOnce(runCases(rules, roles)),
  }
}

/** The rules that samples of one kind are asked about, and which of them can apply to a sample. */
interface Asked {
  readonly rules: readonly Rule[]
  readonly candidates: Candidates<Rule>
}

function askedOf(rules: readonly Rule[]): Asked {
  return { rules, candidates: indexRules(rules) }
}

/** Rules that could not apply were not asked: up to the one that applied they did not. */
function addSpared(rules: readonly Rule[], candidates: readonly Rule[], results: Results): void {
  const asked = new Set(candidates)
  for (const rule of rules) {
    if (!asked.has(rule)) results.set(rule, false)
    else if (results.get(rule) === true) return
  }
}

const NONE_DISABLED: ReadonlyMap<string, string> = new Map()

function isWanted(state: RoleState | undefined): boolean {
  return state === undefined || state.state === 'wanted'
}

function infoOf(rule: Rule, roles: readonly string[]): RuleInfo {
  const { id, verdict, reason, severity, tags, samples, when, cases, shipped, file, line, condition } = rule
  return {
    id,
    verdict,
    reason: reason.text,
    ...(severity !== undefined && { severity }),
    tags,
    samples,
    when,
    roles: roles.filter((_, number) => condition.roles.includes(number)),
    cases: cases.length,
    shipped,
    file,
    line,
  }
}

/** The scope of one sample: facts, and what is known of each role. */
function scopeOf(
  facts: KnownRecord,
  roles: readonly string[],
  states: ReadonlyMap<string, RoleState>,
  fixed: readonly FixedViews[],
): Scope {
  const views = fixed.map((one, number) => {
    const role = roles[number] ?? ''
    return viewOf(role, states.get(role), one)
  })
  return newScope(facts, views)
}

/** The same sample with no report of any role. */
function blindScope(facts: KnownRecord, fixed: readonly FixedViews[]): Scope {
  return newScope(
    facts,
    fixed.map(({ pending }) => pending),
  )
}
