/** Policies that are no error but surely not what was meant: overrides that nothing reaches, that contradict themselves, that change nothing. */

import type { AddressSet, Pattern } from './address-set.ts'
import type { NetworkSet } from './network-set.ts'
import type { OverrideOptions, Profile } from './options.ts'
import { type ListName, type Lists, type Override, type Placed, placeOf } from './override.ts'
import { overridden, type Policy, type PolicyInput } from './policy.ts'
import type { PolicyProblem } from './policy-error.ts'
import { completeProfiles, inForce } from './profiles.ts'

/** Entries of one override of which it is told that none of them is ever reached. */
const MOST_ENTRIES = 20

/** Everything that `config check` warns about. */
export function policyWarnings(policy: Policy, input: PolicyInput): readonly PolicyProblem[] {
  const { overrides, answers } = policy
  const missing: PolicyProblem = {
    path: ['language'],
    message: `there are no texts in "${input.language}": strangers are answered in English`,
    remedy: `put ${input.language}.yaml into messages.d`,
  }
  return [
    ...(answers.isTranslated ? [] : [missing]),
    ...overrides.flatMap((one, i) => [
      ...hidden(one, i, overrides.slice(0, i)),
      ...contradictions(one, i, input),
      ...changesNothing(one, i, input),
    ]),
  ]
}

/** An override comes after another that is about the same mail: whole, or some of its entries. */
function hidden(one: Override, index: number, earlier: readonly Override[]): readonly PolicyProblem[] {
  for (const [i, other] of earlier.entries()) {
    if (!coversConditions(other, one)) continue
    const uncovered = LISTS.filter((name) => !coversList(other, one.lists, name))
    const [only] = uncovered
    if (only === undefined) {
      const message = `is never reached: overrides[${i}] comes first and is about the same mail`
      return [{ path: ['overrides', index], message, remedy: 'put it before that one, or remove it' }]
    }
    if (uncovered.length === 1) return coveredEntries(one, index, only, other, i)
  }
  return []
}

const LISTS: readonly ListName[] = ['recipients', 'domains', 'senders', 'networks']

function coversConditions({ options: wide }: Override, { options: narrow }: Override): boolean {
  const isOpen = (key: 'authenticated' | 'direction') => wide[key] === undefined || wide[key] === narrow[key]
  return isOpen('authenticated') && isOpen('direction')
}

/** Whether what one list lets through, the other does too. Domains of recipients may also stand in the list of recipients. */
function coversList(wide: Override, narrow: Lists, name: ListName): boolean {
  const set = wide[name]
  if (set === undefined) return true
  const list = narrow[name]
  if (list !== undefined && list.length > 0) return list.every(({ value }) => isCovered(set, value))
  if (name !== 'recipients' || narrow.domains === undefined || narrow.domains.length === 0) return false
  return narrow.domains.every(({ value }) => isCovered(set, value))
}

function isCovered(set: AddressSet | NetworkSet, value: unknown): boolean {
  return (set as { covers(one: unknown): boolean }).covers(value)
}

function coveredEntries(
  { lists }: Override,
  index: number,
  name: ListName,
  other: Override,
  otherIndex: number,
): readonly PolicyProblem[] {
  const set = other[name]
  const entries: readonly Placed<unknown>[] = lists[name] ?? []
  if (!set) return []
  const covered = entries.filter(({ value }) => isCovered(set, value)).slice(0, MOST_ENTRIES)
  return covered.map(({ entry }) => ({
    ...placeOf(entry, index, name),
    message: `${JSON.stringify(entry.text)} is never reached here: overrides[${otherIndex}] comes first and has it`,
    remedy: 'remove it from one of them',
  }))
}

function contradictions({ options, lists }: Override, index: number, input: PolicyInput): readonly PolicyProblem[] {
  const path = ['overrides', index]
  const { recipients, domains } = lists
  const found: PolicyProblem[] = []
  if (recipients && domains && recipients.length > 0 && !recipients.some(({ value }) => meets(value, domains))) {
    const message = 'can never match: none of its recipients is in one of its domains'
    found.push({ path, message, remedy: 'write one of recipients and domains' })
  }
  const isFixed = input.milter.listeners.some(({ direction }) => direction !== undefined)
  if (
    options.authenticated === true &&
    options.direction !== undefined &&
    options.direction !== 'outbound' &&
    !isFixed
  ) {
    const message = `can never match: mail of clients that are logged in is outbound, not ${options.direction}`
    found.push({ path: [...path, 'direction'], message, remedy: 'write one of authenticated and direction' })
  }
  return found
}

/** Whether an address may lie in one of these domains. */
function meets(recipient: Pattern, domains: readonly Placed<Pattern>[]): boolean {
  if (recipient.kind === 'local') return true
  if (recipient.kind === 'null') return false
  const name = recipient.kind === 'mailbox' ? recipient.address.domain : recipient.domain
  return domains.some(({ value }) => {
    if (value.kind !== 'domain' && value.kind !== 'below') return false
    if (value.domain === name) return recipient.kind === 'below' || value.kind === 'domain'
    return name.endsWith(`.${value.domain}`) ? value.kind === 'below' : isBelow(value.domain, recipient, name)
  })
}

function isBelow(domain: string, recipient: Pattern, name: string): boolean {
  return recipient.kind === 'below' && domain.endsWith(`.${name}`)
}

/** An override that leaves every listener's profile as it is, or says what monitored mail is answered. */
function changesNothing({ options }: Override, index: number, input: PolicyInput): readonly PolicyProblem[] {
  const profiles = completeProfiles(input.profiles)
  const names = new Set(input.milter.listeners.map(({ profile }) => profile))
  const bases = [...names].flatMap((name) => profiles.get(name) ?? [])
  const results = bases.map((base) => [base, effective(base, options, profiles)] as const)
  if (results.length === 0) return []
  const path = ['overrides', index]
  const actions = Object.keys(options).filter((key) => ACTION_KEYS.has(key))
  if (actions.length > 0 && results.every(([, { mode }]) => mode === 'monitor')) {
    const message = `${actions.join(', ')} count for nothing: this mail is only monitored`
    return [{ path: [...path, actions[0] ?? ''], message, remedy: 'write mode: enforce, or leave them out' }]
  }
  if (index < input.overrides.length - 1 || MEANT_ANYHOW.test(JSON.stringify(options))) return []
  if (!results.every(([base, after]) => isSame(base, after))) return []
  return [{ path, message: "changes nothing: the listeners' profiles say the same", remedy: 'remove it' }]
}

/** Whoever takes somebody out of what comes later, or out of what is built in, writes what the listener says already. */
const MEANT_ANYHOW = /postmaster|abuse/i

const ACTION_KEYS: ReadonlySet<string> = new Set(
  'hold maxAge bad suspicious good ignored unknown unscannable unanalysed encrypted pending failed expired'.split(' '),
)

function effective(base: Profile, options: OverrideOptions, profiles: ReadonlyMap<string, Profile>): Profile {
  const start = options.profile === undefined ? base : (profiles.get(options.profile) ?? base)
  return overridden(start, options)
}

function isSame(before: Profile, after: Profile): boolean {
  if (before.mode === 'monitor' && after.mode === 'monitor') return true
  const sorted = (profile: Profile) => JSON.stringify(Object.entries(inForce(profile)).sort())
  return sorted(before) === sorted(after)
}
