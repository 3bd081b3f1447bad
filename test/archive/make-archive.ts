/** Archives of formats that no program of Debian writes: files are stored in them as they are. */
import { crc32 } from 'node:zlib'

export interface Stored {
  readonly name: string
  readonly data: Buffer
}

/** RAR 5 (RARLAB, "RAR 5.0 archive format"). */
export function makeRar5(files: readonly Stored[]): Buffer {
  const file = ({ name, data }: Stored) => {
    const text = Buffer.from(name)
    const fields = [varint(4), varint(data.length), varint(0x20), le32(crc32(data)), varint(0), varint(1)]
    const rest = Buffer.concat([...fields, varint(text.length), text])
    return Buffer.concat([rar5Block(2, 2, Buffer.concat([varint(data.length), rest])), data])
  }
  const mark = Buffer.from('Rar!\x1a\x07\x01\0', 'latin1')
  return Buffer.concat([mark, rar5Block(1, 0, varint(0)), ...files.map(file), rar5Block(5, 0, varint(0))])
}

function rar5Block(type: number, flags: number, rest: Buffer): Buffer {
  const body = Buffer.concat([varint(type), varint(flags), rest])
  const sized = Buffer.concat([varint(body.length), body])
  return Buffer.concat([le32(crc32(sized)), sized])
}

/** RAR 2.9 to 4 (RARLAB, technote.txt of that time). */
export function makeRar4(files: readonly Stored[]): Buffer {
  const file = ({ name, data }: Stored) => {
    const text = Buffer.from(name, 'latin1')
    const sizes = [le32(data.length), le32(data.length), Buffer.of(2), le32(crc32(data)), le32(0x5a8e6c3f)]
    const method = [Buffer.of(20, 0x30), le16(text.length), le32(0x20), text]
    return Buffer.concat([rar4Block(0x74, 0x8000, Buffer.concat([...sizes, ...method])), data])
  }
  const mark = Buffer.from('Rar!\x1a\x07\0', 'latin1')
  const end = rar4Block(0x7b, 0x4000, Buffer.alloc(0))
  return Buffer.concat([mark, rar4Block(0x73, 0, Buffer.alloc(6)), ...files.map(file), end])
}

function rar4Block(type: number, flags: number, rest: Buffer): Buffer {
  const body = Buffer.concat([Buffer.of(type), le16(flags), le16(rest.length + 7), rest])
  return Buffer.concat([le16(crc32(body) & 0xffff), body])
}

/** LHA with heads of level 0 and members that are not compressed. */
export function makeLzh(files: readonly Stored[]): Buffer {
  const file = ({ name, data }: Stored) => {
    const text = Buffer.from(name, 'latin1')
    const head = Buffer.concat([
      Buffer.from('-lh0-'),
      ...[le32(data.length), le32(data.length), le32(0), Buffer.of(0x20, 0, text.length), text, le16(crc16(data))],
    ])
    const sum = head.reduce((total, byte) => (total + byte) & 0xff, 0)
    return Buffer.concat([Buffer.of(head.length, sum), head, data])
  }
  return Buffer.concat([...files.map(file), Buffer.of(0)])
}

function crc16(data: Buffer): number {
  let crc = 0
  for (const byte of data) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xa001 : 0)
  }
  return crc
}

/** A disk image of macOS with one partition, as it is. */
export function makeDmg(disk: Buffer): Buffer {
  const sectors = disk.length / 512
  const block = Buffer.alloc(204 + 2 * 40)
  block.write('mish')
  block.writeUInt32BE(1, 4)
  block.writeBigUInt64BE(BigInt(sectors), 16)
  block.writeUInt32BE(2, 200)
  block.writeUInt32BE(1, 204)
  block.writeBigUInt64BE(BigInt(sectors), 220)
  block.writeBigUInt64BE(BigInt(disk.length), 236)
  block.writeUInt32BE(0xffffffff, 244)
  block.writeBigUInt64BE(BigInt(sectors), 252)
  const entry = `<dict><key>Data</key><data>${block.toString('base64')}</data><key>ID</key><string>0</string><key>Name</key><string>disk (Apple_HFS : 1)</string></dict>`
  const list = Buffer.from(
    `<?xml version="1.0"?><plist version="1.0"><dict><key>resource-fork</key><dict><key>blkx</key><array>${entry}</array></dict></dict></plist>`,
  )
  const trailer = Buffer.alloc(512)
  trailer.write('koly')
  trailer.writeUInt32BE(4, 4)
  trailer.writeUInt32BE(512, 8)
  trailer.writeUInt32BE(1, 12)
  trailer.writeBigUInt64BE(BigInt(disk.length), 32)
  trailer.writeBigUInt64BE(BigInt(disk.length), 216)
  trailer.writeBigUInt64BE(BigInt(list.length), 224)
  trailer.writeUInt32BE(1, 488)
  trailer.writeBigUInt64BE(BigInt(sectors), 492)
  return Buffer.concat([disk, list, trailer])
}

/** A disk with one partition, by the table of the boot sector. */
export function makeMbr(partition: Buffer): Buffer {
  const first = Buffer.alloc(512)
  Buffer.of(0x80, 0, 33, 0, 0x0c, 0, 1, 0).copy(first, 446)
  first.writeUInt32LE(2048, 446 + 8)
  first.writeUInt32LE(partition.length / 512, 446 + 12)
  first.writeUInt16BE(0x55aa, 510)
  return Buffer.concat([first, Buffer.alloc(2047 * 512), partition])
}

/** A disk with one partition, by a table of GUIDs. */
export function makeGpt(partition: Buffer): Buffer {
  const sectors = 2048 + partition.length / 512 + 33
  const entries = Buffer.alloc(128 * 128)
  Buffer.from('a2a0d0ebe5b9334487c068b6b72699c7', 'hex').copy(entries)
  entries.fill(7, 16, 32)
  entries.writeBigUInt64LE(2048n, 32)
  entries.writeBigUInt64LE(BigInt(2048 + partition.length / 512 - 1), 40)
  const head = Buffer.alloc(512)
  head.write('EFI PART')
  head.writeUInt32LE(0x10000, 8)
  head.writeUInt32LE(92, 12)
  head.writeBigUInt64LE(1n, 24)
  head.writeBigUInt64LE(BigInt(sectors - 1), 32)
  head.writeBigUInt64LE(34n, 40)
  head.writeBigUInt64LE(BigInt(sectors - 34), 48)
  head.writeBigUInt64LE(2n, 72)
  head.writeUInt32LE(128, 80)
  head.writeUInt32LE(128, 84)
  head.writeUInt32LE(crc32(entries), 88)
  head.writeUInt32LE(crc32(head.subarray(0, 92)), 16)
  const first = Buffer.alloc(512)
  first[446 + 4] = 0xee
  first.writeUInt32LE(1, 446 + 8)
  first.writeUInt32LE(sectors - 1, 446 + 12)
  first.writeUInt16BE(0x55aa, 510)
  const gap = Buffer.alloc((2048 - 34) * 512)
  const copy = Buffer.from(head)
  copy.writeBigUInt64LE(BigInt(sectors - 1), 24)
  copy.writeBigUInt64LE(1n, 32)
  copy.writeBigUInt64LE(BigInt(sectors - 33), 72)
  copy.writeUInt32LE(0, 16)
  copy.writeUInt32LE(crc32(copy.subarray(0, 92)), 16)
  return Buffer.concat([first, head, entries, gap, partition, entries, copy])
}

/** A virtual disk of fixed size. */
export function makeVhd(disk: Buffer): Buffer {
  const footer = Buffer.alloc(512)
  footer.write('conectix')
  footer.writeUInt32BE(2, 8)
  footer.writeUInt32BE(0x10000, 12)
  footer.fill(0xff, 16, 24)
  footer.write('test', 28)
  footer.writeBigUInt64BE(BigInt(disk.length), 40)
  footer.writeBigUInt64BE(BigInt(disk.length), 48)
  footer.writeUInt32BE(2, 60)
  footer.writeUInt32BE(~footer.reduce((total, byte) => total + byte, 0) >>> 0, 64)
  return Buffer.concat([disk, footer])
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  while (rest >= 0x80) {
    bytes.push((rest & 0x7f) | 0x80)
    rest = Math.floor(rest / 128)
  }
  return Buffer.of(...bytes, rest)
}

function le16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return bytes
}

function le32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value >>> 0)
  return bytes
}
