/** What becomes of a held message after it was examined again. Pure. */
import type { Disposition, Outcome } from '../core/index.ts'
import type { Profile } from '../policy/index.ts'
import type { Held } from '../store/store.ts'

/** `ask`: it stays until an operator says what becomes of it. */
export type Fate = 'release' | 'return' | 'wait' | 'ask'

/** What somebody who was told 250 may be told now: nothing is thrown away in silence. */
const FATES: Readonly<Record<Disposition, Fate>> = {
  accept: 'release',
  tag: 'release',
  redirect: 'ask',
  quarantine: 'ask',
  return: 'return',
  tempfail: 'ask',
  discard: 'return',
  reject: 'return',
}

/** The fate by what was decided, and by `expired` of the profile where nothing is decided and its time is over. */
export function fateOf(
  { disposition, outcome }: { readonly disposition: Disposition; readonly outcome: Outcome },
  { until, intent }: Pick<Held, 'until' | 'intent'>,
  expired: Profile['expired'],
  now: number,
): Fate {
  const isOpen = outcome.kind === 'pending' || outcome.kind === 'failed'
  const waits = disposition === 'quarantine' || disposition === 'tempfail'
  if (waits && isOpen && now < until) return 'wait'
  const fate = FATES[waits && isOpen ? expired : disposition]
  // Whoever sent it from outside may be anybody: a notice would go to a stranger.
  return fate === 'return' && intent === 'ask' ? 'ask' : fate
}

/** The same profile for a message that cannot be quarantined: what would be is put off. */
export function withoutQuarantine(profile: Profile): Profile {
  return replaced(profile) as Profile
}

/** Whether any outcome leads into quarantine. */
export function mayQuarantine(profile: Profile): boolean {
  return /"(?:quarantine|return)"/.test(JSON.stringify(profile))
}

function replaced(value: object): object {
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => {
      if (Array.isArray(one)) return [key, one.map(replaced)]
      if (typeof one === 'object' && one !== null) return [key, replaced(one)]
      return [key, one === 'quarantine' || one === 'return' ? 'tempfail' : one]
    }),
  )
}
