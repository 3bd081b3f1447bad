import { crc32 } from 'node:zlib'
import type { Random } from './random.ts'

/** One attachment before it is put into a mail. */
export interface File {
  readonly name: string
  readonly type: string
  readonly content: Buffer
}

/** Bytes that a PDF reader would recognise, filled up to the size with what does not compress. */
export function pdf(random: Random, name: string, size: number): File {
  const head = Buffer.from('%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n4 0 obj\nstream\n', 'latin1')
  const tail = Buffer.from('\nendstream\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n', 'latin1')
  return { name, type: 'application/pdf', content: filled(random, head, tail, size) }
}

/** Bytes that a picture viewer would recognise. */
export function png(random: Random, name: string, size: number): File {
  const head = Buffer.from('89504e470d0a1a0a0000000d4948445200000040000000400802000000', 'hex')
  return { name, type: 'image/png', content: filled(random, head, Buffer.from('IEND', 'latin1'), size) }
}

/** An archive with one member, stored as it is. */
export function zip(random: Random, name: string, size: number): File {
  const member = Buffer.from('data.bin', 'latin1')
  const content = random.bytes(size)
  const common = Buffer.alloc(26)
  common.writeUInt16LE(20, 0)
  common.writeUInt32LE(crc32(content), 10)
  common.writeUInt32LE(size, 14)
  common.writeUInt32LE(size, 18)
  common.writeUInt16LE(member.length, 22)
  const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, member, content])
  const entry = Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, Buffer.alloc(14), member])
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(1, 8)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(entry.length, 12)
  end.writeUInt32LE(local.length, 16)
  return { name, type: 'application/zip', content: Buffer.concat([local, entry, end]) }
}

function filled(random: Random, head: Buffer, tail: Buffer, size: number): Buffer {
  return Buffer.concat([head, random.bytes(Math.max(0, size - head.length - tail.length)), tail])
}
