/** Names as old formats write them. */

/** The upper half of code page 437, in which names in zip files are written (APPNOTE.TXT, appendix D). */
const CP437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0'

/** Text in code page 437. */
export function fromCp437(bytes: Buffer): string {
  if (isAscii(bytes)) return bytes.toString('latin1')
  let text = ''
  for (const byte of bytes) text += byte < 0x80 ? String.fromCharCode(byte) : CP437.charAt(byte - 0x80)
  return text
}

/** Text in UTF-8; undefined where the bytes are none. */
export function fromUtf8(bytes: Buffer): string | undefined {
  const text = bytes.toString('utf8')
  return text.includes('\ufffd') ? undefined : text
}

export function isAscii(bytes: Buffer): boolean {
  return bytes.every((byte) => byte < 0x80)
}

/** Text in UTF-8 where it is, else Latin-1: for formats that name no character set. */
export function fromUnknown(bytes: Buffer): string {
  return fromUtf8(bytes) ?? bytes.toString('latin1')
}

/** Text up to its first NUL. */
export function untilNul(bytes: Buffer): Buffer {
  const end = bytes.indexOf(0)
  return end < 0 ? bytes : bytes.subarray(0, end)
}

/** UTF-16LE up to its first NUL. */
export function utf16UntilNul(bytes: Buffer): string {
  const text = bytes.subarray(0, bytes.length & ~1).toString('utf16le')
  const end = text.indexOf('\0')
  return end < 0 ? text : text.slice(0, end)
}
