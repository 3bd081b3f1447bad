/** The headers before the members' data, which a program that reads zip as a stream goes by (APPNOTE.TXT, section 4.3.7). */
import type { ZipEntry } from './directory.ts'
import { widened } from './directory.ts'

const LOCAL = Buffer.from('PK\x03\x04', 'latin1')
const DESCRIPTOR = Buffer.from('PK\x07\x08', 'latin1')
const HEADER = 30
/** Bit 3: sizes and checksum follow the data. */
const HAS_DESCRIPTOR = 8

/** A local header, and where its data begins. */
export interface LocalEntry extends ZipEntry {
  readonly dataAt: number
  readonly hasDescriptor: boolean
}

/** The local header at a place; undefined where there is none. */
export function readLocal(content: Buffer, at: number): LocalEntry | undefined {
  if (at < 0 || at + HEADER > content.length || !content.subarray(at, at + 4).equals(LOCAL)) return undefined
  const nameEnd = at + HEADER + content.readUInt16LE(at + 26)
  const dataAt = nameEnd + content.readUInt16LE(at + 28)
  const extra = content.subarray(nameEnd, dataAt)
  const small = { size: content.readUInt32LE(at + 22), packedSize: content.readUInt32LE(at + 18), offset: 0 }
  const flags = content.readUInt16LE(at + 6)
  return {
    ...widened(small, extra),
    flags,
    method: content.readUInt16LE(at + 8),
    time: content.readUInt32LE(at + 10),
    crc: content.readUInt32LE(at + 14),
    rawName: content.subarray(at + HEADER, nameEnd),
    extra,
    mode: 0,
    at,
    dataAt: Math.min(dataAt, content.length),
    hasDescriptor: (flags & HAS_DESCRIPTOR) !== 0,
  }
}

/** Local headers outside of the given ranges, in order: members that no directory names. */
export function* unlistedLocals(content: Buffer, known: readonly Range[]): Generator<LocalEntry> {
  const ranges = [...known].sort((a, b) => a.from - b.from)
  let index = 0
  let at = content.indexOf(LOCAL)
  while (at >= 0) {
    while ((ranges[index]?.to ?? Number.POSITIVE_INFINITY) <= at) index++
    const range = ranges[index]
    const entry = range !== undefined && range.from <= at ? undefined : plausible(content, at)
    const next = range !== undefined && range.from <= at ? range.to : at + 4
    if (entry) yield entry
    at = content.indexOf(
      LOCAL,
      entry ? Math.max(next, entry.dataAt + (entry.hasDescriptor ? 0 : entry.packedSize)) : next,
    )
  }
}

export interface Range {
  readonly from: number
  readonly to: number
}

/** Four bytes occur anywhere; a header has a known version, a method and a name. */
function plausible(content: Buffer, at: number): LocalEntry | undefined {
  const entry = readLocal(content, at)
  if (entry === undefined || content.readUInt16LE(at + 4) > 0xff + 63) return undefined
  return entry.rawName.length > 0 && entry.rawName.length < 4096 && entry.method < 100 ? entry : undefined
}

/** Where stored data without a size ends: at a descriptor that names this size, at the next record, or with the file. */
export function storedEnd(content: Buffer, dataAt: number): number {
  let at = content.indexOf(DESCRIPTOR, dataAt)
  for (; at >= 0 && at + 12 <= content.length; at = content.indexOf(DESCRIPTOR, at + 4)) {
    if (content.readUInt32LE(at + 8) === at - dataAt) return at
  }
  const ends = [LOCAL, Buffer.from('PK\x01\x02', 'latin1')].map((record) => content.indexOf(record, dataAt))
  const next = ends.filter((end) => end >= 0)
  return next.length === 0 ? content.length : Math.min(...next)
}
