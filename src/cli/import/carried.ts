/** What became of one thing that stands in the predecessor's files. */
import type { Verdict } from '../../core/index.ts'

/**
 * `exact`: decides as it did. `changed`: on purpose decides more strictly, or is this filter's own business. `guarded`: could not be carried over;
 * a rule stands in for it that lets nothing pass. `left-out`: could not be carried over, and without it nothing more passes. `moot`: there is
 * nothing here that it could mean. `unknown`: neither program knows it.
 */
export type How = 'exact' | 'changed' | 'guarded' | 'left-out' | 'moot' | 'unknown'

/** One thing and what became of it. */
export interface Carried {
  /** File and line without the folder, such as `ruleset.conf:12`; empty where it is a default. */
  readonly place: string
  readonly what: string
  readonly how: How
  readonly why: readonly string[]
  /** What is worth knowing all the same. */
  readonly notes?: readonly string[]
  /** As it was written, line by line. */
  readonly source?: readonly string[]
  readonly rule?: ImportedRule
}

/** A rule in our language. */
export interface ImportedRule {
  readonly id: string
  readonly when: string
  readonly verdict: Verdict
  readonly reason: string
}
