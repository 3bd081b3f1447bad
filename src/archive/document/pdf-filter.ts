/** The two filters of PDF that are text (ISO 32000-1, 7.4.2 and 7.4.3). */

/** Hexadecimal digits up to `>`. */
export function asciiHex(bytes: Buffer): Buffer {
  const end = bytes.indexOf('>')
  const digits = bytes.toString('latin1', 0, end < 0 ? bytes.length : end).replace(/[^0-9A-Fa-f]/g, '')
  return Buffer.from(digits.length % 2 === 0 ? digits : `${digits}0`, 'hex')
}

/** Five characters for four bytes, `z` for four zeros, up to `~>`. */
export function ascii85(bytes: Buffer): Buffer {
  const out = Buffer.alloc(bytes.length * 4)
  let size = 0
  let value = 0
  let digits = 0
  for (const byte of bytes) {
    if (byte === 0x7e) break
    if (byte === 0x7a && digits === 0) {
      size += 4
      continue
    }
    if (byte < 0x21 || byte > 0x75) continue
    value = value * 85 + (byte - 0x21)
    if (++digits < 5) continue
    out.writeUInt32BE(value % 2 ** 32, size)
    size += 4
    value = 0
    digits = 0
  }
  for (let missing = digits; digits > 1 && missing < 5; missing++) value = value * 85 + 84
  if (digits > 1) {
    out.writeUInt32BE(value % 2 ** 32, size)
    size += digits - 1
  }
  return out.subarray(0, size)
}
