/** A Macintosh file in one stream: AppleSingle and AppleDouble (RFC 1740), MacBinary I to III. */
import type { Embedded, Format } from './embedded.ts'
import { nameText } from './line.ts'

const DATA_FORK = 1
const REAL_NAME = 3
/** More entries of a kind than this hold nothing that a reader would show. */
const MOST_DATA_FORKS = 4

/** Whether the bytes begin as AppleSingle or AppleDouble. */
export function isAppleSingle(start: Buffer): boolean {
  return start.length >= 26 && (start.readUInt32BE(0) === 0x00051600 || start.readUInt32BE(0) === 0x00051607)
}

export const appleSingle: Format = {
  *extract(content, _hint, budget) {
    if (!isAppleSingle(content)) return
    const entries = entriesOf(content)
    const name = nameText(entries.find(({ id }) => id === REAL_NAME)?.bytes ?? Buffer.alloc(0))
    const forks = entries.filter(({ id, bytes }) => id === DATA_FORK && bytes.length > 0)
    for (const { bytes } of forks.slice(0, MOST_DATA_FORKS)) {
      if (budget.files-- > 0) yield { kind: 'applesingle', name, bytes }
    }
  },
}

function entriesOf(content: Buffer): readonly { id: number; bytes: Buffer }[] {
  const found: { id: number; bytes: Buffer }[] = []
  const count = content.readUInt16BE(24)
  for (let i = 0; i < count && 38 + 12 * i <= content.length; i++) {
    const [id, offset, length] = [26, 30, 34].map((field) => content.readUInt32BE(field + 12 * i)) as [
      number,
      number,
      number,
    ]
    found.push({ id, bytes: content.subarray(offset, offset + length) })
  }
  return found
}

/** Whether the first 128 bytes are a header of MacBinary: by its checksum, by its signature, or by nothing that speaks against it. */
export function isMacBinary(start: Buffer): boolean {
  if (start.length < 128 || start[0] !== 0 || start[74] !== 0 || start[82] !== 0) return false
  const nameLength = start[1] as number
  if (nameLength === 0 || nameLength > 63) return false
  const [data, resource] = [start.readUInt32BE(83), start.readUInt32BE(87)]
  if (data > 0x7fffffff || resource > 0x7fffffff || data + resource === 0) return false
  if (start.toString('latin1', 102, 106) === 'mBIN' || start.readUInt16BE(124) === crc16(start.subarray(0, 124)))
    return true
  return isPrintable(start.subarray(2, 2 + nameLength)) && start.subarray(99, 128).every((byte) => byte === 0)
}

export const macBinary: Format = {
  *extract(content, _hint, budget) {
    if (!isMacBinary(content)) return
    const name = nameText(content.subarray(2, 2 + (content[1] as number)))
    const begin = 128 + padded(content.readUInt16BE(120))
    const data = content.readUInt32BE(83)
    const resource = begin + padded(data)
    const forks = [
      content.subarray(begin, begin + data),
      content.subarray(resource, resource + content.readUInt32BE(87)),
    ]
    for (const bytes of forks) {
      if (bytes.length > 0 && budget.files-- > 0) yield { kind: 'macbinary', name, bytes } satisfies Embedded
    }
  },
}

/** Forks are filled up to whole blocks of 128 bytes. */
function padded(length: number): number {
  return Math.ceil(length / 128) * 128
}

function isPrintable(bytes: Buffer): boolean {
  return bytes.every((byte) => byte >= 0x20 && byte !== 0x7f)
}

/** CRC-16 of XMODEM, as MacBinary II has it. */
function crc16(bytes: Buffer): number {
  let crc = 0
  for (const byte of bytes) {
    crc ^= byte << 8
    for (let i = 0; i < 8; i++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : crc << 1
  }
  return crc
}
