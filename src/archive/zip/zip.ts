/**
 * zip (APPNOTE.TXT 6.3.10). Programs differ in what they see of a zip file: most go by the last directory, some by the first, some by the
 * headers before the data. So a member is whatever any of them lists: those of every directory, local headers that no directory names, and
 * the local view of a member where it differs from the directory's.
 */
import { crc32, inflateRawSync } from 'node:zlib'
import type { Anomaly } from '../../core/index.ts'
import { LimitReached } from '../budget.ts'
import { anomaly, type FaultName, type Member, type MemberKind, memberOf, type OpenContext } from '../container.ts'
import { type Directory, findDirectories, type ZipEntry } from './directory.ts'
import { FOREIGN_METHODS, ForeignMembers } from './foreign.ts'
import { type LocalEntry, type Range, readLocal, storedEnd, unlistedLocals } from './local.ts'
import { namesOf } from './name.ts'
import { readPlain } from './plain.ts'

/** Bit 0 of the flags. */
const IS_ENCRYPTED = 1
const METHODS = new Set([0, 8, 93])
/** No larger member is tried without its password. */
const MAX_TRIED = 16 * 1024 * 1024

/** One member as one program sees it. */
export interface View {
  readonly entry: ZipEntry
  readonly local: LocalEntry | undefined
  /** The packed bytes. */
  readonly packed: Buffer
  readonly place: 'zip.central' | 'zip.local'
  readonly faults: readonly FaultName[]
  /** Whether what is packed has the checksum already that only what is within should have. */
  readonly isPretended?: true
}

/** Opens a zip file, with anything before and after it. */
export async function* openZip(content: Buffer, context: OpenContext): AsyncGenerator<Member, void, undefined> {
  const directories = outermost(content, findDirectories(content, context.budget.limits.members))
  const told = [...listed(content, directories), ...unlisted(content, directories)]
  noteForm(content, directories, told, context)
  // It may be encrypted all the same: checksum and size of what is packed are soon written into a header.
  const views = told.flatMap((view) =>
    isPretended(view, context) ? [plainly(view), { ...view, isPretended: true as const }] : [view],
  )
  const foreign = new ForeignMembers(views.filter(isForeign), context)
  const seen = new Set<string>()
  for (const view of views) {
    const [path] = namesOf(view.entry, view.place)
    const faults = [...view.faults]
    if (seen.has(path?.value ?? '')) faults.push('duplicate-name')
    seen.add(path?.value ?? '')
    yield toMember(view, faults, foreign.bytes(view), context)
  }
  for (const { view, file } of await foreign.doubtful()) {
    yield toMember(view, [...view.faults, 'crc-mismatch'], file.pieces, context)
  }
}

/** The directories that do not lie in the data of a member: those are of zip files within. */
function outermost(content: Buffer, directories: readonly Directory[]): Directory[] {
  const kept: Directory[] = []
  const ranges: Range[] = []
  for (const directory of directories) {
    if (ranges.some(({ from, to }) => from <= directory.start && directory.start < to)) continue
    kept.push(directory)
    ranges.push(...rangesOf(content, directory))
  }
  return kept
}

/** Where the members of a directory lie, headers included. */
function rangesOf(content: Buffer, { entries }: Directory): Range[] {
  return entries.flatMap(({ at, packedSize }) => {
    const local = readLocal(content, at)
    return local ? [{ from: at, to: local.dataAt + packedSize }] : []
  })
}

function isForeign({ entry }: View): boolean {
  return (entry.flags & IS_ENCRYPTED) !== 0 || FOREIGN_METHODS.has(entry.method)
}

/**
 * Whether the flag alone says that it is encrypted: Android ignores the flag, other programs ask for a password that nobody needs.
 * Nothing encrypted that is honest has the checksum of what is within.
 */
function isPretended({ entry, packed }: View, { share }: OpenContext): boolean {
  const { flags, method, size, crc } = entry
  if ((flags & IS_ENCRYPTED) === 0 || size <= 0 || size > MAX_TRIED) return false
  if (method === 0) return packed.length === size && crc32(packed) === crc
  if (method !== 8) return false
  try {
    const plain = inflateRawSync(packed, { maxOutputLength: size })
    share.take(plain.length)
    return plain.length === size && crc32(plain) === crc
  } catch (error) {
    if (error instanceof LimitReached) throw error
    return false
  }
}

function plainly(view: View): View {
  const faults = view.faults.includes('header-mismatch') ? view.faults : [...view.faults, 'header-mismatch' as const]
  return { ...view, entry: { ...view.entry, flags: view.entry.flags & ~IS_ENCRYPTED }, faults }
}

function toMember(
  view: View,
  faults: readonly FaultName[],
  foreign: Iterable<Buffer> | AsyncIterable<Buffer>,
  context: OpenContext,
): Member {
  const { entry, local, place } = view
  const names = namesOf(entry, place)
  if (local !== undefined && place === 'zip.central') {
    names.push(...namesOf(local, 'zip.local').filter(({ value }) => !names.some((known) => known.value === value)))
  }
  const path = names[0]?.value ?? ''
  const anomalies: Anomaly[] = faults.map((fault) => anomaly(fault, entry.at))
  if (local !== undefined && !local.rawName.equals(entry.rawName)) anomalies.push(anomaly('name-mismatch', entry.at))
  const isEncrypted = (entry.flags & IS_ENCRYPTED) !== 0
  return memberOf({
    path,
    origin: place,
    names,
    kind: kindOf(entry, path),
    declaredSize: entry.size,
    isEncrypted,
    anomalies,
    bytes: () => (isForeign(view) ? foreign : readPlain(view, METHODS, context.share)),
  })
}

/** A name that ends in a slash is a directory, unless there is data: some programs then see a file. */
function kindOf({ mode, packedSize }: ZipEntry, path: string): MemberKind {
  const format = mode & 0xf000
  if (format === 0xa000) return 'symlink'
  if (format === 0x2000 || format === 0x6000 || format === 0x1000) return 'device'
  return path.endsWith('/') && packedSize <= 2 ? 'dir' : 'file'
}

/** Members of all directories; one that the local header describes otherwise is there twice. */
function* listed(content: Buffer, directories: readonly Directory[]): Generator<View> {
  const places = new Set<number>()
  for (const [index, { entries }] of directories.entries()) {
    for (const entry of entries) {
      if (index > 0 && places.has(entry.at)) continue
      places.add(entry.at)
      const local = readLocal(content, entry.at)
      const differs = local !== undefined && disagree(entry, local)
      yield central(content, entry, local, [
        ...(differs ? (['header-mismatch'] as const) : []),
        ...(index > 0 ? (['hidden-member'] as const) : []),
      ])
      if (differs) yield localView(content, local, ['header-mismatch'])
    }
  }
}

function central(content: Buffer, entry: ZipEntry, local: LocalEntry | undefined, faults: readonly FaultName[]): View {
  const from = local?.dataAt ?? content.length
  const packed = content.subarray(from, from + entry.packedSize)
  const isCut = local === undefined || packed.length < entry.packedSize
  return { entry, local, packed, place: 'zip.central', faults: isCut ? [...faults, 'truncated'] : faults }
}

function localView(content: Buffer, local: LocalEntry, faults: readonly FaultName[]): View {
  const isOpenEnded = local.hasDescriptor && local.packedSize === 0
  const end = isOpenEnded
    ? local.method === 0
      ? storedEnd(content, local.dataAt)
      : content.length
    : local.dataAt + local.packedSize
  const entry = isOpenEnded ? { ...local, size: -1 } : local
  return { entry, local, packed: content.subarray(local.dataAt, end), place: 'zip.local', faults }
}

/** Local headers that no directory leads to. */
function* unlisted(content: Buffer, directories: readonly Directory[]): Generator<View> {
  const known: Range[] = directories.map(({ start, end }) => ({ from: start, to: end }))
  for (const directory of directories) known.push(...rangesOf(content, directory))
  const faults: FaultName[] = directories.length === 0 ? [] : ['hidden-member']
  for (const local of unlistedLocals(content, known)) yield localView(content, local, faults)
}

function disagree(entry: ZipEntry, local: LocalEntry): boolean {
  if (entry.method !== local.method || ((entry.flags ^ local.flags) & IS_ENCRYPTED) !== 0) return true
  if (local.hasDescriptor && local.packedSize === 0) return false
  return entry.packedSize !== local.packedSize || entry.crc !== local.crc || entry.size !== local.size
}

function noteForm(
  content: Buffer,
  directories: readonly Directory[],
  views: readonly View[],
  context: OpenContext,
): void {
  const [main] = directories
  if (main === undefined || main.isDamaged) context.note('no-directory', main?.start)
  if (main === undefined) return
  if (directories.length > 1) context.note('several-directories', directories[1]?.start)
  const first = Math.min(main.start, ...views.map(({ entry }) => (entry.at < 0 ? main.start : entry.at)))
  if (first > 0) context.note('prefixed-data', 0)
  if (main.end < content.length) context.note('appended-data', main.end)
  if (overlaps(views)) context.note('overlap')
}

/** Whether two members share bytes (Fifield, "A better zip bomb", 2019). */
function overlaps(views: readonly View[]): boolean {
  const ranges = views
    .filter(({ local, place }) => local !== undefined && place === 'zip.central')
    .map(({ local, packed }) => ({ from: local?.at ?? 0, to: (local?.dataAt ?? 0) + packed.length }))
    .sort((a, b) => a.from - b.from)
  return ranges.some(({ to }, i) => to > (ranges[i + 1]?.from ?? Number.POSITIVE_INFINITY))
}
