/** Builders of the two formats on which most others are built: zip files and OLE compound files. */
import { crc32, deflateRawSync } from 'node:zlib'
import { cat, latin, le16, le32 } from './bytes.ts'

/** A member of a zip file: its name, and what it holds. */
export type ZipMember = readonly [name: string, content?: Buffer | string]

/** How a zip file is written. */
export interface ZipForm {
  readonly store?: boolean
  /** States sizes behind the data, as writers that stream do. */
  readonly streamed?: boolean
  readonly before?: Buffer
  readonly comment?: string
}

/** A zip file. */
export function zip(members: readonly ZipMember[], form: ZipForm = {}): Buffer {
  const before = form.before ?? Buffer.alloc(0)
  const locals: Buffer[] = [before]
  const entries: Buffer[] = []
  let place = before.length
  for (const [name, content = ''] of members) {
    const plain = typeof content === 'string' ? Buffer.from(content) : content
    const isStored = (form.store ?? false) || name === 'mimetype' || plain.length === 0
    const data = isStored ? plain : deflateRawSync(plain)
    const sizes = le32(crc32(plain), data.length, plain.length)
    const flags = form.streamed && !isStored ? 8 : 0
    const common = cat(le16(20, flags, isStored ? 0 : 8, 0, 0x5a21), flags === 8 ? Buffer.alloc(12) : sizes)
    const local = cat(
      'PK\x03\x04',
      common,
      le16(name.length, 0),
      name,
      data,
      flags === 8 ? cat('PK\x07\x08', sizes) : '',
    )
    const known = cat(le16(20, flags, isStored ? 0 : 8, 0, 0x5a21), sizes)
    entries.push(cat('PK\x01\x02', le16(20), known, le16(name.length, 0, 0, 0, 0), le32(0, place), name))
    locals.push(local)
    place += local.length
  }
  const directory = cat(...entries)
  const comment = latin(form.comment ?? '')
  const end = cat(
    'PK\x05\x06',
    le16(0, 0, members.length, members.length),
    le32(directory.length, place),
    le16(comment.length),
    comment,
  )
  return cat(...locals, directory, end)
}

/** A stream of a compound file: its name, and what it holds. */
export type OleStream = readonly [name: string, content?: Buffer]

/** How a compound file is written. */
export interface OleForm {
  readonly classId?: string
  /** Names of storages, all directly below the root. */
  readonly storages?: readonly string[]
  /** Sectors of other data before the directory. */
  readonly padding?: number
  readonly sectorBytes?: 512 | 4096
}

const FREE = 0xffffffff
const LAST = 0xfffffffe

/** A compound file. Streams are at least 4,096 bytes long, so that none lies in small sectors. */
export function ole(streams: readonly OleStream[], form: OleForm = {}): Buffer {
  const sector = form.sectorBytes ?? 512
  const chains: { readonly bytes: Buffer; readonly start: number }[] = []
  let next = 0
  const put = (bytes: Buffer): number => {
    const start = next
    const length = Math.ceil(bytes.length / sector) * sector
    chains.push({ bytes: Buffer.concat([bytes, Buffer.alloc(length - bytes.length)]), start })
    next += length / sector
    return start
  }
  if (form.padding) put(Buffer.alloc(form.padding * sector, 0x41))
  const entries = [entry('Root Entry', 5, LAST, 0, form.classId)]
  for (const name of form.storages ?? []) entries.push(entry(name, 1, 0, 0))
  for (const [name, content = Buffer.alloc(0)] of streams) {
    const bytes = Buffer.concat([content, Buffer.alloc(Math.max(0, 4096 - content.length))])
    entries.push(entry(name, 2, put(bytes), bytes.length))
  }
  const directory = put(Buffer.concat(entries))
  return assemble(sector, chains, directory, next)
}

function assemble(
  sector: number,
  chains: readonly { bytes: Buffer; start: number }[],
  directory: number,
  count: number,
): Buffer {
  const perTable = sector / 4
  let tables = 1
  while (tables * perTable < count + tables) tables++
  const fat = Buffer.alloc(tables * sector, 0xff)
  for (const { bytes, start } of chains) {
    const last = start + bytes.length / sector - 1
    for (let n = start; n <= last; n++) fat.writeUInt32LE(n === last ? LAST : n + 1, 4 * n)
  }
  for (let n = 0; n < tables; n++) fat.writeUInt32LE(0xfffffffd, 4 * (count + n))
  const places = Array.from({ length: 109 }, (_, n) => (n < tables ? count + n : FREE))
  const header = cat(
    Buffer.from('d0cf11e0a1b11ae1', 'hex'),
    Buffer.alloc(16),
    le16(0x3e, sector === 512 ? 3 : 4, 0xfffe, sector === 512 ? 9 : 12, 6, 0, 0, 0),
    le32(sector === 512 ? 0 : 1, tables, directory, 0, 4096, LAST, 0, LAST, 0, ...places),
  )
  return cat(header, Buffer.alloc(sector - header.length), ...chains.map(({ bytes }) => bytes), fat)
}

function entry(name: string, kind: number, start: number, size: number, classId = '0'.repeat(32)): Buffer {
  const text = Buffer.from(`${name}\0`, 'utf16le')
  return cat(
    text,
    Buffer.alloc(64 - text.length),
    le16(text.length),
    kind,
    1,
    le32(FREE, FREE, kind === 5 ? 1 : FREE),
    Buffer.from(classId, 'hex'),
    Buffer.alloc(20),
    le32(start, size, 0),
  )
}
