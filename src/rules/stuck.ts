/**
 * What a condition comes to when it comes to no value: it waits for roles, or something that it needs failed or was never analysed,
 * or it is itself wrong. Several of these can hold at once; none of them is ever false.
 */
import type { Cause, UnanalysedWhy } from '../core/index.ts'

export interface Failure {
  readonly cause: Cause
  readonly detail: string
}

/** A role that does not answer here, and why. */
export interface Unanalysed {
  readonly why: UnanalysedWhy
  readonly role: string
}

interface Why {
  readonly pending?: readonly string[]
  readonly failure?: Failure | undefined
  readonly unanalysed?: Unanalysed | undefined
  readonly final?: boolean
}

/** A value of its own kind, told from all others by `instanceof`, which is what evaluation can do fastest. */
export class Stuck {
  /** Roles that have not ended and on which the result depends. */
  readonly pending: readonly string[]
  readonly failure: Failure | undefined
  readonly unanalysed: Unanalysed | undefined
  /**
   * An error of the condition itself: no other side absorbs it. What comes from a role is never final, because a role that had not
   * ended yet would have been absorbed in the same place, and a further report must not change what was decided then.
   */
  readonly final: boolean

  constructor({ pending = [], failure, unanalysed, final = false }: Why) {
    this.pending = pending
    this.failure = failure
    this.unanalysed = unanalysed
    this.final = final
  }
}

/** Both at once: all roles that are waited for, the first failure (an error of the condition before others), the first gap. */
export function both(a: Stuck, b: Stuck): Stuck {
  if (a === b) return a
  return new Stuck({
    pending: [...new Set([...a.pending, ...b.pending])],
    failure: b.final && !a.final ? b.failure : (a.failure ?? b.failure),
    unanalysed: a.unanalysed ?? b.unanalysed,
    final: a.final || b.final,
  })
}

/** The condition did something that has no value; `fromRole` where the data of a role led there. */
export function ruleError(detail: string, fromRole: boolean): Stuck {
  return new Stuck({ failure: { cause: 'rule-error', detail }, final: !fromRole })
}

/** A fact is read that is not known of this sample. */
export function unknownFact(field: string, underRole: boolean): Stuck {
  return ruleError(`${field} is not known here (ask has(…) first)`, underRole)
}

/** A field is read that the report does not have. */
export function unsaidByReport(field: string): Stuck {
  return new Stuck({ failure: { cause: 'report-incomplete', detail: `the report does not say ${field}` } })
}
