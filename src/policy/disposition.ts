/** Outcome × profile → disposition: one table, total. */
import { type Disposition, foldDispositions, type Outcome } from '../core/index.ts'
import type { Profile } from './options.ts'

type Table = {
  readonly [K in Outcome['kind']]: (outcome: Extract<Outcome, { kind: K }>, profile: Profile) => Disposition
}

const TABLE: Table = {
  decided: ({ verdict }, profile) => profile[verdict],
  pending: (_, profile) => profile.pending,
  failed: (_, profile) => profile.failed,
  unscannable: (_, profile) => profile.unscannable,
  encrypted: ({ what }, profile) => profile.encrypted[what],
  unanalysed: (_, profile) => profile.unanalysed,
}

/** What the mail server is told because of one sample; `monitor` accepts whatever happened. */
export function dispositionOf(outcome: Outcome, profile: Profile): Disposition {
  if (profile.mode === 'monitor') return 'accept'
  const row = TABLE[outcome.kind] as (outcome: Outcome, profile: Profile) => Disposition
  return row(outcome, profile)
}

/** What the mail server is told because of all samples of a message: the strongest answer of any. */
export function decide(outcomes: Iterable<Outcome>, profile: Profile): Disposition {
  const dispositions: Disposition[] = []
  for (const outcome of outcomes) dispositions.push(dispositionOf(outcome, profile))
  return foldDispositions(dispositions)
}

/** Whoever failed for so long gets the answer of `expired`, however long `maxAge` is. */
const FAILED_MAX_AGE_MS = 3_600_000

/**
 * The same for a message that is so old: what would be deferred once more ends by `expired`. Where several profiles count, each by its own
 * age and the strictest answer.
 */
export function answerAt(
  outcomes: readonly Outcome[],
  profile: Profile,
  ageMs: number,
  isFailed: boolean,
): Disposition {
  return foldDispositions(
    (profile.parts ?? [profile]).map((part) => {
      const disposition = decide(outcomes, part)
      if (disposition !== 'tempfail') return disposition
      const limit = isFailed ? Math.min(FAILED_MAX_AGE_MS, part.maxAge) : part.maxAge
      return ageMs > limit ? part.expired : disposition
    }),
  )
}
