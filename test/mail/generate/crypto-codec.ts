/** Signed and armoured wrappings whose content anybody can read: CMS SignedData (RFC 5652) and OpenPGP literal data (RFC 9580). */
import { deflateRawSync, deflateSync } from 'node:zlib'

function lengthOf(length: number): Buffer {
  if (length < 128) return Buffer.from([length])
  const bytes: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest & 255)
  return Buffer.from([0x80 | bytes.length, ...bytes])
}

function der(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content)
  return Buffer.concat([Buffer.from([tag]), lengthOf(body.length), body])
}

/** A constructed value of indefinite length (X.690 section 8.1.3.6). */
function ber(tag: number, ...content: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from([tag, 0x80]), ...content, Buffer.alloc(2)])
}

const SIGNED_DATA = der(6, Buffer.from('2a864886f70d010702', 'hex'))
const DATA = der(6, Buffer.from('2a864886f70d010701', 'hex'))
const VERSION = der(2, Buffer.from([1]))
const EMPTY_SET = der(0x31)

/** SignedData with definite lengths. */
export function cmsDer(content: Buffer): Buffer {
  const inner = der(0x30, DATA, der(0xa0, der(4, content)))
  return der(0x30, SIGNED_DATA, der(0xa0, der(0x30, VERSION, EMPTY_SET, inner, EMPTY_SET)))
}

/** SignedData as streaming programs write it: indefinite lengths, the content in pieces. */
export function cmsBer(content: Buffer, piece: number): Buffer {
  const pieces: Buffer[] = []
  for (let at = 0; at < content.length; at += piece) pieces.push(der(4, content.subarray(at, at + piece)))
  const inner = ber(0x30, DATA, ber(0xa0, ber(0x24, ...pieces)))
  return ber(0x30, SIGNED_DATA, ber(0xa0, ber(0x30, VERSION, EMPTY_SET, inner, EMPTY_SET)))
}

function literal(content: Buffer, name: string): Buffer {
  return Buffer.concat([
    Buffer.from('b'),
    Buffer.from([name.length]),
    Buffer.from(name, 'latin1'),
    Buffer.alloc(4),
    content,
  ])
}

/** New packet format (RFC 9580 section 4.2.1). */
function packet(tag: number, body: Buffer): Buffer {
  const length = Buffer.alloc(5, 0xff)
  length.writeUInt32BE(body.length, 1)
  return Buffer.concat([Buffer.from([0xc0 | tag]), length, body])
}

/** Old packet format with a length of four bytes (RFC 9580 section 4.2.2). */
function oldPacket(tag: number, body: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(body.length)
  return Buffer.concat([Buffer.from([0x80 | (tag << 2) | 2]), length, body])
}

/** Pieces of 512 bytes, the last one with its length (RFC 9580 section 4.2.1.4). */
function partialPacket(tag: number, body: Buffer): Buffer {
  const pieces: Buffer[] = [Buffer.from([0xc0 | tag])]
  let at = 0
  for (; body.length - at > 512; at += 512) pieces.push(Buffer.from([0xe0 | 9]), body.subarray(at, at + 512))
  const length = Buffer.alloc(5, 0xff)
  length.writeUInt32BE(body.length - at, 1)
  return Buffer.concat([...pieces, length, body.subarray(at)])
}

export const PGP = {
  new: (content: Buffer, name: string) => packet(11, literal(content, name)),
  old: (content: Buffer, name: string) => oldPacket(11, literal(content, name)),
  partial: (content: Buffer, name: string) => partialPacket(11, literal(content, name)),
  zip: (content: Buffer, name: string) =>
    packet(8, Buffer.concat([Buffer.from([1]), deflateRawSync(packet(11, literal(content, name)))])),
  zlib: (content: Buffer, name: string) =>
    packet(8, Buffer.concat([Buffer.from([2]), deflateSync(packet(11, literal(content, name)))])),
} as const

/** ASCII armour (RFC 9580 section 6.2). */
export function armour(bytes: Buffer, head: readonly string[] = []): string {
  const body = bytes.toString('base64').replace(/.{64}(?=.)/g, '$&\r\n')
  const sum = crc24(bytes).toString('base64')
  return ['-----BEGIN PGP MESSAGE-----', ...head, '', body, `=${sum}`, '-----END PGP MESSAGE-----'].join('\r\n')
}

function crc24(bytes: Buffer): Buffer {
  let crc = 0xb704ce
  for (const byte of bytes) {
    crc ^= byte << 16
    for (let bit = 0; bit < 8; bit++) {
      crc <<= 1
      if ((crc & 0x1000000) !== 0) crc ^= 0x1864cfb
    }
  }
  return Buffer.from([(crc >> 16) & 255, (crc >> 8) & 255, crc & 255])
}
