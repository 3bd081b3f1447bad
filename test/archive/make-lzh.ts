/** LZH archives, of the plainest kind. */

/** A file with one member that is stored: header of level 0, method lh0. */
export function lzh(name: string, data: Buffer): Buffer {
  const head = Buffer.alloc(22)
  head.write('-lh0-', 2, 'latin1')
  head.writeUInt32LE(data.length, 7)
  head.writeUInt32LE(data.length, 11)
  head.writeUInt8(0x20, 19)
  head.writeUInt8(name.length, 21)
  const crc = Buffer.alloc(2)
  crc.writeUInt16LE(crc16(data))
  const whole = Buffer.concat([head, Buffer.from(name), crc])
  whole.writeUInt8(whole.length - 2, 0)
  whole.writeUInt8(
    whole.subarray(2).reduce((sum, byte) => (sum + byte) & 0xff, 0),
    1,
  )
  return Buffer.concat([whole, data, Buffer.alloc(1)])
}

function crc16(data: Buffer): number {
  let crc = 0
  for (const byte of data) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >> 1 : (crc >> 1) ^ 0xa001
  }
  return crc
}
