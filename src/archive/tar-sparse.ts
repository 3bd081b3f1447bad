/** Sparse files in tar: which bytes of the file are there, and zeros between them (GNU tar manual, "Sparse Formats"). */
import type { ContainerShare } from './container.ts'
import type { PaxRecords } from './tar-pax.ts'

export interface Extent {
  readonly at: number
  readonly size: number
}
export interface SparseMap {
  readonly size: number
  readonly extents: readonly Extent[]
  /** Bytes at the beginning of the data that are the map itself. */
  readonly skip: number
}

const BLOCK = 512
const ZEROS = Buffer.alloc(64 * 1024)
const MAX_EXTENTS = 100_000

/** The map in a header of type S and the blocks after it. */
export function oldGnuExtents(header: Buffer, rest: Buffer): SparseMap {
  const extents = extentsIn(header, 386, 4)
  let isMore = header[482] === 1
  for (let at = 0; isMore && at + BLOCK <= rest.length && extents.length < MAX_EXTENTS; at += BLOCK) {
    const block = rest.subarray(at, at + BLOCK)
    extents.push(...extentsIn(block, 0, 21))
    isMore = block[504] === 1
  }
  return { size: field(header, 483), extents, skip: 0 }
}

/** The map that pax records tell or announce; undefined for a plain file. */
export function paxExtents(records: PaxRecords, data: Buffer): SparseMap | undefined {
  const size = Number(records.get('GNU.sparse.realsize') ?? records.get('GNU.sparse.size') ?? Number.NaN)
  if (!Number.isSafeInteger(size) || size < 0) return undefined
  if (records.get('GNU.sparse.major') === '1') return leadingMap(size, data)
  const map = records.get('GNU.sparse.map')
  if (map !== undefined) return { size, extents: pairs(map.split(',', 2 * MAX_EXTENTS)), skip: 0 }
  const offsets = records.get('GNU.sparse.offset')?.split(',', MAX_EXTENTS) ?? []
  const lengths = records.get('GNU.sparse.numbytes')?.split(',', MAX_EXTENTS) ?? []
  return { size, extents: pairs(offsets.flatMap((offset, i) => [offset, lengths[i] ?? '0'])), skip: 0 }
}

/** Form 1.0: the map stands before the data, in lines of decimal digits, filled up to a block. */
function leadingMap(size: number, data: Buffer): SparseMap {
  const numbers: string[] = []
  let at = 0
  let wanted = 1
  while (numbers.length < wanted && numbers.length <= 2 * MAX_EXTENTS) {
    const end = data.indexOf(0x0a, at)
    if (end < 0 || end - at > 20) break
    numbers.push(data.toString('latin1', at, end))
    at = end + 1
    if (numbers.length === 1) wanted = 1 + 2 * Math.min(MAX_EXTENTS, Number(numbers[0]) || 0)
  }
  return { size, extents: pairs(numbers.slice(1)), skip: Math.ceil(at / BLOCK) * BLOCK }
}

/** The whole file: data where there is some, zeros elsewhere. */
export function* expand(data: Buffer, { size, extents, skip }: SparseMap, share: ContainerShare): Generator<Buffer> {
  let at = 0
  let from = skip
  for (const extent of extents) {
    if (extent.at < at || extent.at + extent.size > size) continue
    yield* zeros(extent.at - at, share)
    const piece = data.subarray(from, from + extent.size)
    share.take(piece.length)
    yield piece
    from += extent.size
    at = extent.at + extent.size
  }
  yield* zeros(size - at, share)
}

function* zeros(count: number, share: ContainerShare): Generator<Buffer> {
  for (let left = count; left > 0; left -= ZEROS.length) {
    const piece = ZEROS.subarray(0, Math.min(left, ZEROS.length))
    share.take(piece.length)
    yield piece
  }
}

function extentsIn(block: Buffer, start: number, count: number): Extent[] {
  const found: Extent[] = []
  for (let i = 0; i < count; i++) {
    const at = field(block, start + 24 * i)
    const size = field(block, start + 24 * i + 12)
    if (size > 0 || at > 0) found.push({ at, size })
  }
  return found
}

function field(block: Buffer, at: number): number {
  if (((block[at] ?? 0) & 0x80) !== 0) return Number(BigInt.asUintN(53, block.readBigUInt64BE(at + 4)))
  return Number.parseInt(block.toString('latin1', at, at + 12), 8) || 0
}

function pairs(numbers: readonly string[]): Extent[] {
  const found: Extent[] = []
  for (let i = 0; i + 1 < numbers.length; i += 2) {
    const [at, size] = [Number(numbers[i]), Number(numbers[i + 1])]
    if (Number.isSafeInteger(at) && Number.isSafeInteger(size) && at >= 0 && size >= 0) found.push({ at, size })
  }
  return found
}
