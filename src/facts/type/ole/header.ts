/** The header of a compound file ([MS-CFB] 2.2) and the chain of sectors of its directory. */
import { bytesAt, type Excerpt, hasMark, u16, u32 } from '../excerpt.ts'

const MAGIC = Buffer.from('d0cf11e0a1b11ae1', 'hex')
const TABLES_IN_HEADER = 109
/** At most so many sectors of the directory are looked at: 2,048 streams of a file with large sectors. */
const MAX_SECTORS = 64
const DIRECTORY_WINDOW = 8192

/** What the header says. */
export interface OleHeader {
  readonly sectorBytes: number
  readonly directory: number
}

/** The header; undefined where the content is no compound file. */
export function readHeader(head: Buffer): OleHeader | undefined {
  if (!hasMark(head, MAGIC)) return undefined
  const shift = u16(head, 30)
  return { sectorBytes: 1 << (shift >= 7 && shift <= 15 ? shift : 9), directory: u32(head, 48) }
}

/** Where the directory begins, and where the table is that says how it goes on. */
export function directoryPlaces(head: Buffer): readonly (readonly [at: number, length: number])[] {
  const header = readHeader(head)
  if (header === undefined) return []
  const table = tableOf(head, header, header.directory)
  const places: (readonly [number, number])[] = [[placeOf(header, header.directory), DIRECTORY_WINDOW]]
  if (table !== undefined) places.push([placeOf(header, table), header.sectorBytes])
  return places
}

/** Where a sector lies in the file. */
export function placeOf({ sectorBytes }: OleHeader, sector: number): number {
  return (sector + 1) * sectorBytes
}

/** The sectors of the directory, as far as they were kept. `isWhole` says whether its end was reached. */
export function directorySectors(sample: Excerpt, header: OleHeader): { sectors: Buffer[]; isWhole: boolean } {
  const sectors: Buffer[] = []
  const seen = new Set<number>()
  let sector = header.directory
  while (sector < 0xfffffffa && !seen.has(sector) && sectors.length < MAX_SECTORS) {
    seen.add(sector)
    const bytes = bytesAt(sample, placeOf(header, sector), header.sectorBytes)
    if (bytes.length < 128) return { sectors, isWhole: false }
    sectors.push(bytes)
    const next = nextSector(sample, header, sector)
    // Most programs write the directory in one piece: where the table was not kept, what follows is looked at too.
    sector = next ?? sector + 1
    if (next === undefined && !looksLikeDirectory(bytesAt(sample, placeOf(header, sector), 128))) break
  }
  return { sectors, isWhole: sector >= 0xfffffffa }
}

function nextSector(sample: Excerpt, header: OleHeader, sector: number): number | undefined {
  const table = tableOf(sample.head, header, sector)
  if (table === undefined) return undefined
  const at = placeOf(header, table) + (sector % (header.sectorBytes / 4)) * 4
  const entry = bytesAt(sample, at, 4)
  return entry.length === 4 ? entry.readUInt32LE(0) : undefined
}

/** The sector of the allocation table that has the entry of a sector, where the header itself says it. */
function tableOf(head: Buffer, header: OleHeader, sector: number): number | undefined {
  const index = Math.floor(sector / (header.sectorBytes / 4))
  if (index >= TABLES_IN_HEADER) return undefined
  const table = u32(head, 76 + 4 * index)
  return table < 0xfffffffa && head.length >= 512 ? table : undefined
}

function looksLikeDirectory(entry: Buffer): boolean {
  const length = u16(entry, 64)
  return entry.length === 128 && length <= 64 && length % 2 === 0 && (entry[66] ?? 9) <= 5 && (entry[67] ?? 9) <= 1
}
