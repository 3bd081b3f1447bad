/** The profiles that exist without being written. A site changes them key by key, or extends them under a new name. */
import { TextList } from '../core/index.ts'
import type { OverrideOptions, ProfileOptions } from './options.ts'

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
  mixed: 'defer',
}

/** The first step of a pilot: looks and logs, touches no mail. An override with `mode: enforce` makes it what it extends. */
const observe: ProfileOptions = { extends: 'mx', mode: 'monitor' }

/** Mail of the site's own users: a 451 is an error box for them, so what is not decided waits in quarantine. */
const submission: ProfileOptions = {
  extends: 'mx',
  hold: 15 * SECOND,
  pending: 'quarantine',
  failed: 'quarantine',
  expired: 'return',
  mixed: 'strictest',
}

/** From a server that has already taken the mail: whatever it is refused, it would bounce to a sender who may be forged. */
const relay: ProfileOptions = {
  extends: 'mx',
  bad: 'quarantine',
  unscannable: 'quarantine',
  expired: 'quarantine',
  mixed: 'strictest',
}

/** For those whom anybody must be able to reach (RFC 5321 4.5.1, RFC 2142), also about a mail that was refused. */
const postmaster: ProfileOptions = { extends: 'mx', bad: 'tag' }

/** By name, what is built in. */
export const BUILTIN_PROFILES = { mx, observe, submission, relay, postmaster } as const satisfies Readonly<
  Record<string, ProfileOptions>
>

/** Comes after all overrides of the site: who asks why a mail was refused sends that mail along. */
export const LAST_OVERRIDE = {
  name: 'postmaster',
  recipients: new TextList(['postmaster@', 'abuse@']),
  authenticated: false,
  bad: 'tag',
} as const satisfies OverrideOptions
