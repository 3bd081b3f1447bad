/** What a compiled condition is given: the facts, what is known of each role, and a budget. */
import { type Cause, Fault, type RoleState, type UnanalysedWhy } from '../core/index.ts'
import { Stuck } from './stuck.ts'

/** A value inside a condition. Whole numbers are plain numbers here; the type check keeps them apart from others. */
export type Known = string | number | boolean | readonly Known[] | KnownRecord
export interface KnownRecord {
  readonly [field: string]: Known | undefined
}
export type Result = Known | Stuck

/** A compiled expression. */
export type Run = (scope: Scope) => Result

/** What a condition sees of one role. */
export interface RoleView {
  readonly report: KnownRecord | Stuck
  readonly failed: boolean | Stuck
}

export interface Scope {
  readonly facts: KnownRecord
  /** By the role's number in the ruleset. */
  readonly roles: readonly RoleView[]
  /** The variables of `exists`, `all` and the like that are bound right now. */
  readonly slots: Known[]
  /** What definitions came to, with the steps that it took: the same for every rule that asks. */
  readonly memos: (Memo | undefined)[]
  /** What is left of the budget of this condition. */
  steps: number
}

export interface Memo {
  readonly result: Result
  readonly steps: number
}

/** A scope in which nothing has been evaluated yet. */
export function newScope(facts: KnownRecord, roles: readonly RoleView[]): Scope {
  return { facts, roles, slots: [], memos: [], steps: 0 }
}

/** Steps that one condition may take: some ten milliseconds at the very worst. */
export const STEP_BUDGET = 200_000

/** Takes from the budget; the condition that has used it up errs, whatever stands around. */
export function charge(scope: Scope, steps: number): void {
  scope.steps -= steps
  if (scope.steps < 0) throw new Fault('rule-error', `the condition takes more than ${STEP_BUDGET} steps`)
}

/** The views of one role that hold for every sample; those with a report are made when it is there. */
export interface FixedViews {
  readonly pending: RoleView
  readonly unmapped: RoleView
  readonly capped: RoleView
}

/** Prepares what never changes about a role. */
export function fixedViews(role: string): FixedViews {
  return {
    pending: alike(new Stuck({ pending: [role] })),
    unmapped: alike(new Stuck({ unanalysed: { why: 'role', role } })),
    capped: alike(new Stuck({ unanalysed: { why: 'cap', role } })),
  }
}

function alike(stuck: Stuck): RoleView {
  return { report: stuck, failed: stuck }
}

/** Failures that are the operator's own choice: no retry changes them, so nobody is kept waiting. */
const WITHHELD: Readonly<Partial<Record<Cause, UnanalysedWhy>>> = {
  'not-uploaded': 'upload',
  'not-unlocked': 'password',
}

function failedView(role: string, cause: Cause): RoleView {
  const why = WITHHELD[cause]
  const stuck = why ? { unanalysed: { why, role } } : { failure: { cause, detail: `${role} failed` } }
  return { report: new Stuck(stuck), failed: true }
}

/** What a condition sees of a role in a state. A role of which nothing is known has not been asked. */
export function viewOf(role: string, state: RoleState | undefined, fixed: FixedViews): RoleView {
  switch (state?.state) {
    case undefined:
    case 'wanted':
    case 'pending':
      return fixed.pending
    case 'reported':
      return { report: state.report as unknown as KnownRecord, failed: false }
    case 'failed':
      return failedView(role, state.cause)
    case 'unmapped':
      return fixed.unmapped
    case 'capped':
      return fixed.capped
    default:
      return state satisfies never
  }
}
