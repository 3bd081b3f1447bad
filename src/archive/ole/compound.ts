/** Compound files ([MS-CFB]): a file system in a file. Read leniently: what the directory does not lead to is there as well. */

const MAGIC = Buffer.from('d0cf11e0a1b11ae1', 'hex')
/** Sector numbers from here on mean the end or nothing. */
const MAX_SECTOR = 0xfffffffa
const ENTRY_BYTES = 128
const MAX_ENTRIES = 100_000
const MAX_DEPTH = 100

/** One stream. */
export interface OleStream {
  readonly name: string
  /** Names of the storages around it, from the root's child on. */
  readonly folders: readonly string[]
  readonly size: number
  /** Whether no storage leads to it. */
  readonly isOrphan: boolean
  /** As much as there is. */
  read(): Buffer
}

/** What a compound file holds. */
export interface Compound {
  readonly streams: readonly OleStream[]
  /** Class of the root storage, 32 hex digits as stored; it tells the program. */
  readonly rootClass: string
  readonly isDamaged: boolean
}

/** Whether bytes begin as a compound file does. */
export function isCompound(content: Buffer): boolean {
  return content.length >= 512 && content.subarray(0, 8).equals(MAGIC)
}

/** Reads a compound file; undefined where it is none. Streams are read when they are asked for. */
export function readCompound(content: Buffer): Compound | undefined {
  if (!isCompound(content)) return undefined
  const sectorShift = content.readUInt16LE(30)
  const miniShift = content.readUInt16LE(32)
  if (sectorShift < 7 || sectorShift > 16 || miniShift < 2 || miniShift > sectorShift) return undefined
  return new Reader(content, sectorShift, miniShift).read()
}

interface Entry {
  readonly name: string
  readonly type: number
  readonly left: number
  readonly right: number
  readonly child: number
  readonly start: number
  readonly size: number
}

class Reader {
  readonly #content: Buffer
  readonly #sectorBytes: number
  readonly #miniBytes: number
  readonly #fat: Buffer
  readonly #miniFat: Buffer
  readonly #cutoff: number
  #miniStream: Buffer | undefined
  #isDamaged = false

  constructor(content: Buffer, sectorShift: number, miniShift: number) {
    this.#content = content
    this.#sectorBytes = 1 << sectorShift
    this.#miniBytes = 1 << miniShift
    this.#cutoff = content.readUInt32LE(56)
    this.#fat = Buffer.concat(this.#fatSectors().map((sector) => this.#sector(sector)))
    this.#miniFat = this.#chain(content.readUInt32LE(60), Number.POSITIVE_INFINITY)
  }

  read(): Compound {
    const directory = this.#chain(this.#content.readUInt32LE(48), MAX_ENTRIES * ENTRY_BYTES)
    const entries: Entry[] = []
    for (let at = 0; at + ENTRY_BYTES <= directory.length; at += ENTRY_BYTES) entries.push(entryOf(directory, at))
    const root = entries[0]
    const streams: OleStream[] = []
    const seen = new Set<number>([0])
    // [MS-CFB] 2.6.2: the first entry is the root; where it is anything else, all of them are anything.
    if (root?.type !== 5) this.#isDamaged = true
    if (root) {
      this.#miniStream = this.#chain(root.start, root.size)
      this.#walk(entries, root.child, [], seen, streams)
    }
    for (const [id, entry] of entries.entries()) {
      if (entry.type === 2 && entry.size > 0 && !seen.has(id)) streams.push(this.#stream(entry, [], true))
    }
    return { streams, rootClass: directory.toString('hex', 80, 96), isDamaged: this.#isDamaged }
  }

  /** Siblings are a binary tree, whose shape is the writer's business: it is walked without recursion. */
  #walk(
    entries: readonly Entry[],
    first: number,
    folders: readonly string[],
    seen: Set<number>,
    out: OleStream[],
  ): void {
    const waiting: { readonly id: number; readonly folders: readonly string[] }[] = [{ id: first, folders }]
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const entry = entries[next.id]
      if (entry === undefined || seen.has(next.id)) {
        if (entry !== undefined) this.#isDamaged = true
        continue
      }
      seen.add(next.id)
      waiting.push({ id: entry.right, folders: next.folders })
      if (entry.type === 2) out.push(this.#stream(entry, next.folders, false))
      if (entry.type === 1 && next.folders.length < MAX_DEPTH)
        waiting.push({ id: entry.child, folders: [...next.folders, entry.name] })
      waiting.push({ id: entry.left, folders: next.folders })
    }
  }

  #stream(entry: Entry, folders: readonly string[], isOrphan: boolean): OleStream {
    const read = () =>
      entry.size < this.#cutoff ? this.#miniChain(entry.start, entry.size) : this.#chain(entry.start, entry.size)
    return { name: entry.name, folders, size: entry.size, isOrphan, read }
  }

  #sector(sector: number): Buffer {
    const at = (sector + 1) * this.#sectorBytes
    return this.#content.subarray(at, at + this.#sectorBytes)
  }

  /** The first 109 are in the header, further ones in sectors that are chained by their last number. */
  #fatSectors(): number[] {
    const found: number[] = []
    const most = Math.ceil(this.#content.length / this.#sectorBytes)
    const take = (bytes: Buffer, end: number) => {
      for (let at = 0; at + 4 <= end && found.length < most; at += 4) {
        const sector = bytes.readUInt32LE(at)
        if (sector < MAX_SECTOR) found.push(sector)
      }
    }
    take(this.#content.subarray(76, 512), 436)
    let next = this.#content.readUInt32LE(68)
    for (let count = 0; next < MAX_SECTOR && count < most; count++) {
      const sector = this.#sector(next)
      if (sector.length < this.#sectorBytes) break
      take(sector, sector.length - 4)
      next = sector.readUInt32LE(sector.length - 4)
    }
    return found
  }

  /** The bytes of a chain of sectors; one that comes back to itself ends with the file's size. */
  #chain(start: number, size: number): Buffer {
    const pieces: Buffer[] = []
    let left = Math.min(size, this.#content.length)
    for (let sector = start; sector < MAX_SECTOR && left > 0; sector = this.#fat.readUInt32LE(sector * 4)) {
      const piece = this.#sector(sector).subarray(0, left)
      if (piece.length > 0) pieces.push(piece)
      left -= this.#sectorBytes
      if (sector * 4 + 4 > this.#fat.length) break
    }
    return joined(pieces)
  }

  #miniChain(start: number, size: number): Buffer {
    const pieces: Buffer[] = []
    const stream = this.#miniStream ?? Buffer.alloc(0)
    let left = Math.min(size, stream.length)
    for (let sector = start; sector < MAX_SECTOR && left > 0; sector = this.#miniFat.readUInt32LE(sector * 4)) {
      pieces.push(stream.subarray(sector * this.#miniBytes, sector * this.#miniBytes + Math.min(left, this.#miniBytes)))
      left -= this.#miniBytes
      if (sector * 4 + 4 > this.#miniFat.length) break
    }
    return joined(pieces)
  }
}

/** Pieces that lie one after the other are one view of the file; only others are copied. */
function joined(pieces: readonly Buffer[]): Buffer {
  const [first] = pieces
  if (first === undefined) return Buffer.alloc(0)
  let size = 0
  for (const piece of pieces) {
    if (piece.buffer !== first.buffer || piece.byteOffset !== first.byteOffset + size) return Buffer.concat(pieces)
    size += piece.length
  }
  return Buffer.from(first.buffer, first.byteOffset, size)
}

function entryOf(directory: Buffer, at: number): Entry {
  const nameBytes = Math.min(64, directory.readUInt16LE(at + 64))
  return {
    name: directory.toString('utf16le', at, at + Math.max(0, (nameBytes & ~1) - 2)),
    type: directory.readUInt8(at + 66),
    left: directory.readUInt32LE(at + 68),
    right: directory.readUInt32LE(at + 72),
    child: directory.readUInt32LE(at + 76),
    start: directory.readUInt32LE(at + 116),
    size: directory.readUInt32LE(at + 120),
  }
}
