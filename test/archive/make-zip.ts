/** Zip files with every lie that one can tell: what is not given is told honestly. */
import { crc32, deflateRawSync } from 'node:zlib'

export interface MadeMember {
  readonly name: string | Buffer
  readonly data: Buffer
  readonly isStored?: boolean
  /** What the directory says, where it differs. */
  readonly central?: Partial<Record<'size' | 'packedSize' | 'crc' | 'method' | 'flags' | 'at', number>> & {
    readonly name?: string
  }
  readonly local?: Partial<Record<'size' | 'packedSize' | 'crc' | 'method' | 'flags', number>> & {
    readonly name?: string
  }
  /** Left out of the directory. */
  readonly isUnlisted?: boolean
  readonly extra?: Buffer
  /** Unix mode. */
  readonly mode?: number
}

/** The file; `shift` is added to all offsets. */
export function makeZip(members: readonly MadeMember[], shift = 0): Buffer {
  const pieces: Buffer[] = []
  const records: Buffer[] = []
  let at = shift
  for (const member of members) {
    const packed = member.isStored ? member.data : deflateRawSync(member.data)
    const truth = {
      size: member.data.length,
      packedSize: packed.length,
      crc: crc32(member.data),
      method: member.isStored ? 0 : 8,
      flags: 0,
    }
    const name = (own?: string) => (own === undefined ? Buffer.from(member.name) : Buffer.from(own))
    const extra = member.extra ?? Buffer.alloc(0)
    const local = record({ ...truth, ...member.local, name: name(member.local?.name), extra, at: -1, mode: 0 })
    if (!member.isUnlisted) {
      records.push(
        record({ ...truth, at, ...member.central, name: name(member.central?.name), extra, mode: member.mode ?? 0 }),
      )
    }
    pieces.push(local, packed)
    at += local.length + packed.length
  }
  const directory = Buffer.concat(records)
  return Buffer.concat([...pieces, directory, endRecord(records.length, directory.length, at)])
}

/** An end record. */
export function endRecord(count: number, size: number, offset: number): Buffer {
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50)
  end.writeUInt16LE(count & 0xffff, 8)
  end.writeUInt16LE(count & 0xffff, 10)
  end.writeUInt32LE(size, 12)
  end.writeUInt32LE(offset, 16)
  return end
}

interface HeadFields {
  readonly size: number
  readonly packedSize: number
  readonly crc: number
  readonly method: number
  readonly flags: number
  readonly name: Buffer
  readonly extra: Buffer
  readonly at: number
  readonly mode: number
}

function record({ size, packedSize, crc, method, flags, name, extra, at, mode }: HeadFields): Buffer {
  const isCentral = at >= 0
  const head = Buffer.alloc(isCentral ? 46 : 30)
  const shift = isCentral ? 2 : 0
  head.writeUInt32LE(isCentral ? 0x02014b50 : 0x04034b50)
  if (isCentral) head.writeUInt16LE(mode === 0 ? 20 : 0x0314, 4)
  head.writeUInt16LE(20, 4 + shift)
  head.writeUInt16LE(flags, 6 + shift)
  head.writeUInt16LE(method, 8 + shift)
  head.writeUInt32LE(crc >>> 0, 14 + shift)
  head.writeUInt32LE(packedSize, 18 + shift)
  head.writeUInt32LE(size, 22 + shift)
  head.writeUInt16LE(name.length, 26 + shift)
  head.writeUInt16LE(extra.length, 28 + shift)
  if (isCentral) {
    head.writeUInt32LE((mode << 16) >>> 0, 38)
    head.writeUInt32LE(at, 42)
  }
  return Buffer.concat([head, name, extra])
}

/** One zip file with the members of both. */
export function joined(first: Buffer, second: Buffer): Buffer {
  const [a, b] = [partsOf(first), partsOf(second)]
  const moved = Buffer.from(b.directory)
  moved.writeUInt32LE(moved.readUInt32LE(42) + a.data.length, 42)
  const directory = Buffer.concat([a.directory, moved])
  const data = Buffer.concat([a.data, b.data])
  return Buffer.concat([data, directory, endRecord(2, directory.length, data.length)])
}

/** A zip file without anything in front or behind, in two: what lies before its directory, and that. */
export function partsOf(zip: Buffer): { readonly data: Buffer; readonly directory: Buffer } {
  const end = zip.length - 22
  const at = zip.readUInt32LE(end + 16)
  return { data: zip.subarray(0, at), directory: zip.subarray(at, end) }
}
