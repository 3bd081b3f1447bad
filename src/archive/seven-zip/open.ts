/** The containers that 7-Zip opens for us. */
import type { Name } from '../../core/index.ts'
import { LimitReached } from '../budget.ts'
import {
  anomaly,
  ClosedFault,
  type ContainerShare,
  type FaultName,
  type Member,
  MemberFault,
  memberOf,
  type OpenContext,
  type Opener,
} from '../container.ts'
import { appended, guessedNames } from '../stream.ts'
import { hasHiddenList, isVolume } from './header.ts'
import { type Errors, endOf, type ListedMember, readErrors, readListing } from './listing.ts'
import type { SevenZip, SevenZipRun } from './seven-zip.ts'
import type { SinkFile } from './sink.ts'

/** An opener for one of 7-Zip's formats. */
export function sevenZipOpener(type: string): Opener {
  return (content, context) => open(content, type, context)
}

/** Formats of one member without a name: 7-Zip makes one up. */
const NAMELESS = new Set(['bzip2', 'xz', 'lzma', 'lzma86', 'Z', 'MsLZ', 'gzip'])

/** A file system, or a disk, may be empty; so large an archive without any member is none that was made so. */
const MAY_BE_EMPTY = new Set(['FAT', 'NTFS', 'Ext', 'HFS', 'APFS', 'MBR', 'GPT'])
const EMPTY_BYTES = 4096
const MAX_JUNK = 1024 * 1024

interface Attempt {
  readonly listing: readonly ListedMember[]
  /** Where the archive ends, as 7-Zip sees it; -1 where it does not say. */
  readonly end: number
  readonly errors: Errors
  readonly password: string
  /** The list or the members need a password that nobody has. */
  readonly isClosed: boolean
}

async function* open(content: Buffer, type: string, context: OpenContext): AsyncGenerator<Member, void, undefined> {
  const { sevenZip, share } = context
  if (sevenZip === undefined) return context.note('unsupported')
  const { listing, errors, password, isClosed, end } = await list(content, type, sevenZip, context)
  for (const fault of errors.archive) context.note(fault)
  const isBare = listing.length === 0 && errors.archive.size === 0 && !isClosed
  if (isBare && content.length > EMPTY_BYTES && !MAY_BE_EMPTY.has(type)) context.note('corrupt')
  if (type === 'Cpio' && errors.archive.has('appended-data')) yield* furtherCpio(content, end, context)
  if (isVolume(content, type)) context.note('several-volumes')
  if (listing.length === 0) return
  const run = await sevenZip.extract(content, { type, password }, share)
  const found = readErrors(run.lines)
  for (const fault of found.archive) context.note(fault)
  if (isUnexplained(run, found)) context.note('corrupt')
  const matched = match(listing, run.files, found.links)
  const seen = new Set<SinkFile>()
  for (const [i, member] of listing.entries()) {
    const file = matched.files[i]
    // The bytes of a further name are read again, and count again.
    const again = file !== undefined && seen.has(file) ? share : undefined
    if (file !== undefined) seen.add(file)
    const own = NAMELESS.has(type) ? guessedNames(context) : [{ value: member.path, origin: '7z.path' }]
    yield toMember(member, own, file, { errors: found, isClosed, limit: run.limit, again })
  }
  for (const file of matched.rest) {
    yield memberOf({ path: file.path, origin: '7z.unpacked', bytes: () => file.pieces })
  }
  // Whatever was in work when it was met is not whole, though its own size may be unknown.
  if (run.limit) throw run.limit
}

const CPIO = /07070[127]|\xc7\x71|\x71\xc7/

/** GNU cpio skips what is between two members until it sees a header, and goes on behind the end of the first archive: 7-Zip does neither. */
function* furtherCpio(content: Buffer, end: number, context: OpenContext): Generator<Member> {
  const start = end < 0 ? content.length : end
  const tail = content.toString('latin1', start, start + MAX_JUNK)
  const next = tail.search(CPIO)
  // An archive is filled up with zeros; any other byte between two headers was a member once, or hides one.
  if (/[^\0]/.test(next < 0 ? tail : tail.slice(0, next))) context.note('corrupt')
  if (next >= 0) yield appended(content, start + next, context)
  else if (content.subarray(start + MAX_JUNK).some((byte) => byte !== 0)) context.note('corrupt')
}

/** Whether a run failed and did not say at what: then nothing of it is surely whole. */
function isUnexplained({ code, limit, isBroken }: SevenZipRun, { members, archive, links, isClosed }: Errors): boolean {
  const isExplained = members.size > 0 || archive.size > 0 || links.size > 0 || isClosed
  return limit === undefined && (isBroken || (code >= 2 && !isExplained))
}

async function list(content: Buffer, type: string, sevenZip: SevenZip, context: OpenContext): Promise<Attempt> {
  const max = context.budget.limits.members
  const plain = await sevenZip.list(content, { type, password: '' })
  const errors = readErrors(plain.lines)
  const listing = readListing(plain.lines, max)
  const isHidden = errors.isClosed || hasHiddenList(content, type)
  const end = endOf(plain.lines)
  if (plain.limit) throw plain.limit
  if (!isHidden && isUnexplained(plain, errors)) context.note('corrupt')
  if (!isHidden && !listing.some(({ isEncrypted }) => isEncrypted))
    return { listing, errors, password: '', isClosed: false, end }
  const search = await context.passwords.find((value) => isRight(content, type, value, isHidden, sevenZip, context))
  if (search.kind === 'budget') context.note('password-budget')
  context.encryption(search.kind === 'opened' ? search.source : '')
  if (search.kind !== 'opened') return { listing, errors, password: '', isClosed: true, end }
  if (!isHidden) return { listing, errors, password: search.value, isClosed: false, end }
  const open = await sevenZip.list(content, { type, password: search.value })
  return {
    listing: readListing(open.lines, max),
    errors: readErrors(open.lines),
    password: search.value,
    isClosed: false,
    end,
  }
}

/** Whether a password opens the list, or unpacks the members. */
async function isRight(
  content: Buffer,
  type: string,
  password: string,
  isListing: boolean,
  sevenZip: SevenZip,
  { budget }: OpenContext,
): Promise<boolean> {
  if (password === '') return false
  if (isListing) {
    const { lines, code } = await sevenZip.list(content, { type, password })
    return code >= 0 && code < 2 && !readErrors(lines).isClosed
  }
  const room = { left: budget.memoryLeft, take: () => undefined, hold: () => undefined }
  const run = await sevenZip.extract(content, { type, password }, discarding(room.left))
  return !readErrors(run.lines).isClosed && run.code >= 0 && run.code < 2
}

/** Room for a try, which nobody keeps. */
export function discarding(left: number) {
  let taken = 0
  return {
    left,
    take: () => undefined,
    hold(bytes: number) {
      taken += bytes
      if (taken > left) throw new LimitReached('container-memory')
    },
  }
}

interface Matched {
  readonly files: readonly (SinkFile | undefined)[]
  readonly rest: readonly SinkFile[]
}

/**
 * Which file belongs to which listed member: by path; 7-Zip changes paths that are unsafe, so the others by their order. A further name of a
 * file has its bytes.
 */
function match(
  listing: readonly ListedMember[],
  files: readonly SinkFile[],
  links: ReadonlyMap<string, string>,
): Matched {
  const targets = new Map(files.map((file) => [file.path, file]))
  const byPath = new Map<string, SinkFile[]>()
  for (const file of files) {
    const same = byPath.get(file.path)
    if (same) same.push(file)
    else byPath.set(file.path, [file])
  }
  const matched: (SinkFile | undefined)[] = listing.map(({ path, kind }) =>
    kind === 'dir' ? undefined : (byPath.get(path)?.shift() ?? targets.get(links.get(path) ?? '')),
  )
  const used = new Set(matched)
  const rest = files.filter((file) => !used.has(file))
  for (const [i, { kind }] of listing.entries()) {
    if (kind === 'file' && matched[i] === undefined) matched[i] = rest.shift()
  }
  return { files: matched, rest }
}

interface Result {
  readonly errors: Errors
  readonly isClosed: boolean
  readonly limit: LimitReached | undefined
  /** Where the bytes are taken from once more. */
  readonly again: ContainerShare | undefined
}

function toMember(member: ListedMember, own: readonly Name[], file: SinkFile | undefined, result: Result): Member {
  const { errors, isClosed, limit, again } = result
  const fault = errors.members.get(file?.path ?? member.path) ?? errors.members.get(member.path)
  const names = [...own]
  if (member.link !== '') names.push({ value: member.link, origin: '7z.link' })
  return memberOf({
    path: own[0]?.value ?? '',
    origin: '7z.path',
    names,
    kind: member.kind,
    declaredSize: member.size,
    isEncrypted: member.isEncrypted,
    anomalies: fault === 'appended-data' ? [anomaly(fault)] : [],
    *bytes() {
      // A comment of the archive may say that a member is encrypted; what came out whole is not closed.
      if (isClosed && member.isEncrypted && (file?.size !== member.size || fault !== undefined)) throw new ClosedFault()
      if (file) again?.take(file.size)
      if (file) yield* file.pieces
      const found = faultOf(member, file, fault)
      if (found !== undefined && limit === undefined) throw new MemberFault(found)
      if (found !== undefined && limit) throw limit
    },
  })
}

function faultOf(
  member: ListedMember,
  file: SinkFile | undefined,
  fault: FaultName | undefined,
): FaultName | undefined {
  if (fault !== undefined && fault !== 'appended-data') return fault
  if (member.kind !== 'file') return undefined
  if (file === undefined) return member.size === 0 ? undefined : 'corrupt'
  return member.size >= 0 && file.size !== member.size ? 'size-mismatch' : undefined
}
