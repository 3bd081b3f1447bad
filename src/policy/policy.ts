/** The policy in force: which profile counts for whom, and in which words it is told. One frozen value; a reload makes another. */
import type { Direction } from '../core/index.ts'
import { isPlainLocal, isPlainMailbox, isQuotedMailbox, isSameMailbox } from './address.ts'
import { type Answers, answersOf, type CatalogueSource } from './answers.ts'
import { LAST_OVERRIDE } from './builtin.ts'
import type { HeaderOptions, OverrideOptions, Profile, ProfileOptions, ProfilesOptions } from './options.ts'
import {
  asksRecipient,
  type Circumstances,
  type EntriesOf,
  fits,
  fitsRecipient,
  type Override,
  readOverride,
} from './override.ts'
import { PolicyError, type PolicyProblem } from './policy-error.ts'
import { completeProfiles, inForce, merge, misfits, resolveProfiles } from './profiles.ts'
import { strictest } from './strictest.ts'

/** The part of the configuration that the policy is made of. */
export interface PolicyInput {
  readonly profiles: ProfilesOptions
  readonly overrides: readonly OverrideOptions[]
  readonly headers: HeaderOptions
  readonly language: string
  readonly contact?: string | undefined
  readonly catalogues?: readonly CatalogueSource[]
  readonly milter: {
    readonly listeners: readonly { readonly profile: string; readonly direction?: Direction | undefined }[]
  }
}

/** What counts for one recipient. */
export interface PolicyClass {
  /** Recipients with the same may share a message. */
  readonly id: string
  readonly profileName: string
  /** Name of the override that changed the profile, if one did. */
  readonly override: string | undefined
  readonly profile: Profile
  /** Never parted from others: the strictest counts instead. */
  readonly isSoft: boolean
}

/**
 * What counts for a recipient: `recipient` as the mail server resolved it, `''` for none yet, undefined where that is not known; `written`
 * as the client spelled it. By a strange spelling nobody gets a weaker policy than he has without it.
 */
export type ClassOf = (recipient: string | undefined, written?: string) => PolicyClass

/** The policy. */
export class Policy {
  readonly profiles: ReadonlyMap<string, Profile>
  readonly overrides: readonly Override[]
  readonly answers: Answers
  readonly #written: ReadonlyMap<string, Profile>
  readonly #all: readonly Override[]
  readonly #classes = new Map<string, PolicyClass>()

  constructor(input: PolicyInput, overrides: readonly Override[], answers: Answers) {
    this.#written = completeProfiles(input.profiles)
    this.profiles = resolveProfiles(input.profiles)
    this.overrides = overrides
    this.answers = answers
    this.#all = [...overrides, readOverride(LAST_OVERRIDE, -1, (list) => list.entries).override]
  }

  /** Whether recipients of one message may have different policies, so that each must be answered for itself. */
  hasSeveralClasses(profileName: string): boolean {
    return this.profiles.get(profileName)?.mixed === 'defer' && this.overrides.some(asksRecipient)
  }

  /** Whether mail of a listener with this profile is touched, only watched, or some of it this and some that. */
  modesOf(profileName: string): ReadonlySet<Profile['mode']> {
    return new Set([undefined, ...this.overrides].map((one) => this.#classOf(profileName, one).profile.mode))
  }

  /** What counts for each recipient of a message. Throws where there is no such profile. */
  classesFor(profileName: string, about: Circumstances): ClassOf {
    const possible = this.#all.filter((one) => fits(one, about))
    const certain = possible.findIndex((one) => !asksRecipient(one))
    const classOf = (override: Override | undefined) => this.#classOf(profileName, override)
    const of = (recipient: string) => classOf(possible.find((one) => fitsRecipient(one, recipient)))
    const nobody = () => classOf(possible[certain])
    let unknown: PolicyClass | undefined
    return (recipient, written = recipient) => {
      if (recipient === '') return nobody()
      if (recipient !== undefined && written !== undefined) {
        const isPlain = isPlainMailbox(recipient)
        if (isPlain && (isPlainMailbox(written) || isPlainLocal(written))) return of(recipient)
        const isQuoted = isQuotedMailbox(written) && isSameMailbox(written, recipient)
        if (isQuoted) return strictestClass([of(`\0${written.slice(written.lastIndexOf('@'))}`), of(written)])
        if (isPlain) return strictestClass([nobody(), of(recipient)])
      }
      const asking = certain < 0 ? possible : possible.slice(0, certain)
      unknown ??= strictestClass([nobody(), ...asking.map(classOf)])
      return unknown
    }
  }

  #classOf(profileName: string, override: Override | undefined): PolicyClass {
    const key = `${override ? this.#all.indexOf(override) : ''} ${profileName}`
    const known = this.#classes.get(key) ?? this.#makeClass(profileName, override)
    this.#classes.set(key, known)
    return known
  }

  #makeClass(listenerProfile: string, override: Override | undefined): PolicyClass {
    const profileName = override?.options.profile ?? listenerProfile
    const base = this.#written.get(profileName)
    if (!base) throw new RangeError(`there is no profile ${profileName}`)
    const profile = inForce(override ? overridden(base, override.options) : base)
    return {
      id: profile.mode === 'monitor' ? 'monitor' : JSON.stringify(profile),
      profileName,
      override: override?.name,
      profile,
      isSoft: override !== undefined && !this.overrides.includes(override),
    }
  }
}

/** One of them where it is no weaker than any other, else the strictest answer of each. */
function strictestClass(classes: readonly [PolicyClass, ...PolicyClass[]]): PolicyClass {
  const [first, ...others] = [...new Map(classes.map((one) => [one.id, one])).values()]
  if (!first) return classes[0]
  const profile = strictest([first.profile, ...others.map((one) => one.profile)])
  const bare = JSON.stringify({ ...profile, parts: undefined })
  const same = classes.find((one) => JSON.stringify(one.profile) === bare)
  if (same) return same
  const names = new Set(classes.flatMap(({ override }) => override ?? []))
  return {
    id: JSON.stringify(profile),
    profileName: [...new Set(classes.map((one) => one.profileName))].join('+'),
    override: names.size > 0 ? [...names].join(', ') : undefined,
    profile,
    isSoft: false,
  }
}

/** A profile with the keys that an override writes. */
export function overridden(base: Profile, options: OverrideOptions): Profile {
  const { name, recipients, domains, senders, networks, authenticated, direction, profile, ...keys } = options
  return merge(base, keys) as Profile
}

/** Makes the policy. Throws a `PolicyError` that names every problem; `entriesOf` stands in for lists that were read again. */
export function createPolicy(input: PolicyInput, entriesOf: EntriesOf = (list) => list.entries): Policy {
  const profiles = completeProfiles(input.profiles)
  const read = input.overrides.map((one, i) => readOverride(one, i, entriesOf))
  const { answers, problems } = answersOf(input)
  const wrong = [
    ...input.milter.listeners.flatMap(({ profile }, i) =>
      unknownProfile(profile, ['milter', 'listeners', i], profiles),
    ),
    ...problems,
    ...read.flatMap((one) => one.problems),
    ...input.overrides.flatMap((one, i) => profileProblems(one, i, profiles, input)),
  ]
  if (wrong.length > 0) throw new PolicyError(wrong)
  return new Policy(
    input,
    read.map(({ override }) => override),
    answers,
  )
}

function unknownProfile(
  name: string,
  path: PolicyProblem['path'],
  profiles: ReadonlyMap<string, Profile>,
): readonly PolicyProblem[] {
  if (profiles.has(name)) return []
  const remedy = `there are ${[...profiles.keys()].join(', ')}`
  return [{ path: [...path, 'profile'], message: `there is no profile "${name}"`, remedy }]
}

/** What is wrong with a profile once it is overridden; the same wrong is told once, though several listeners may have it. */
function profileProblems(
  options: OverrideOptions,
  index: number,
  profiles: ReadonlyMap<string, Profile>,
  { milter }: PolicyInput,
): readonly PolicyProblem[] {
  const path = ['overrides', index]
  const unknown = options.profile === undefined ? [] : unknownProfile(options.profile, path, profiles)
  if (unknown.length > 0) return unknown
  const names = options.profile === undefined ? milter.listeners.map(({ profile }) => profile) : [options.profile]
  const found = names.flatMap((name) => {
    const base = profiles.get(name)
    return base ? misfits(overridden(base, options) as ProfileOptions, path, 'this override') : []
  })
  return found.filter((one, i) => found.findIndex(({ message }) => message === one.message) === i)
}
