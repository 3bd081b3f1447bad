/** Text in the character sets that mail programs write; Node itself only reads most of them. */

/** The bytes of each character, found by decoding all bytes and pairs of bytes. */
function inverse(charset: string, leads: readonly number[]): ReadonlyMap<string, Buffer> {
  const decoder = new TextDecoder(charset)
  const map = new Map<string, Buffer>()
  const add = (bytes: Buffer) => {
    const text = decoder.decode(bytes)
    if (!text.includes('\ufffd') && [...text].length === 1 && !map.has(text)) map.set(text, bytes)
  }
  for (let byte = 0; byte < 256; byte++) add(Buffer.from([byte]))
  for (const lead of leads) for (let byte = 0xa1; byte < 0xff; byte++) add(Buffer.from([lead, byte]))
  return map
}

const PAIRS = Array.from({ length: 0xfe - 0xa1 + 1 }, (_, i) => 0xa1 + i)
const LEADS: Readonly<Record<string, readonly number[]>> = { 'euc-jp': PAIRS, 'euc-kr': PAIRS, gb2312: PAIRS }

/** Encodes into that character set; throws where it lacks a character. */
export function toCharset(text: string, charset: string): Buffer {
  if (charset === 'utf-8' || charset === 'us-ascii') return Buffer.from(text)
  if (charset === 'iso-2022-jp') return toJis(text)
  const map = inverse(charset, LEADS[charset] ?? [])
  return Buffer.concat(Array.from(text, (char) => bytesOfChar(map, char, charset)))
}

function bytesOfChar(map: ReadonlyMap<string, Buffer>, char: string, charset: string): Buffer {
  const bytes = map.get(char)
  if (bytes === undefined) throw new Error(`${charset} has no ${char}`)
  return bytes
}

/** RFC 1468: pairs of 7-bit bytes between escape sequences, ASCII at the end of each line. */
function toJis(text: string): Buffer {
  const map = inverse('euc-jp', PAIRS)
  let jis = ''
  let isDouble = false
  for (const char of text) {
    const bytes = bytesOfChar(map, char, 'iso-2022-jp')
    if (isDouble !== bytes.length > 1) {
      isDouble = bytes.length > 1
      jis += isDouble ? '\x1b$B' : '\x1b(B'
    }
    jis += String.fromCharCode(...Array.from(bytes, (byte) => byte & 0x7f))
  }
  return Buffer.from(isDouble ? `${jis}\x1b(B` : jis, 'latin1')
}
