/** The members of a zip file (APPNOTE.TXT 6.3) as far as its directory and local headers were kept. Only to tell its type: see `archive` for the rest. */
import { inflateRawSync } from 'node:zlib'
import { bytesAt, type Excerpt, hasMark, lastMarkAt, mark, u16, u32 } from '../excerpt.ts'

/** One member. */
export interface Member {
  readonly name: string
  /** Where its local header lies; -1 where that is not known. */
  readonly at: number
}

/** What was found of a zip file. */
export interface Zip {
  readonly isAtStart: boolean
  readonly members: readonly Member[]
}

const LOCAL = mark('PK\x03\x04')
const CENTRAL = mark('PK\x01\x02')
const END = mark('PK\x05\x06')
/** In front of the first volume of several, and of some that were to become several. */
const SPANNED = [mark('PK\x07\x08PK\x03\x04'), mark('PK00PK\x03\x04')]
const END_BYTES = 22
const MAX_MEMBERS = 500
const MAX_NAME_BYTES = 256
/** More of a member is never unpacked to tell a type. */
const MAX_CONTENT_BYTES = 262_144
/** Most members that tell a type are smaller: memory for more would cost more than the unpacking. */
const CHUNK_BYTES = 2048

/** The zip file that begins or ends the content; undefined where there is none. */
export function readZip(sample: Excerpt): Zip | undefined {
  const { head } = sample
  const isAtStart = hasMark(head, LOCAL) || hasMark(head, END) || SPANNED.some((one) => hasMark(head, one))
  const end = endRecordOf(sample)
  if (!isAtStart && end === undefined) return undefined
  const members = end === undefined ? [] : directoryMembers(sample, end)
  if (!isAtStart && members.length === 0 && (end?.count ?? 0) > 0) return undefined
  addLocalMembers(head, members)
  return { isAtStart, members }
}

/** What the end record says: where it lies itself, and of the directory before it. */
interface EndRecord {
  readonly at: number
  readonly count: number
  readonly directoryBytes: number
  readonly directoryAt: number
}

/** The last end record in the tail whose comment reaches at most to the end. Junk may follow: readers take it. */
function endRecordOf(sample: Excerpt): EndRecord | undefined {
  let at = lastMarkAt(sample, END)
  for (let tries = 0; at >= 0 && tries < 16; tries++) {
    const record = bytesAt(sample, at, END_BYTES)
    const isRecord = record.length === END_BYTES && at + END_BYTES + u16(record, 20) <= sample.size
    if (isRecord && u16(record, 4) === u16(record, 6))
      return { at, count: u16(record, 10), directoryBytes: u32(record, 12), directoryAt: u32(record, 16) }
    at = lastMarkAt(sample, END, at)
  }
  return undefined
}

/** The directory lies before its end record, whatever was put in front of the file since. */
function directoryMembers(sample: Excerpt, end: EndRecord): Member[] {
  const stated = end.at - end.directoryBytes
  const tailAt = sample.size - sample.ending.reduce((sum, { length }) => sum + length, 0)
  const isThere = stated >= tailAt && hasMark(bytesAt(sample, stated, 4), CENTRAL)
  const first = isThere ? 0 : sample.tail.indexOf(CENTRAL)
  const members: Member[] = []
  if (first < 0) return members
  const from = isThere ? stated : tailAt + first
  const directory = bytesAt(sample, from, end.at - from)
  const shift = Math.max(stated - end.directoryAt, 0)
  for (let at = 0; members.length < MAX_MEMBERS && at + 46 <= directory.length && hasMark(directory, CENTRAL, at); ) {
    const nameLength = u16(directory, at + 28)
    members.push({ name: nameAt(directory, at + 46, nameLength), at: u32(directory, at + 42) + shift })
    at += 46 + nameLength + u16(directory, at + 30) + u16(directory, at + 32)
  }
  return members
}

/** A directory may lie: what the local headers in front say counts too. */
function addLocalMembers(head: Buffer, members: Member[]): void {
  const most = members.length + MAX_MEMBERS
  for (let at = head.indexOf(LOCAL); at >= 0 && members.length < most; at = head.indexOf(LOCAL, at)) {
    if (at + 30 > head.length) break
    members.push({ name: nameAt(head, at + 30, u16(head, at + 26)), at })
    // Where the header says its size the search goes on behind it: what lies within a member is not this file's.
    const isStated = (u16(head, at + 6) & 8) === 0
    at += 30 + u16(head, at + 26) + u16(head, at + 28) + (isStated ? u32(head, at + 18) : 0)
    if (at >= head.length) break
  }
}

function nameAt(bytes: Buffer, at: number, length: number): string {
  return bytes.toString('latin1', at, Math.min(at + length, at + MAX_NAME_BYTES, bytes.length)).replaceAll('\\', '/')
}

/** What the first readable member of that name holds: a directory may name it twice, or lie about where it is. */
export function readNamed(sample: Excerpt, members: readonly Member[], name: RegExp): Buffer | undefined {
  let tries = 0
  for (const member of members) {
    if (!name.test(member.name)) continue
    const content = readMember(sample, member)
    if (content !== undefined || ++tries >= 8) return content
  }
  return undefined
}

/** What a small member holds, stored or deflated; undefined where it was not kept whole or cannot be read. */
function readMember(sample: Excerpt, { at }: Member): Buffer | undefined {
  const header = bytesAt(sample, at, 30)
  if (header.length < 30 || !hasMark(header, LOCAL)) return undefined
  const method = u16(header, 8)
  const stated = u32(header, 18)
  const length = stated > 0 && stated < MAX_CONTENT_BYTES ? stated : MAX_CONTENT_BYTES
  const bytes = bytesAt(sample, at + 30 + u16(header, 26) + u16(header, 28), length)
  if (bytes.length === 0 || method === 0) return bytes.length === 0 ? undefined : bytes
  return method === 8 ? inflate(bytes) : undefined
}

function inflate(bytes: Buffer): Buffer | undefined {
  try {
    return inflateRawSync(bytes, { maxOutputLength: MAX_CONTENT_BYTES, chunkSize: CHUNK_BYTES })
  } catch {
    return undefined
  }
}
