/** Members that are encrypted, or packed by a method that only 7-Zip knows: all of them in one run, from a zip file that is made of them. */
import { crc32 } from 'node:zlib'
import { ClosedFault, MemberFault, type OpenContext } from '../container.ts'
import type { SinkFile } from '../seven-zip/sink.ts'
import type { View } from './zip.ts'

/** shrink, reduce, implode, deflate64, bzip2, lzma, xz, ppmd, and AES (99) whose own method is within. */
export const FOREIGN_METHODS: ReadonlySet<number> = new Set([1, 6, 9, 12, 14, 95, 98, 99])
const IS_ENCRYPTED = 1

interface Opened {
  readonly files: ReadonlyMap<string, SinkFile>
  readonly isClosed: boolean
  readonly error: Error | undefined
}

/** Opened at the first member that is asked for. */
export class ForeignMembers {
  readonly #views: readonly View[]
  readonly #context: OpenContext
  #opened: Promise<Opened> | undefined

  constructor(_content: Buffer, views: readonly View[], context: OpenContext) {
    this.#views = views
    this.#context = context
  }

  async *bytes(view: View): AsyncGenerator<Buffer, void, undefined> {
    const isEncrypted = (view.entry.flags & IS_ENCRYPTED) !== 0
    this.#opened ??= this.#open()
    const { files, isClosed, error } = await this.#opened
    if (isEncrypted && isClosed) throw error ?? new ClosedFault()
    const file = files.get(nameOf(this.#views.indexOf(view)))
    let crc = 0
    for (const piece of file?.pieces ?? []) {
      crc = crc32(piece, crc)
      yield piece
    }
    if (error) throw error
    if (file === undefined) throw new MemberFault('unsupported')
    // AES in its second version keeps no checksum (WinZip, "AES Encryption Information").
    if (file.size !== view.entry.size) throw new MemberFault(file.size === 0 ? 'corrupt' : 'size-mismatch')
    if (crc !== view.entry.crc && view.entry.crc !== 0) throw new MemberFault('crc-mismatch')
  }

  async #open(): Promise<Opened> {
    const { sevenZip, share, passwords, note, encryption } = this.#context
    if (sevenZip === undefined) return { files: new Map(), isClosed: true, error: new MemberFault('unsupported') }
    const smallest = this.#smallestEncrypted()
    let password = ''
    let isClosed = false
    if (smallest !== undefined) {
      const probe = makeZip([{ view: smallest, name: 'm' }])
      const search = await passwords.find(async (value) => {
        const free = { take: () => undefined, hold: () => undefined, left: Number.POSITIVE_INFINITY }
        return (await sevenZip.extract(probe, { type: 'zip', password: value }, free)).code === 0
      })
      if (search.kind === 'budget') note('password-budget')
      encryption(search.kind === 'opened' ? search.source : '')
      isClosed = search.kind !== 'opened'
      if (search.kind === 'opened') password = search.value
    }
    const wanted = this.#views
      .map((view, i) => ({ view, name: nameOf(i) }))
      .filter(({ view }) => !isClosed || (view.entry.flags & IS_ENCRYPTED) === 0)
    if (wanted.length === 0) return { files: new Map(), isClosed, error: undefined }
    const { files, limit } = await sevenZip.extract(makeZip(wanted), { type: 'zip', password }, share)
    return { files: new Map(files.map((file) => [file.path, file])), isClosed, error: limit }
  }

  /** The cheapest member to try a password at. */
  #smallestEncrypted(): View | undefined {
    const encrypted = this.#views.filter(({ entry }) => (entry.flags & IS_ENCRYPTED) !== 0 && entry.packedSize > 0)
    return encrypted.reduce<View | undefined>(
      (best, view) => (best === undefined || view.packed.length < best.packed.length ? view : best),
      undefined,
    )
  }
}

function nameOf(index: number): string {
  return String(index)
}

/** A plain zip file of these members, as they are packed. */
function makeZip(members: readonly { readonly view: View; readonly name: string }[]): Buffer {
  const pieces: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const { view, name } of members) {
    const local = headOf(view, name, false)
    directory.push(headOf(view, name, true, at))
    pieces.push(local, view.packed)
    at += local.length + view.packed.length
  }
  const listing = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(members.length & 0xffff, 8)
  end.writeUInt16LE(members.length & 0xffff, 10)
  end.writeUInt32LE(listing.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...pieces, listing, end])
}

/** A local header or a directory record with the sizes that are there. */
function headOf({ entry, packed }: View, name: string, isCentral: boolean, at = 0): Buffer {
  const extra = entry.method === 99 ? aesField(entry.extra) : Buffer.alloc(0)
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
