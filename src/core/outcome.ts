/**
 * The three different things that one must never mix: a *verdict* is an opinion on one sample, an *outcome* is how the work on it
 * ended, a *disposition* is what the mail server is told. Failure is never a verdict.
 */
import type { Cause } from './cause.ts'
import type { Limit } from './limit.ts'

export const VERDICTS = ['bad', 'suspicious', 'good', 'ignored', 'unknown'] as const
/** What the rules think of one sample. */
export type Verdict = (typeof VERDICTS)[number]

export const RULE_SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const
/** How grave a rule calls what it found. It decides nothing; people and their tools sort by it. */
export type RuleSeverity = (typeof RULE_SEVERITIES)[number]

/** The opinion of one rule, which decided. */
export interface Decided {
  readonly kind: 'decided'
  readonly verdict: Verdict
  readonly rule: string
  readonly reason: string
  readonly severity?: RuleSeverity
  readonly tags?: readonly string[]
}

/**
 * Why nobody analysed a sample: no analyzer has the role, a limit of the message, or what the options of the analyzer keep from it: the
 * bytes (`upload`), the password that opens them (`password`).
 */
export type UnanalysedWhy = 'role' | 'cap' | 'upload' | 'password'

/** How the work on one sample ended, or that it has not ended. */
export type Outcome =
  | Decided
  | { readonly kind: 'pending'; readonly roles: readonly string[] }
  | { readonly kind: 'failed'; readonly cause: Cause; readonly rule?: string; readonly detail?: string }
  | { readonly kind: 'unscannable'; readonly limit: Limit }
  | { readonly kind: 'encrypted'; readonly what: EncryptedKind }
  | { readonly kind: 'unanalysed'; readonly why: UnanalysedWhy; readonly role: string; readonly rule: string }
export type OutcomeKind = Outcome['kind']
export type EncryptedKind = 'mail' | 'container' | 'document'

/** From the weakest answer to the strongest; `fold` takes the strongest, so that adding a sample never weakens an answer. */
export const DISPOSITIONS = [
  'accept',
  'tag',
  'redirect',
  'quarantine',
  'return',
  'tempfail',
  'discard',
  'reject',
] as const
/** What the mail server is told about a message; `return` is a quarantine that goes back to the sender instead of on. */
export type Disposition = (typeof DISPOSITIONS)[number]

/** The strongest of several dispositions; a message with nothing to judge is accepted. */
export function foldDispositions(dispositions: Iterable<Disposition>): Disposition {
  let strongest = 0
  for (const disposition of dispositions) strongest = Math.max(strongest, DISPOSITIONS.indexOf(disposition))
  return DISPOSITIONS[strongest] ?? 'reject'
}

/** A short word for an outcome, as it stands in the log, the header and `why`: the verdict, or the kind with its cause. */
export function describeOutcome(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'decided':
      return outcome.verdict
    case 'pending':
      return `pending(${outcome.roles.join(',')})`
    case 'failed':
      return `failed(${outcome.cause})`
    case 'unscannable':
      return `unscannable(${outcome.limit})`
    case 'encrypted':
      return `encrypted(${outcome.what})`
    case 'unanalysed':
      return `unanalysed(${outcome.why === 'role' ? outcome.role : outcome.why})`
    default:
      return outcome satisfies never
  }
}
