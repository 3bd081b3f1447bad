/**
 * What a sandbox is given of a sample. A container is only wrapping: where one file within can do anything when it is opened, that file is
 * asked about, so that the same file in fifty containers runs once; else the container goes as it is, with its password. Told by facts that
 * are there anyway. Pure.
 */
import type { Sample } from '../core/index.ts'
import type { Opening } from './opening.ts'
import type { Within } from './within.ts'

/** The sample that an analyzer is asked about, and what of it is locked. */
export interface View {
  readonly sample: Sample
  /** Digests of what somebody's password opened: the sample itself first, then containers within. */
  readonly locked: readonly string[]
  /** Whether something in it is locked that nobody could open. */
  readonly isClosed: boolean
}

/** Containers that are nothing but wrapping: whoever opens one sees files, and nothing runs by it. A packed program is none. */
const WRAPPINGS: ReadonlySet<string> = new Set(
  [
    ...['zip', 'x-7z-compressed', 'vnd.rar', 'x-tar', 'gzip', 'x-bzip2', 'x-xz', 'zstd', 'x-lzma', 'x-lzip'],
    ...['x-compress', 'vnd.ms-cab-compressed', 'x-ms-compress-szdd', 'x-arj', 'x-lzh-compressed', 'x-cpio', 'x-ms-wim'],
    ...[
      'x-iso9660-image',
      'x-udf-image',
      'x-fat-image',
      'x-ntfs-image',
      'x-ext-image',
      'x-raw-disk-image',
      'x-gpt-image',
    ],
    ...['x-vhd', 'x-vhdx', 'x-vmdk', 'x-qcow2', 'x-virtualbox-vdi', 'x-apple-diskimage', 'x-squashfs'],
  ].map((name) => `application/${name}`),
)
/** Groups of what is only looked at or listened to. */
const INERT: ReadonlySet<string> = new Set(['image', 'audio', 'video', 'font'])
/** Groups of what mostly runs something else: a text or a picture beside it may be its load. */
const LOADERS: ReadonlySet<string> = new Set(['shortcut', 'script'])
/** Pictures that are instructions: readers have run what stands in them. */
const LIVELY: ReadonlySet<string> = new Set(['image/svg+xml', 'image/wmf', 'image/emf'])
/** Names by which every system shows a text as a text. */
const TEXT_NAME = /\.(?:txt|text|md|log|nfo|diz)$/i

/** What a sandbox is given for a sample of a message. */
export function viewOf(sample: Sample, opening: Opening): View {
  const within = opening.get(sample.path.split('/', 1)[0] ?? '')
  if (!within || !isPartOf(sample, within)) return { sample, locked: [], isClosed: false }
  const shown = onlyActive(sample, within) ?? sample
  return { sample: shown, locked: lockedIn(shown, within), isClosed: isClosed(shown, within) }
}

/** Whether a sandbox is asked about the sample itself. */
export function isShownItself(sample: Sample, opening: Opening): boolean {
  return viewOf(sample, opening).sample === sample
}

/** Readings may differ in what lies at a place. */
function isPartOf(sample: Sample, { container, members }: Within): boolean {
  return sample.path === container.path ? sample.sha256 === container.sha256 : members.includes(sample)
}

/** The only file of a container that may do anything; none where something in it was not read. */
function onlyActive(container: Sample, within: Within): Sample | undefined {
  if (!isWrapping(container) || !isReadWhole(container, within)) return undefined
  const files = filesIn(membersOf(container, within))
  const [first, ...others] = files.filter((file) => !isInert(file))
  const mayNeedOthers = files.length > 1 && first?.groups.some((group) => LOADERS.has(group))
  return others.length === 0 && !mayNeedOthers ? first : undefined
}

/** Members stand in order, each before its own. */
function membersOf({ path }: Sample, { container, members }: Within): readonly Sample[] {
  if (path === container.path) return members
  const from = members.findIndex((one) => one.path === path) + 1
  const length = members.slice(from).findIndex((one) => !one.path.startsWith(`${path}/`))
  return members.slice(from, length < 0 ? undefined : from + length)
}

/** Files that are no wrapping themselves; what lies within such a file is a part of it. */
function filesIn(members: readonly Sample[]): readonly Sample[] {
  const files: Sample[] = []
  let part = '\0'
  for (const [i, member] of members.entries()) {
    if (member.path.startsWith(part)) continue
    const holds = members[i + 1]?.path.startsWith(`${member.path}/`) === true
    if (holds && isWrapping(member)) continue
    part = `${member.path}/`
    files.push(member)
  }
  return files
}

function isWrapping({ types }: Sample): boolean {
  return types.length > 0 && types.every((type) => WRAPPINGS.has(type))
}

function isReadWhole({ path }: Sample, { unread }: Within): boolean {
  return ![...unread.keys()].some((place) => isIn(place, path))
}

function isClosed({ path }: Sample, { unread }: Within): boolean {
  const left = [...unread].flatMap(([place, outcomes]) => (isIn(place, path) ? outcomes : []))
  return left.some(({ kind }) => kind === 'encrypted')
}

function isIn(place: string, path: string): boolean {
  return place === path || place.startsWith(`${path}/`)
}

/** Whether it surely does nothing, whatever opens it: by its content, and by every name that it has. */
function isInert({ types, groups, name, names, mismatches, anomalies }: Sample): boolean {
  if (mismatches.length > 0 || anomalies.some(({ severity }) => severity !== 'note')) return false
  if (groups.length > 0 && groups.every((group) => INERT.has(group))) return !types.some((type) => LIVELY.has(type))
  const isPlain = types.every((type) => type === 'text/plain')
  const isCalledSo = [name, ...names.map(({ value }) => value)].every((one) => TEXT_NAME.test(one))
  return isPlain && types.length > 0 && isCalledSo
}

function lockedIn({ path }: Sample, { container, members, locked }: Within): readonly string[] {
  const all = [container, ...members].filter((one) => locked.has(one.path) && isIn(one.path, path))
  return all.map(({ sha256 }) => sha256)
}
