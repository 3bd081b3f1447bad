/** The profiles that exist without being written. A site changes them key by key, or extends them under a new name. */
import type { ProfileOptions } from './options.ts'

const SECOND = 1000
const HOUR = 3_600_000

/** What a profile need not say: what the rules found harmless, or were told to leave alone, is delivered. */
export const HARMLESS = { good: 'accept', ignored: 'accept' } as const satisfies ProfileOptions

/** Before the queue, from the internet: bad mail is refused, what is not decided yet is tried again later. */
const mx: ProfileOptions = {
  mode: 'enforce',
  hold: 60 * SECOND,
  maxAge: 4 * HOUR,
  bad: 'reject',
  suspicious: 'tag',
  unknown: 'tag',
  unscannable: 'reject',
  unanalysed: 'tag',
  encrypted: { mail: 'accept', container: 'tag', document: 'tag' },
  pending: 'tempfail',
  failed: 'tempfail',
  expired: 'reject',
}

/** The first step of a pilot: looks and logs, touches no mail. */
const observe: ProfileOptions = {
  mode: 'monitor',
  hold: 0,
  maxAge: 4 * HOUR,
  bad: 'accept',
  suspicious: 'accept',
  unknown: 'accept',
  unscannable: 'accept',
  unanalysed: 'accept',
  encrypted: { mail: 'accept', container: 'accept', document: 'accept' },
  pending: 'accept',
  failed: 'accept',
  expired: 'accept',
}

/** Mail of the site's own users: a 451 is an error box for them, so what is not decided waits in quarantine. */
const submission: ProfileOptions = {
  extends: 'mx',
  hold: 15 * SECOND,
  pending: 'quarantine',
  failed: 'quarantine',
  expired: 'reject',
}

/** By name, what is built in. */
export const BUILTIN_PROFILES: Readonly<Record<'mx' | 'observe' | 'submission', ProfileOptions>> = {
  mx,
  observe,
  submission,
}
