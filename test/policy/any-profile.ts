import fc from 'fast-check'
import { DISPOSITIONS, type Disposition } from '../../src/core/index.ts'
import type { Profile } from '../../src/policy/index.ts'

const action = fc.constantFrom<Disposition>(...DISPOSITIONS)
/** Any profile that there can be. */
export const anyProfile: fc.Arbitrary<Profile> = fc.record({
  mode: fc.constantFrom<Profile['mode']>('enforce', 'monitor'),
  hold: fc.nat(240_000),
  maxAge: fc.nat(10_000_000),
  bad: action,
  suspicious: action,
  good: action,
  ignored: action,
  unknown: action,
  unscannable: action,
  unanalysed: action,
  encrypted: fc.record({ mail: action, container: action, document: action }),
  pending: action,
  failed: action,
  expired: action,
  mixed: fc.constantFrom<Profile['mixed']>('defer', 'strictest'),
  redirectTo: fc.constant('q@dst.test'),
})
