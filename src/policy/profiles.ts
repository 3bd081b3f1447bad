/**
 * From profiles as written to profiles with every key present. A written profile starts from the one that it extends, else from the
 * built-in one of its own name, else from nothing; what is still missing then is an error, never a default.
 */
import { BUILTIN_PROFILES, HARMLESS } from './builtin.ts'
import { completeProfile, type Profile, type ProfileOptions, type ProfilesOptions } from './options.ts'
import { PolicyError, type PolicyProblem } from './policy-error.ts'

/** Postfix gives up on a milter after 300 s of content time; an answer must not come close to that. */
export const MAX_HOLD_MS = 240_000

type Known = ReadonlyMap<string, ProfileOptions>

/** Resolves all profiles, built-in and written, as they count. Throws a `PolicyError` that names every problem. */
export function resolveProfiles(written: ProfilesOptions): ReadonlyMap<string, Profile> {
  return new Map([...completeProfiles(written)].map(([name, profile]) => [name, inForce(profile)]))
}

/** Who touches no mail holds none either. */
export function inForce(profile: Profile): Profile {
  return profile.mode === 'monitor' ? { ...profile, hold: 0 } : profile
}

/** The same as they are written, for overrides to change. */
export function completeProfiles(written: ProfilesOptions): ReadonlyMap<string, Profile> {
  const known = declared(written)
  const profiles = new Map<string, Profile>()
  const problems: PolicyProblem[] = []
  for (const name of known.keys()) {
    const { keys, problem } = inherit(name, known)
    const wrong = problem
      ? [problem]
      : [...missingKeys(name, keys), ...misfits(keys, ['profiles', name], `profile "${name}"`)]
    problems.push(...wrong)
    if (isComplete(keys, wrong)) profiles.set(name, keys)
  }
  if (problems.length > 0) throw new PolicyError(problems)
  return profiles
}

function declared(written: ProfilesOptions): Known {
  const known = new Map<string, ProfileOptions>(Object.entries(BUILTIN_PROFILES))
  for (const [name, options] of Object.entries(written)) {
    const builtin = options.extends === undefined ? known.get(name) : undefined
    known.set(name, builtin ? merge(builtin, options) : options)
  }
  return known
}

interface Inherited {
  readonly keys: ProfileOptions
  readonly problem?: PolicyProblem
}

/** The keys of a profile and of all that it extends, the nearest last. */
function inherit(name: string, known: Known): Inherited {
  const lineage: string[] = []
  let keys: ProfileOptions = {}
  for (let at: string | undefined = name; at !== undefined; at = known.get(at)?.extends) {
    const own = known.get(at)
    const child = lineage.at(-1) ?? name
    if (lineage.includes(at)) return { keys, problem: circle(child, [...lineage.slice(lineage.indexOf(at)), at]) }
    if (!own) return { keys, problem: unknownBase(child, at, known) }
    lineage.push(at)
    keys = merge(own, keys)
  }
  const { extends: _, ...complete } = merge(HARMLESS, keys)
  return { keys: complete }
}

/** Key by key, `encrypted` too; what is written wins. */
export function merge(base: ProfileOptions, written: ProfileOptions): ProfileOptions {
  const encrypted = { ...base.encrypted, ...written.encrypted }
  return { ...base, ...written, ...(Object.keys(encrypted).length > 0 && { encrypted }) }
}

function isComplete(_: ProfileOptions, wrong: readonly PolicyProblem[]): _ is Profile {
  return wrong.length === 0
}

const ENCRYPTED_KEYS = Object.keys(completeProfile.shape.encrypted.shape) as readonly (keyof Profile['encrypted'])[]
const OPTIONAL: ReadonlySet<string> = new Set(['redirectTo', 'subjectPrefix'])
const KEYS = Object.keys(completeProfile.shape).filter((key) => !OPTIONAL.has(key)) as readonly (keyof ProfileOptions)[]

function missingKeys(name: string, keys: ProfileOptions): readonly PolicyProblem[] {
  const missing = KEYS.filter((key) => key !== 'encrypted' && keys[key] === undefined)
  const inside = ENCRYPTED_KEYS.filter((key) => keys.encrypted?.[key] === undefined)
  return [...missing.map((key) => [key]), ...inside.map((key) => ['encrypted', key])].map((path) => ({
    path: ['profiles', name, ...path],
    message: `profile "${name}" does not say what to do: ${path.join('.')} is missing`,
    remedy: `write ${path.join('.')}, or begin from a profile that has it: extends: mx`,
  }))
}

/** What no single key can know to be wrong; `who` is the subject of the sentence. */
export function misfits(keys: ProfileOptions, path: PolicyProblem['path'], who: string): readonly PolicyProblem[] {
  return [...tooLong(keys, path, who), ...noTarget(keys, path, who)]
}

function tooLong({ hold = 0 }: ProfileOptions, path: PolicyProblem['path'], who: string): readonly PolicyProblem[] {
  if (hold <= MAX_HOLD_MS) return []
  const message = `${who} holds answers for ${hold / 1000}s, but Postfix waits only 300s for a milter`
  return [{ path: [...path, 'hold'], message, remedy: `write at most ${MAX_HOLD_MS / 1000}s` }]
}

function noTarget(keys: ProfileOptions, path: PolicyProblem['path'], who: string): readonly PolicyProblem[] {
  const { encrypted = {}, ...others } = keys
  const redirected = Object.entries({ ...others, ...encrypted }).find(([, value]) => value === 'redirect')
  if (!redirected || keys.redirectTo !== undefined) return []
  const message = `${who} redirects (${redirected[0]}) and does not say where to`
  return [{ path, message, remedy: 'write redirectTo: quarantine@example.org' }]
}

function circle(name: string, names: readonly string[]): PolicyProblem {
  const itself = names.length === 2 && Object.hasOwn(BUILTIN_PROFILES, name)
  return {
    path: ['profiles', name, 'extends'],
    message: `profile "${name}" extends itself: ${names.join(' → ')}`,
    remedy: itself ? `remove extends: what is written under ${name} changes the built-in one` : 'break the circle',
  }
}

function unknownBase(name: string, base: string, known: Known): PolicyProblem {
  return {
    path: ['profiles', name, 'extends'],
    message: `profile "${name}" extends "${base}", which does not exist`,
    remedy: `there are ${[...known.keys()].join(', ')}`,
  }
}
