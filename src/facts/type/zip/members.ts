/** The members of a zip file (APPNOTE.TXT 6.3) as far as its directory and local headers were kept. Only to tell its type: see `archive` for the rest. */
import { inflateRawSync } from 'node:zlib'
import { bytesAt, type Excerpt, endsWithMark, hasMark, mark, u16, u32 } from '../excerpt.ts'

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
const NOTHING = Buffer.alloc(0)
const END_BYTES = 22
const MAX_MEMBERS = 500
const MAX_NAME_BYTES = 256
/** More of a member is never unpacked to tell a type. */
const MAX_CONTENT_BYTES = 262_144

/** The zip file that begins or ends the content; undefined where there is none. */
export function readZip(sample: Excerpt): Zip | undefined {
  const { head } = sample
  const isAtStart = hasMark(head, LOCAL) || hasMark(head, END) || SPANNED.some((one) => hasMark(head, one))
  const tail = endsWithMark(sample, END) ? tailOf(sample) : NOTHING
  const end = endRecordAt(tail)
  if (!isAtStart && end < 0) return undefined
  const inDirectory = end < 0 ? [] : directoryMembers(tail, sample.size, end)
  if (!isAtStart && inDirectory.length === 0 && u16(tail, end + 10) > 0) return undefined
  return { isAtStart, members: [...inDirectory, ...localMembers(head)] }
}

/** The last piece alone where the whole directory lies in it: most do, and need no copy. */
function tailOf(sample: Excerpt): Buffer {
  const last = sample.ending[sample.ending.length - 1] ?? NOTHING
  const end = endRecordAt(last)
  return end >= 0 && u32(last, end + 12) <= end ? last : sample.tail
}

/** Where the last end record lies in the tail whose comment reaches at most to the end; -1 if none. Junk may follow: readers take it. */
function endRecordAt(tail: Buffer): number {
  for (let at = tail.lastIndexOf(END), tries = 0; at >= 0 && tries < 16; tries++) {
    const isRecord = at + END_BYTES <= tail.length && at + END_BYTES + u16(tail, at + 20) <= tail.length
    if (isRecord && u16(tail, at + 4) === u16(tail, at + 6)) return at
    at = at === 0 ? -1 : tail.lastIndexOf(END, at - 1)
  }
  return -1
}

/** The directory lies before its end record, whatever was put in front of the file since. */
function directoryMembers(tail: Buffer, size: number, end: number): readonly Member[] {
  const length = u32(tail, end + 12)
  const first = end - length >= 0 && hasMark(tail, CENTRAL, end - length) ? end - length : tail.indexOf(CENTRAL)
  if (first < 0 || first > end) return []
  const shift = size - tail.length + end - length - u32(tail, end + 16)
  const members: Member[] = []
  for (let at = first; members.length < MAX_MEMBERS && at + 46 <= end && hasMark(tail, CENTRAL, at); ) {
    const nameLength = u16(tail, at + 28)
    members.push({ name: nameAt(tail, at + 46, nameLength), at: u32(tail, at + 42) + Math.max(shift, 0) })
    at += 46 + nameLength + u16(tail, at + 30) + u16(tail, at + 32)
  }
  return members
}

function localMembers(head: Buffer): readonly Member[] {
  const members: Member[] = []
  for (let at = head.indexOf(LOCAL); at >= 0 && members.length < MAX_MEMBERS; at = head.indexOf(LOCAL, at)) {
    if (at + 30 > head.length) break
    members.push({ name: nameAt(head, at + 30, u16(head, at + 26)), at })
    // Where the header says its size the search goes on behind it: what lies within a member is not this file's.
    const isStated = (u16(head, at + 6) & 8) === 0
    at += 30 + u16(head, at + 26) + u16(head, at + 28) + (isStated ? u32(head, at + 18) : 0)
    if (at >= head.length) break
  }
  return members
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
    return inflateRawSync(bytes, { maxOutputLength: MAX_CONTENT_BYTES })
  } catch {
    return undefined
  }
}
