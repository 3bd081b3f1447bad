/** tar: ustar and pax (POSIX.1-2017, pax), GNU's long names and sparse files, and whatever older programs wrote. */
import { anomaly, type Member, MemberFault, type MemberKind, memberOf, type OpenContext } from './container.ts'
import { appended } from './stream.ts'
import { type PaxRecords, readPax } from './tar-pax.ts'
import { expand, oldGnuExtents, paxExtents, type SparseMap } from './tar-sparse.ts'
import { fromUnknown, untilNul } from './text.ts'

const BLOCK = 512
const ZEROS = Buffer.alloc(BLOCK)
/** Beyond this a long name is no name. */
const MAX_NAME = 64 * 1024

const KINDS: Readonly<Record<string, MemberKind>> = {
  '1': 'symlink',
  '2': 'symlink',
  '3': 'device',
  '4': 'device',
  '5': 'dir',
  '6': 'device',
  D: 'dir',
}
/** Types that say something about the next member or the archive, and are none themselves. */
const EXTENSIONS = 'xgLKXVNM'

interface State {
  global: PaxRecords
  local: PaxRecords
  longName: string | undefined
  longLink: string | undefined
}

/** Opens a tar file. A damaged header is passed over block by block. */
export function* openTar(content: Buffer, context: OpenContext): Generator<Member> {
  const state: State = { global: new Map(), local: new Map(), longName: undefined, longLink: undefined }
  let at = 0
  let isLost = false
  /** Whether a block of zeros, which ends an archive, was seen. */
  let isMarked = false
  while (at + BLOCK <= content.length) {
    const header = content.subarray(at, at + BLOCK)
    if (!isHeader(header)) {
      isMarked ||= isZero(header)
      if (isOver(content, at) && !isZero(header)) break
      if (!isZero(header) && !isLost) context.note('corrupt', at)
      isLost ||= !isZero(header)
      at += BLOCK
      continue
    }
    isLost = false
    const member = headerOf(header, state, at)
    const rest = content.subarray(at + BLOCK)
    const extra = member.type === 'S' ? extensionBlocks(rest, header) : 0
    at += BLOCK + extra + Math.ceil(member.size / BLOCK) * BLOCK
    if (EXTENSIONS.includes(member.type)) {
      extend(state, member.type, rest.subarray(0, member.size))
      continue
    }
    yield toMember(member, rest, header, extra, state, context)
    state.local = new Map()
    state.longName = undefined
    state.longLink = undefined
  }
  if (at < content.length && !isZero(content.subarray(at))) {
    // Less than a header, and no end before it: the rest of a member that was cut off.
    context.note(content.length - at < BLOCK && !isMarked ? 'truncated' : 'appended-data', at)
    yield appended(content, at, context)
  }
  if (at > content.length) context.note('truncated', content.length)
}

interface Header {
  readonly type: string
  readonly size: number
  readonly path: string
  readonly link: string
  readonly at: number
}

function headerOf(header: Buffer, state: State, at: number): Header {
  const type = String.fromCharCode(header[156] ?? 0)
  const pax = (key: string) => state.local.get(key) ?? state.global.get(key)
  const isExtension = EXTENSIONS.includes(type)
  const size = isExtension ? numberAt(header, 124, 12) : (paxNumber(pax('size')) ?? numberAt(header, 124, 12))
  const path = isExtension ? '' : (pax('GNU.sparse.name') ?? pax('path') ?? state.longName ?? ownPath(header))
  const link = pax('linkpath') ?? state.longLink ?? fromUnknown(untilNul(header.subarray(157, 257)))
  // Links and directories have no data, whatever they claim; old programs write a size for hard links.
  const isBare = '12346'.includes(type) || type === '5'
  return { type, size: isBare ? 0 : size, path, link, at }
}

function toMember(
  member: Header,
  rest: Buffer,
  header: Buffer,
  extra: number,
  state: State,
  context: OpenContext,
): Member {
  const isDir = member.path.endsWith('/') && '0\0'.includes(member.type)
  const kind: MemberKind = KINDS[member.type] ?? (isDir && member.size === 0 ? 'dir' : 'file')
  const data = rest.subarray(extra, extra + member.size)
  const sparse = extentsOf(member, header, rest, state)
  const names = [{ value: member.path, origin: 'tar.path' }]
  if (kind === 'symlink') names.push({ value: member.link, origin: 'tar.link' })
  return memberOf({
    path: member.path,
    origin: 'tar.path',
    names,
    kind,
    declaredSize: sparse?.size ?? member.size,
    anomalies: data.length < member.size ? [anomaly('truncated', member.at)] : [],
    *bytes() {
      if (sparse) yield* expand(data, sparse, context.share)
      else {
        context.share.take(data.length)
        yield data
      }
      if (data.length < member.size) throw new MemberFault('truncated')
    },
  })
}

function extentsOf({ type }: Header, header: Buffer, rest: Buffer, state: State): SparseMap | undefined {
  if (type === 'S') return oldGnuExtents(header, rest)
  return paxExtents(state.local, rest)
}

/** A sparse file of many extents has blocks of them after its header (GNU tar manual, "Extended GNU headers"). */
function extensionBlocks(rest: Buffer, header: Buffer): number {
  let size = 0
  let isMore = header[482] === 1
  while (isMore && size + BLOCK <= rest.length) {
    isMore = rest[size + 504] === 1
    size += BLOCK
  }
  return size
}

function extend(state: State, type: string, data: Buffer): void {
  const name = () => fromUnknown(untilNul(data.subarray(0, MAX_NAME)))
  if (type === 'L') state.longName = name()
  else if (type === 'K') state.longLink = name()
  else if (type === 'x' || type === 'X') state.local = readPax(data)
  else if (type === 'g') state.global = new Map([...state.global, ...readPax(data)])
}

function ownPath(header: Buffer): string {
  const name = fromUnknown(untilNul(header.subarray(0, 100)))
  // GNU's own form has times where POSIX has the prefix.
  const isPosix = header.toString('latin1', 257, 263) === 'ustar\0'
  const prefix = isPosix ? fromUnknown(untilNul(header.subarray(345, 500))) : ''
  return prefix === '' ? name : `${prefix}/${name}`
}

function paxNumber(text: string | undefined): number | undefined {
  const value = text === undefined ? Number.NaN : Number(text)
  return Number.isSafeInteger(value) && value >= 0 ? value : undefined
}

/** A number in octal digits, or in binary where the first bit is set (GNU, star). */
export function numberAt(header: Buffer, at: number, length: number): number {
  if (((header[at] ?? 0) & 0x80) !== 0) {
    const value = Number(BigInt.asUintN(63, header.readBigUInt64BE(at + length - 8)))
    return Number.isSafeInteger(value) ? value : Number.MAX_SAFE_INTEGER
  }
  const digits = /^[ \0]*([0-7]*)/.exec(header.toString('latin1', at, at + length))?.[1] ?? ''
  return digits === '' ? 0 : Number.parseInt(digits, 8)
}

/** Whether a content begins with the header of a tar file. */
export function isTar(content: Buffer): boolean {
  return content.length >= BLOCK && isHeader(content.subarray(0, BLOCK))
}

/** A header has the sum of its bytes, with blanks for the sum itself; some programs sum signed bytes. */
function isHeader(header: Buffer): boolean {
  const claimed = numberAt(header, 148, 8)
  if (claimed === 0 || claimed > BLOCK * 255) return false
  let sum = 8 * 0x20
  let high = 0
  for (let i = 0; i < BLOCK; i++) {
    if (i >= 148 && i < 156) continue
    const byte = header[i] ?? 0
    sum += byte
    if (byte > 127) high++
  }
  return claimed === sum || claimed === sum - 256 * high
}

function isZero(bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; at += BLOCK) {
    const block = bytes.subarray(at, at + BLOCK)
    if (!block.equals(ZEROS.subarray(0, block.length))) return false
  }
  return true
}

/** Whether two blocks of zeros lie before: the archive has ended, what follows was appended. */
function isOver(content: Buffer, at: number): boolean {
  return at >= 2 * BLOCK && isZero(content.subarray(at - 2 * BLOCK, at))
}
