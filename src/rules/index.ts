/** YAML → checked ruleset → evaluation. Pure. */
export { NO_RULE } from './evaluate.ts'
export * from './options.ts'
export { formatRulesetProblem, isOnlyUnmapped, RulesetError, type RulesetProblem } from './problem.ts'
export type { Expected } from './read-case.ts'
export type { ReadText } from './read-parts.ts'
export { type Entry, referenceText, rulesReference, type Section } from './reference.ts'
export type { RuleTestResult } from './rule-test.ts'
export {
  type DefinitionInfo,
  type Evaluation,
  type EvaluationInput,
  type ListInfo,
  loadRuleset,
  loadRulesetInSteps,
  type RuleInfo,
  type Ruleset,
  type RulesetContext,
} from './ruleset.ts'
export type { RuleFile } from './source.ts'
export type { Looked, TraceEntry } from './trace.ts'
