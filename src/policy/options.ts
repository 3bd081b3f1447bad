import { z } from 'zod'
import { bareDuration } from '../core/index.ts'

/** What a profile may answer. `tempfail` is 451: the sender tries again. */
const action = z.enum(['accept', 'tag', 'tempfail', 'quarantine', 'discard', 'reject'])

const encrypted = z.strictObject({ mail: action, container: action, document: action })

const profileKeys = {
  mode: z.enum(['enforce', 'monitor']).describe('monitor touches no mail: it only looks and logs'),
  hold: bareDuration('longest time that the answer is held while analyses run (at most 240s)'),
  maxAge: bareDuration('age of a message after which `expired` is answered instead of `pending` or `failed`'),
  bad: action,
  suspicious: action,
  good: action,
  ignored: action,
  unknown: action,
  unscannable: action,
  unanalysed: action,
  encrypted,
  pending: action,
  failed: action,
  expired: action,
}

/** One profile as written: any of the keys (also of `encrypted`), the others from `extends`. */
export const profileOptions = z
  .strictObject({ extends: z.string(), ...profileKeys, encrypted: encrypted.partial() })
  .partial()
export const profilesOptions = z
  .record(z.string(), profileOptions)
  .prefault({})
  .describe('what is answered for each outcome; mx, observe and submission are built in and may be changed or extended')

/** One profile with every key present. */
export const completeProfile = z.strictObject(profileKeys)
export type Profile = Readonly<z.output<typeof completeProfile>>
export type ProfileOptions = Readonly<z.output<typeof profileOptions>>
export type ProfilesOptions = z.output<typeof profilesOptions>
