/** What opening a message told of one of its containers: the members as samples, and what kept somebody from reading all of it. Pure. */
import {
  type Anomaly,
  type EncryptedKind,
  LIMITS,
  type Limit,
  type Member,
  type Members,
  type Name,
  type Opened,
  type Outcome,
  type Sample,
} from '../core/index.ts'
import type { SampleTree } from '../inspector/index.ts'

/** The limit that an anomaly stands for: what made somebody leave something unread. */
const LIMIT_OF: Readonly<Record<string, Limit>> = {
  truncated: 'container-damaged',
  corrupt: 'container-damaged',
  'no-directory': 'container-damaged',
  unsupported: 'container-unsupported',
  unopened: 'container-unopened',
  'several-volumes': 'container-volumes',
  'password-budget': 'password-budget',
  'partial-message': 'partial-message',
}
/** Formats whose only member is called after the file. */
const NAMED_AFTER_FILE: ReadonlySet<string> = new Set([
  'gzip',
  'lzip',
  'zstd',
  'bzip2',
  'xz',
  'lzma',
  'compress',
  'szdd',
])
/** Groups of types that are containers to people; what else is encrypted is a document. */
const CONTAINER_GROUPS: ReadonlySet<string> = new Set(['archive', 'disk'])
/** More members are not kept: whoever sends such opens it again. */
const KEPT_MEMBERS = 1000

/** What lies within one sample of a message. */
export interface Within {
  /** The sample itself, with what is odd about it as a container. */
  readonly container: Sample
  /** Members that could be read, each before its own. */
  readonly members: readonly Sample[]
  /** By path: what was not read, and why. */
  readonly unread: ReadonlyMap<string, readonly Outcome[]>
  /** Paths of what a password opened that not everybody has. */
  readonly locked: ReadonlySet<string>
}

/** What lies in a sample of the message. */
export type Parts = (container: Sample) => Members | undefined

/** The parts of a message's tree. The same bytes may come under several names, after which their members may be called. */
export function partsOf({ members }: SampleTree): Parts {
  const parts = new Map<string, { readonly top: Member; readonly members: Member[] }>()
  for (const member of members) {
    const [root, number] = member.path.split('/', 2)
    const part = parts.get(`${root}/${number}`)
    if (part === undefined) parts.set(member.path, { top: member, members: [] })
    else part.members.push(within(member, part.top))
  }
  const byDigest = new Map<string, Members>()
  const byNames = new Map<string, Members>()
  for (const { top, members: inner } of parts.values()) {
    if (top.content === undefined) continue
    const found = { root: top.opened, members: inner }
    byDigest.set(top.content.sha256, found)
    byNames.set(keyOf(top.content.sha256, top.names), found)
  }
  return ({ sha256, names }) => byNames.get(keyOf(sha256, names)) ?? byDigest.get(sha256)
}

function keyOf(sha256: string, names: readonly Name[]): string {
  return JSON.stringify([sha256, ...names.map(({ value }) => value)])
}

/** All that a container is called, as one text. */
export function calledAs({ name, names }: Pick<Sample, 'name' | 'names'>): string {
  const all = [...new Set([name, ...names.map(({ value }) => value)])]
  return all.length === 1 ? name : JSON.stringify(all)
}

/** A member as its container sees it. */
function within(member: Member, top: Member): Member {
  return { ...member, path: member.path.slice(top.path.length + 1), depth: member.depth - top.depth }
}

/** Who had the password of what was opened: nobody needed to, or everybody has it; the site; the message. */
export type OpenedBy = 'bytes' | 'site' | 'message'

/** What may be kept of a container for whoever sends it again, and for whom; undefined where another message might have opened it further. */
export function keepable(
  members: Members,
  container: Pick<Sample, 'name' | 'names'>,
): { readonly within: Members; readonly by: OpenedBy } | undefined {
  const { root, members: all } = members
  if (all.length > KEPT_MEMBERS || !isWhole(root)) return undefined
  if (!all.every(isReadWhole)) return undefined
  const within = root.formats.some((format) => NAMED_AFTER_FILE.has(format))
    ? { ...members, name: calledAs(container) }
    : members
  return { within, by: openerOf([root, ...all.map(({ opened }) => opened)]) }
}

function openerOf(opened: readonly Opened[]): OpenedBy {
  const sources = new Set(opened.map(({ openedBy }) => openedBy))
  sources.delete('')
  sources.delete('common')
  if (sources.size === 0) return 'bytes'
  return sources.size === 1 && sources.has('site') ? 'site' : 'message'
}

function isReadWhole({ kind, content, anomalies, opened }: Member): boolean {
  if (anomalies.some(isUnscannable) || !isWhole(opened)) return false
  return kind !== 'file' || content !== undefined
}

function isWhole({ limit, isEncrypted, openedBy, anomalies }: Opened): boolean {
  return limit === '' && (!isEncrypted || openedBy !== '') && !anomalies.some(isUnscannable)
}

function isUnscannable({ severity }: Anomaly): boolean {
  return severity === 'unscannable'
}

/** The members as samples of the message, and what was not read. */
export function withinOf(container: Sample, { root, members }: Members): Within {
  const unread = new Unread()
  unread.add(container.path, openingOutcomes(root, kindOf(container.groups)))
  const samples: Sample[] = []
  for (const member of members) {
    const path = `${container.path}/${member.path}`
    const around = path.slice(0, path.lastIndexOf('/'))
    const own = member.anomalies.flatMap(outcomeOf)
    if (member.content === undefined) {
      unread.add(around, own.length > 0 ? own : missing(member))
      continue
    }
    unread.add(path, [...own, ...openingOutcomes(member.opened, kindOf(member.content.groups))])
    samples.push(memberSample(member, path, container))
  }
  const anomalies = [...container.anomalies, ...root.anomalies]
  const opened = [
    [container.path, root] as const,
    ...members.map((one) => [`${container.path}/${one.path}`, one.opened] as const),
  ]
  const locked = new Set(opened.flatMap(([path, { openedBy }]) => (NOT_PUBLIC.has(openedBy) ? [path] : [])))
  return { container: { ...container, anomalies }, members: samples, unread: unread.byPath, locked }
}

/** Who has a password that not everybody has. */
const NOT_PUBLIC: ReadonlySet<string> = new Set(['message', 'site'])

/** Outcomes by path, each but once. */
class Unread {
  readonly byPath = new Map<string, Outcome[]>()

  add(path: string, outcomes: readonly Outcome[]): void {
    for (const outcome of outcomes) {
      const known = this.byPath.get(path) ?? []
      const isKnown = known.some((one) => JSON.stringify(one) === JSON.stringify(outcome))
      if (!isKnown) this.byPath.set(path, [...known, outcome])
    }
  }
}

function openingOutcomes({ limit, anomalies, isEncrypted, openedBy }: Opened, what: EncryptedKind): Outcome[] {
  const outcomes = anomalies.flatMap(outcomeOf)
  if (limit !== '') outcomes.push(unscannable(limit))
  if (isEncrypted && openedBy === '') outcomes.push({ kind: 'encrypted', what })
  return outcomes
}

/** A file without bytes for which no fault was named: no password opened it, or nobody knows why. */
function missing({ isEncrypted, kind }: Member): Outcome[] {
  if (kind !== 'file') return []
  return [isEncrypted ? { kind: 'encrypted', what: 'container' } : unscannable('container-unopened')]
}

function outcomeOf({ name, severity }: Anomaly): Outcome[] {
  if (severity !== 'unscannable') return []
  if (name === 'encrypted') return [{ kind: 'encrypted', what: 'mail' }]
  const limit = LIMIT_OF[name] ?? name.replace(/^limit-/, '')
  // An anomaly need not be a limit; what it left unread is none the less.
  return [{ kind: 'unscannable', limit: isLimit(limit) ? limit : 'container-unopened' }]
}

/** The outcome for a limit as the inspector names it; one that does not exist is no reason to take anything for clean. */
export function unscannable(limit: string): Outcome {
  return isLimit(limit) ? { kind: 'unscannable', limit } : { kind: 'failed', cause: 'inspector-garbage' }
}

function isLimit(name: string): name is Limit {
  return Object.hasOwn(LIMITS, name)
}

function kindOf(groups: readonly string[]): EncryptedKind {
  return groups.length === 0 || groups.some((group) => CONTAINER_GROUPS.has(group)) ? 'container' : 'document'
}

function memberSample(member: Member, path: string, container: Sample): Sample {
  const { content, name, names, depth, declaredType, anomalies, mismatches, opened } = member
  if (content === undefined) throw new TypeError('a member without content is no sample')
  return {
    ...content,
    ...{ role: 'attachment', name, names, path, depth: container.depth + depth, declaredType },
    ...{ declaredCharset: '', disposition: '', readings: container.readings, mismatches },
    anomalies: [...anomalies, ...opened.anomalies],
  }
}
