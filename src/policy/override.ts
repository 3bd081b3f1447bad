/** Overrides as written → whom each is about. */
import type { Direction, ListEntry, TextList } from '../core/index.ts'
import { readAddress } from './address.ts'
import { ADDRESS_FORMS, AddressSet, DOMAIN_FORMS, type Pattern, readDomainPattern, readPattern } from './address-set.ts'
import { NETWORK_FORMS, type Network, NetworkSet, readNetwork } from './network-set.ts'
import type { OverrideOptions } from './options.ts'
import type { PolicyProblem } from './policy-error.ts'

/** What is known of a message before its recipients are. */
export interface Circumstances {
  /** Envelope sender without angle brackets, empty for none. */
  readonly sender: string
  readonly clientAddress: string
  readonly authenticated: boolean
  readonly direction: Direction
}

/** An entry that was understood, and where it stands. */
export interface Placed<T> {
  readonly entry: ListEntry
  readonly value: T
}

/** The lists of an override, read; a list that it does not have is absent. */
export interface Lists {
  readonly recipients?: readonly Placed<Pattern>[]
  readonly domains?: readonly Placed<Pattern>[]
  readonly senders?: readonly Placed<Pattern>[]
  readonly networks?: readonly Placed<Network>[]
}
export type ListName = keyof Lists

/** An override that can be asked whom it is about. */
export interface Override {
  readonly name: string
  readonly options: OverrideOptions
  readonly lists: Lists
  readonly recipients: AddressSet | undefined
  readonly domains: AddressSet | undefined
  readonly senders: AddressSet | undefined
  readonly networks: NetworkSet | undefined
}

/** The entries of a list: those that were read with the configuration, or newer ones of its file. */
export type EntriesOf = (list: TextList) => readonly ListEntry[]

const READERS = {
  recipients: { read: (text: string) => readPattern(text), what: 'an address', forms: ADDRESS_FORMS },
  domains: { read: readDomainPattern, what: 'a domain', forms: DOMAIN_FORMS },
  senders: { read: (text: string) => readPattern(text, true), what: 'an address', forms: `${ADDRESS_FORMS}, <>` },
  networks: { read: readNetwork, what: 'a network', forms: NETWORK_FORMS },
} as const satisfies Record<ListName, object>

/** Problems of one list that are told; a file may be wrong in each of its lines. */
const MOST_PROBLEMS = 20

/** Reads an override; every entry that cannot be understood becomes a problem at its place. */
export function readOverride(
  options: OverrideOptions,
  index: number,
  entriesOf: EntriesOf,
): { readonly override: Override; readonly problems: readonly PolicyProblem[] } {
  const problems: PolicyProblem[] = []
  const list = <T>(name: ListName) => {
    const written = options[name]
    return written && readList<T>(name, entriesOf(written), index, problems)
  }
  const lists: Lists = compact({
    recipients: list<Pattern>('recipients'),
    domains: list<Pattern>('domains'),
    senders: list<Pattern>('senders'),
    networks: list<Network>('networks'),
  })
  const set = (patterns: readonly Placed<Pattern>[] | undefined) => patterns && new AddressSet(values(patterns))
  const override = {
    name: options.name ?? `${index + 1}`,
    options,
    lists,
    recipients: set(lists.recipients),
    domains: set(lists.domains),
    senders: set(lists.senders),
    networks: lists.networks && new NetworkSet(values(lists.networks)),
  }
  return { override, problems }
}

function values<T>(placed: readonly Placed<T>[]): readonly T[] {
  return placed.map(({ value }) => value)
}

function compact(lists: { readonly [K in ListName]: Lists[K] | undefined }): Lists {
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => list !== undefined))
}

function readList<T>(
  name: ListName,
  entries: readonly ListEntry[],
  index: number,
  problems: PolicyProblem[],
): readonly Placed<T>[] {
  const { read, what, forms } = READERS[name]
  const placed: Placed<T>[] = []
  const known = problems.length
  for (const entry of entries) {
    const value = read(entry.text) as T | undefined
    if (value !== undefined) placed.push({ entry, value })
    else if (problems.length < known + MOST_PROBLEMS) {
      const shown = JSON.stringify(entry.text.slice(0, 80))
      problems.push({ ...placeOf(entry, index, name), message: `${shown} is not ${what}`, remedy: `write ${forms}` })
    }
  }
  return placed
}

/** Where an entry stands: in the configuration by its path, in a file of its own by its line. */
export function placeOf(entry: ListEntry, index: number, name: ListName): Pick<PolicyProblem, 'path' | 'place'> {
  const { origin, line } = entry
  if (origin === '') return { path: ['overrides', index, name, line - 1] }
  return { path: ['overrides', index, name], place: { origin, line, column: 1 } }
}

/** Whether an override may be about a message, as far as its recipients decide nothing. */
export function fits({ options, senders, networks }: Override, about: Circumstances): boolean {
  if (options.authenticated !== undefined && options.authenticated !== about.authenticated) return false
  if (options.direction !== undefined && options.direction !== about.direction) return false
  if (networks && !networks.has(about.clientAddress)) return false
  return !senders || senders.has(readAddress(about.sender))
}

/** Whether it is about that recipient too. */
export function fitsRecipient({ recipients, domains }: Override, recipient: string): boolean {
  if (!recipients && !domains) return true
  const address = readAddress(recipient)
  return (recipients?.has(address) ?? true) && (domains?.has({ local: '\0', domain: address.domain }) ?? true)
}

/** Whether it asks who the recipient is. */
export function asksRecipient({ recipients, domains }: Override): boolean {
  return recipients !== undefined || domains !== undefined
}
