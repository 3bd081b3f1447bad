/** Members that are encrypted, or packed by a method that only 7-Zip knows: many in one run, from a zip file that is made of them. */
import { crc32 } from 'node:zlib'
import { ClosedFault, MemberFault, type OpenContext } from '../container.ts'
import { readErrors } from '../seven-zip/listing.ts'
import { discarding } from '../seven-zip/open.ts'
import type { SevenZip } from '../seven-zip/seven-zip.ts'
import type { SinkFile } from '../seven-zip/sink.ts'
import type { View } from './zip.ts'

/** shrink, reduce, implode, deflate64, bzip2, lzma, xz, ppmd, and AES (99) whose own method is within. */
export const FOREIGN_METHODS: ReadonlySet<number> = new Set([1, 6, 9, 12, 14, 95, 98, 99])
const IS_ENCRYPTED = 1
const AES = 99

/** What is tried with each password before all members are: the cheapest, so many and of so many bytes. */
const PROBED_MEMBERS = 16
const PROBED_BYTES = 1024 * 1024
/** More members that a password opens without the right checksum are not told. */
const MAX_DOUBTFUL = 20

/** A member whose checksum is wrong with the password that decrypts it: programs warn, and write it all the same. */
interface Doubtful {
  readonly view: View
  readonly file: SinkFile
}

interface Opened {
  readonly files: ReadonlyMap<View, SinkFile>
  readonly doubtful: readonly Doubtful[]
  readonly error: Error | undefined
}

const NOTHING: Opened = { files: new Map(), doubtful: [], error: undefined }

/** Opened at the first member that is asked for. */
export class ForeignMembers {
  readonly #views: readonly View[]
  readonly #context: OpenContext
  #encrypted: Promise<Opened> | undefined
  #plain: Promise<Opened> | undefined

  constructor(views: readonly View[], context: OpenContext) {
    this.#views = views
    this.#context = context
  }

  async *bytes(view: View): AsyncGenerator<Buffer, void, undefined> {
    const { files, error } = await (isEncrypted(view) ? this.#openEncrypted() : this.#openPlain())
    const file = files.get(view)
    if (isEncrypted(view) && file === undefined) throw error ?? new ClosedFault()
    yield* file?.pieces ?? []
    if (error) throw error
    if (file === undefined) throw new MemberFault('unsupported')
    if (file.size !== view.entry.size) throw new MemberFault(file.size === 0 ? 'corrupt' : 'size-mismatch')
    if (!hasChecksum(view, file)) throw new MemberFault('crc-mismatch')
  }

  /** What passwords made of members that none of them opened rightly; those count as closed none the less. */
  async doubtful(): Promise<readonly Doubtful[]> {
    return this.#views.some(isEncrypted) ? (await this.#openEncrypted()).doubtful : []
  }

  #openPlain(): Promise<Opened> {
    this.#plain ??= this.#extractPlain(this.#views.filter((view) => !isEncrypted(view)))
    return this.#plain
  }

  #openEncrypted(): Promise<Opened> {
    this.#encrypted ??= this.#search(this.#views.filter(isEncrypted))
    return this.#encrypted
  }

  async #extractPlain(views: readonly View[]): Promise<Opened> {
    const { sevenZip, share } = this.#context
    if (sevenZip === undefined) return NOTHING
    const { files, limit } = await sevenZip.extract(makeZip(views), { type: 'zip', password: '' }, share)
    return { ...NOTHING, files: byView(views, files), error: limit }
  }

  /** Each password may open members that the others do not; one opens a member where the result is what the header says. */
  async #search(views: readonly View[]): Promise<Opened> {
    const { sevenZip, passwords, note, encryption } = this.#context
    if (sevenZip === undefined) return { ...NOTHING, error: new MemberFault('unsupported') }
    const files = new Map<View, SinkFile>()
    const doubtful: Doubtful[] = []
    let error: Error | undefined
    const closed = () => views.filter((view) => view.packed.length > 0 && !files.has(view)).sort(cheapestFirst)
    if (closed().length === 0) return NOTHING
    const search = await passwords.findEach(async (password) => {
      if (!(await this.#mayOpen(sevenZip, closed(), password))) return 'none'
      const before = files.size
      const tried = await this.#try(sevenZip, closed(), password)
      for (const [view, file] of tried.files) files.set(view, file)
      doubtful.push(...tried.doubtful.slice(0, MAX_DOUBTFUL - doubtful.length))
      error = tried.error
      if (error !== undefined || closed().length === 0) return 'all'
      return files.size > before ? 'some' : 'none'
    })
    if (search.isBudget) note('password-budget')
    encryption(search.opened[0]?.source ?? '')
    return { files, doubtful: doubtful.filter(({ view }) => !files.has(view)), error }
  }

  /** Whether a password makes anything of the cheapest members. */
  async #mayOpen(sevenZip: SevenZip, views: readonly View[], password: string): Promise<boolean> {
    let bytes = 0
    const probed = views.slice(0, PROBED_MEMBERS).filter(({ packed }, i) => {
      bytes += packed.length
      return i === 0 || bytes <= PROBED_BYTES
    })
    const room = discarding(this.#context.budget.memoryLeft)
    const { files, lines, limit } = await sevenZip.extract(makeZip(probed), { type: 'zip', password }, room)
    if (limit !== undefined) return true
    const { members } = readErrors(lines)
    return files.some(({ path, size }) => size > 0 || !members.has(path))
  }

  async #try(sevenZip: SevenZip, views: readonly View[], password: string): Promise<Opened> {
    const { share } = this.#context
    const { files, lines, limit } = await sevenZip.extract(makeZip(views), { type: 'zip', password }, share)
    const { members } = readErrors(lines)
    const found = byView(views, files)
    const right = [...found].filter(([view, file]) => limit !== undefined || isRight(view, file, members))
    const opened = new Map(right)
    const doubtful = [...found].flatMap(([view, file]) => (opened.has(view) || file.size === 0 ? [] : [{ view, file }]))
    return { files: opened, doubtful, error: limit }
  }
}

function isEncrypted({ entry }: View): boolean {
  return (entry.flags & IS_ENCRYPTED) !== 0
}

/** What only pretends to be encrypted comes last: no password is found at it. */
function cheapestFirst(a: View, b: View): number {
  return Number(a.isPretended ?? false) - Number(b.isPretended ?? false) || a.packed.length - b.packed.length
}

function isRight(view: View, file: SinkFile, faults: ReadonlyMap<string, unknown>): boolean {
  return !faults.has(file.path) && file.size === view.entry.size && hasChecksum(view, file)
}

/** AES in its second version keeps no checksum (WinZip, "AES Encryption Information"), but a code that 7-Zip compares. */
function hasChecksum({ entry }: View, { pieces }: SinkFile): boolean {
  if (entry.method === AES && entry.crc === 0) return true
  return pieces.reduce((crc, piece) => crc32(piece, crc), 0) === entry.crc
}

function byView(views: readonly View[], files: readonly SinkFile[]): ReadonlyMap<View, SinkFile> {
  const byPath = new Map(files.map((file) => [file.path, file]))
  return new Map(
    views.flatMap((view, i) => {
      const file = byPath.get(nameOf(i))
      return file === undefined ? [] : [[view, file] as const]
    }),
  )
}

function nameOf(index: number): string {
  return String(index)
}

/** A plain zip file of these members, as they are packed. */
function makeZip(views: readonly View[]): Buffer {
  const pieces: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const [i, view] of views.entries()) {
    const name = nameOf(i)
    const local = headOf(view, name, false)
    directory.push(headOf(view, name, true, at))
    pieces.push(local, view.packed)
    at += local.length + view.packed.length
  }
  const listing = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(views.length & 0xffff, 8)
  end.writeUInt16LE(views.length & 0xffff, 10)
  end.writeUInt32LE(listing.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...pieces, listing, end])
}

/** A local header or a directory record with the sizes that are there. */
function headOf({ entry, packed }: View, name: string, isCentral: boolean, at = 0): Buffer {
  const extra = entry.method === AES ? aesField(entry.extra) : Buffer.alloc(0)
  const head = Buffer.alloc(isCentral ? 46 : 30)
  const shift = isCentral ? 2 : 0
  head.writeUInt32LE(isCentral ? 0x02014b50 : 0x04034b50, 0)
  if (isCentral) head.writeUInt16LE(63, 4)
  head.writeUInt16LE(63, 4 + shift)
  head.writeUInt16LE(entry.flags & ~0x800, 6 + shift)
  head.writeUInt16LE(entry.method, 8 + shift)
  head.writeUInt32LE(entry.time, 10 + shift)
  head.writeUInt32LE(entry.crc, 14 + shift)
  head.writeUInt32LE(packed.length, 18 + shift)
  head.writeUInt32LE(Math.max(0, entry.size) % 2 ** 32, 22 + shift)
  head.writeUInt16LE(name.length, 26 + shift)
  head.writeUInt16LE(extra.length, 28 + shift)
  if (isCentral) head.writeUInt32LE(at, 42)
  return Buffer.concat([head, Buffer.from(name), extra])
}

function aesField(extra: Buffer): Buffer {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) === 0x9901) return extra.subarray(at, at + 4 + extra.readUInt16LE(at + 2))
  }
  return Buffer.alloc(0)
}
