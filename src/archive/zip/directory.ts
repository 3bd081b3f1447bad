/** The central directories of a zip file (APPNOTE.TXT 6.3.10, sections 4.3.12 to 4.3.16), all that there are. */

/** What one record says of a member, be it in a directory or before the data. */
export interface ZipEntry {
  readonly flags: number
  readonly method: number
  readonly time: number
  readonly crc: number
  readonly packedSize: number
  readonly size: number
  readonly rawName: Buffer
  readonly extra: Buffer
  /** Unix mode where Unix wrote it, else 0. */
  readonly mode: number
  /** Where the local header lies; -1 where that is outside of the file. */
  readonly at: number
}

export interface Directory {
  readonly entries: readonly ZipEntry[]
  /** Bytes before the zip file proper, by which all offsets are off. */
  readonly shift: number
  /** Where the directory begins, and where its end record ends with its comment. */
  readonly start: number
  readonly end: number
  readonly isDamaged: boolean
}

const END = Buffer.from('PK\x05\x06', 'latin1')
const CENTRAL = 0x02014b50
const END_SIZE = 22
const ZIP64_LOCATOR = 0x07064b50
const ZIP64_END = 0x06064b50
/** More end records than this, and the file is a heap of them. */
const MAX_DIRECTORIES = 16
const MAX_32 = 0xffffffff

/** Every directory that an end record points to, the last of the file first: that is the one which most programs use. */
export function findDirectories(content: Buffer, maxEntries: number): Directory[] {
  const found: Directory[] = []
  let at = content.lastIndexOf(END)
  for (; at >= 0 && found.length < MAX_DIRECTORIES; at = at === 0 ? -1 : content.lastIndexOf(END, at - 1)) {
    const directory = readDirectory(content, at, maxEntries)
    if (directory !== undefined && !found.some(({ start }) => start === directory.start)) found.push(directory)
  }
  return found
}

/** Beyond this many bytes before the end of the file few programs look for the end record. */
const TAIL_BYTES = 1024 * 1024

/** Whether a content, whatever it begins with, has a directory near its end: then programs open it as a zip file. */
export function hasDirectory(content: Buffer): boolean {
  let at = content.lastIndexOf(END)
  for (let tries = 0; at >= Math.max(0, content.length - TAIL_BYTES) && tries < MAX_DIRECTORIES; tries++) {
    if ((readDirectory(content, at, 1)?.entries.length ?? 0) > 0) return true
    if (at === 0) break
    at = content.lastIndexOf(END, at - 1)
  }
  return false
}

function readDirectory(content: Buffer, at: number, maxEntries: number): Directory | undefined {
  if (at + END_SIZE > content.length) return undefined
  const end = zip64End(content, at) ?? {
    at,
    count: content.readUInt16LE(at + 10),
    size: content.readUInt32LE(at + 12),
    offset: content.readUInt32LE(at + 16),
  }
  const limit = Math.min(content.length, at + END_SIZE + content.readUInt16LE(at + 20))
  if (end.count === 0 && end.size === 0) return { entries: [], shift: 0, start: at, end: limit, isDamaged: false }
  // The directory lies right before its end record, or where the record says.
  for (const start of new Set([end.at - end.size, end.offset])) {
    if (start < 0 || start + 46 > content.length || content.readUInt32LE(start) !== CENTRAL) continue
    const shift = start - end.offset
    const { entries, isWhole } = readEntries(content, start, shift, maxEntries)
    // Where reading ended because there are too many, the limit says so, not the count.
    const isCut = entries.length > maxEntries
    const isDamaged = !isWhole || (!isCut && (entries.length & 0xffff) !== (end.count & 0xffff))
    return { entries, shift, start, end: limit, isDamaged }
  }
  return undefined
}

interface EndRecord {
  readonly at: number
  readonly count: number
  readonly size: number
  readonly offset: number
}

/** The 64-bit record where there is one; programs use it only where a field of the old record is full, liars set it anyway. */
function zip64End(content: Buffer, at: number): EndRecord | undefined {
  const isFull =
    content.readUInt32LE(at + 16) === MAX_32 ||
    content.readUInt32LE(at + 12) === MAX_32 ||
    content.readUInt16LE(at + 10) === 0xffff
  if (!isFull || at < 20 || content.readUInt32LE(at - 20) !== ZIP64_LOCATOR) return undefined
  for (const place of [number64(content, at - 12), at - 20 - 56]) {
    if (place < 0 || place + 56 > content.length || content.readUInt32LE(place) !== ZIP64_END) continue
    return {
      at: place,
      count: number64(content, place + 32),
      size: number64(content, place + 40),
      offset: number64(content, place + 48),
    }
  }
  return undefined
}

function readEntries(content: Buffer, start: number, shift: number, max: number) {
  const entries: ZipEntry[] = []
  let at = start
  let isWhole = true
  while (entries.length <= max && at + 4 <= content.length && content.readUInt32LE(at) === CENTRAL) {
    if (at + 46 > content.length) isWhole = false
    if (!isWhole) break
    const next = at + 46 + content.readUInt16LE(at + 28) + content.readUInt16LE(at + 30) + content.readUInt16LE(at + 32)
    if (next > content.length) isWhole = false
    entries.push(readEntry(content, at, shift))
    at = next
  }
  return { entries, isWhole }
}

function readEntry(content: Buffer, at: number, shift: number): ZipEntry {
  const nameEnd = at + 46 + content.readUInt16LE(at + 28)
  const extra = content.subarray(nameEnd, nameEnd + content.readUInt16LE(at + 30))
  const small = {
    size: content.readUInt32LE(at + 24),
    packedSize: content.readUInt32LE(at + 20),
    offset: content.readUInt32LE(at + 42),
  }
  const { size, packedSize, offset } = widened(small, extra)
  const isUnix = content.readUInt8(at + 5) === 3
  return {
    flags: content.readUInt16LE(at + 8),
    method: content.readUInt16LE(at + 10),
    time: content.readUInt32LE(at + 12),
    crc: content.readUInt32LE(at + 16),
    size,
    packedSize,
    rawName: content.subarray(at + 46, nameEnd),
    extra,
    mode: isUnix ? content.readUInt16LE(at + 40) : 0,
    at: offset + shift >= 0 && offset + shift + 30 <= content.length ? offset + shift : -1,
  }
}

interface Widths {
  readonly size: number
  readonly packedSize: number
  readonly offset: number
}

/** Fields that are full have their value in the extra field 1, in this order (section 4.5.3). */
export function widened(small: Widths, extra: Buffer): Widths {
  const wide = extraField(extra, 1)
  let at = 0
  const next = (value: number) => {
    if (value !== MAX_32 || wide === undefined || at + 8 > wide.length) return value
    at += 8
    return number64(wide, at - 8)
  }
  const size = next(small.size)
  const packedSize = next(small.packedSize)
  return { size, packedSize, offset: next(small.offset) }
}

/** The data of one extra field. */
export function extraField(extra: Buffer, wanted: number): Buffer | undefined {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) === wanted) return extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2))
  }
  return undefined
}

function number64(bytes: Buffer, at: number): number {
  return Math.min(Number.MAX_SAFE_INTEGER, Number(bytes.readBigUInt64LE(at)))
}
