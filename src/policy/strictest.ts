/** Several profiles of which each answer is the strictest: what counts where recipients with different policies share one message. */
import { foldDispositions } from '../core/index.ts'
import { ACTION_KEYS, type ActionKey, type Profile } from './options.ts'

/**
 * No answer of it is weaker than that of any of them. Monitored ones count only among themselves; answers are held as long as any holds
 * them, since a report that comes in time may be worse than `pending`.
 */
export function strictest(profiles: readonly [Profile, ...Profile[]]): Profile {
  const enforcing = profiles.filter(({ mode }) => mode === 'enforce')
  const [first, ...others] = enforcing
  if (!first) return profiles[0]
  if (others.length === 0) return first
  const worst = (key: ActionKey) => foldDispositions(enforcing.map((one) => one[key]))
  const locked = (key: keyof Profile['encrypted']) => foldDispositions(enforcing.map((one) => one.encrypted[key]))
  const redirectTo = enforcing.find((one) => one.redirectTo !== undefined)?.redirectTo
  const subjectPrefix = enforcing.find((one) => one.subjectPrefix !== undefined)?.subjectPrefix
  return {
    ...first,
    ...(Object.fromEntries(ACTION_KEYS.map((key) => [key, worst(key)])) as Pick<Profile, ActionKey>),
    encrypted: { mail: locked('mail'), container: locked('container'), document: locked('document') },
    hold: Math.max(...enforcing.map(({ hold }) => hold)),
    maxAge: Math.min(...enforcing.map(({ maxAge }) => maxAge)),
    ...(redirectTo !== undefined && { redirectTo }),
    ...(subjectPrefix !== undefined && { subjectPrefix }),
    parts: enforcing,
  }
}
