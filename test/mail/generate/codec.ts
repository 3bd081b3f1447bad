/** Encoders of what a file may be packed into within a mail: yEnc, BinHex, AppleSingle, MacBinary, TNEF. */

/** yEnc of one part (draft 1.3 of the format). */
export function yEnc(content: Buffer, name: string): string {
  let body = ''
  let column = 0
  for (const byte of content) {
    const value = (byte + 42) & 255
    const isCritical = value === 0 || value === 10 || value === 13 || value === 0x3d || (column === 0 && value === 0x2e)
    body += isCritical ? `=${String.fromCharCode((value + 64) & 255)}` : String.fromCharCode(value)
    column += isCritical ? 2 : 1
    if (column >= 128) {
      body += '\r\n'
      column = 0
    }
  }
  return [
    `=ybegin line=128 size=${content.length} name=${name}`,
    body.replace(/\r\n$/, ''),
    `=yend size=${content.length}`,
  ].join('\r\n')
}

const HQX = '!"#$%&\'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr'

/** BinHex 4.0 with a data fork only (RFC 1741 appendix A); with runs shortened where asked. */
export function binHex(content: Buffer, name: string, hasRuns = false): string {
  const head = Buffer.alloc(name.length + 20)
  head[0] = name.length
  head.write(name, 1, 'latin1')
  head.write('????????', name.length + 2, 'latin1')
  head.writeUInt32BE(content.length, name.length + 12)
  const bytes = Buffer.concat([withCrc(head), withCrc(content), Buffer.alloc(2)])
  const packed: number[] = []
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at] ?? 0
    let run = 1
    while (hasRuns && run < 255 && bytes[at + run] === byte) run++
    packed.push(byte)
    if (byte === 0x90) packed.push(0)
    if (run > 2) packed.push(0x90, run)
    at += run > 2 ? run : 1
  }
  return ['(This file must be converted with BinHex 4.0)', '', lettersOf(packed).replace(/.{64}/g, '$&\r\n')].join(
    '\r\n',
  )
}

/** Six bits a letter, between colons. */
function lettersOf(packed: readonly number[]): string {
  let bits = 0
  let held = 0
  let text = ':'
  for (const byte of packed) {
    held = ((held & 63) << 8) | byte
    bits += 8
    while (bits >= 6) {
      bits -= 6
      text += HQX[(held >> bits) & 63]
    }
  }
  if (bits > 0) text += HQX[(held << (6 - bits)) & 63]
  return `${text}:`
}

function withCrc(bytes: Buffer): Buffer {
  let crc = 0
  for (const byte of [...bytes, 0, 0]) {
    for (let bit = 7; bit >= 0; bit--) {
      const isHigh = (crc & 0x8000) !== 0
      crc = ((crc << 1) | ((byte >> bit) & 1)) & 0xffff
      if (isHigh) crc ^= 0x1021
    }
  }
  return Buffer.concat([bytes, Buffer.from([crc >> 8, crc & 255])])
}

/** AppleSingle with name and data fork (RFC 1740 appendix A). */
export function appleSingle(content: Buffer, name: string, magic = 0x00051600): Buffer {
  const head = Buffer.alloc(26 + 24)
  head.writeUInt32BE(magic, 0)
  head.writeUInt32BE(0x00020000, 4)
  head.writeUInt16BE(2, 24)
  const entries = [3, 50, name.length, 1, 50 + name.length, content.length]
  for (const [i, value] of entries.entries()) head.writeUInt32BE(value, 26 + 4 * i)
  return Buffer.concat([head, Buffer.from(name, 'latin1'), content])
}

/** MacBinary II with a data fork only. */
export function macBinary(content: Buffer, name: string): Buffer {
  const head = Buffer.alloc(128)
  head[1] = name.length
  head.write(name, 2, 'latin1')
  head.write('????????', 65, 'latin1')
  head.writeUInt32BE(content.length, 83)
  head[122] = 129
  head[123] = 129
  withCrc(head.subarray(0, 124)).copy(head, 124, 124)
  return Buffer.concat([head, content, Buffer.alloc((128 - (content.length % 128)) % 128)])
}

/** A TNEF stream with one attachment ([MS-OXTNEF] section 2.1.3). */
export function tnef(content: Buffer, name: string): Buffer {
  const attribute = (level: number, id: number, data: Buffer) => {
    const head = Buffer.alloc(9)
    head[0] = level
    head.writeUInt32LE(id, 1)
    head.writeUInt32LE(data.length, 5)
    const sum = Buffer.alloc(2)
    sum.writeUInt16LE(data.reduce((total, byte) => (total + byte) & 0xffff, 0))
    return Buffer.concat([head, data, sum])
  }
  const renderData = Buffer.alloc(14)
  renderData.writeUInt16LE(1)
  return Buffer.concat([
    Buffer.from([0x78, 0x9f, 0x3e, 0x22, 0x01, 0x00]),
    attribute(1, 0x00089006, Buffer.from([0, 0, 1, 0])),
    attribute(2, 0x00069002, renderData),
    attribute(2, 0x00018010, Buffer.from(`${name}\0`, 'latin1')),
    attribute(2, 0x0006800f, content),
  ])
}
