/** What 7-Zip does not tell of an archive, from its header: that its very list is encrypted, and that it is one of several volumes. */

/** Identity of the AES coder in 7z (7zFormat.txt and Methods.txt of 7-Zip). */
const AES = Buffer.from('06f10701', 'hex')
const RAR4_ENCRYPTED_HEADERS = 0x80
const RAR5_ENCRYPTION_HEADER = 4

/** Bits in the main header of ARJ: more volumes follow, or came before (ARJ's TECHNOTE). */
const ARJ_VOLUME = 0x04 | 0x08

/** Whether the archive is a part, where 7-Zip does not say so. */
export function isVolume(content: Buffer, type: string): boolean {
  return type === 'Arj' && content.length > 16 && (content.readUInt8(8) & ARJ_VOLUME) !== 0
}

/** Whether the archive keeps its list encrypted. */
export function hasHiddenList(content: Buffer, type: string): boolean {
  const tell = TELLERS[type]
  return tell?.(content) ?? false
}

const TELLERS: Readonly<Record<string, (content: Buffer) => boolean>> = {
  '7z'(content) {
    if (content.length < 32) return false
    const at = 32 + Number(content.readBigUInt64LE(12))
    return (
      content[at] === 0x17 &&
      content.subarray(at, at + Math.min(4096, Number(content.readBigUInt64LE(20)))).includes(AES)
    )
  },
  Rar: (content) => content.length > 12 && (content.readUInt16LE(10) & RAR4_ENCRYPTED_HEADERS) !== 0,
  Rar5(content) {
    const [type] = numberAt(content, numberAt(content, 12)[1])
    return type === RAR5_ENCRYPTION_HEADER
  },
}

/** Seven bits a byte, the lowest first; with the place after it. */
function numberAt(content: Buffer, start: number): readonly [number, number] {
  let value = 0
  for (let i = 0; i < 5; i++) {
    const byte = content[start + i] ?? 0
    value += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) return [value, start + i + 1]
  }
  return [value, start + 5]
}
