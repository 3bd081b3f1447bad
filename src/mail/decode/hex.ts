/** Two hexadecimal digits, as quoted-printable and URIs have them. */

/** The byte that two digits stand for; -1 where there are none. */
export function hexPair(bytes: Buffer, at: number, upperOnly = false): number {
  const high = hexValue(bytes[at], upperOnly)
  const low = hexValue(bytes[at + 1], upperOnly)
  return high < 0 || low < 0 ? -1 : high * 16 + low
}

function hexValue(code: number | undefined, upperOnly: boolean): number {
  if (code === undefined) return -1
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const letter = upperOnly ? code : code & 0xdf
  return letter >= 0x41 && letter <= 0x46 ? letter - 0x37 : -1
}
