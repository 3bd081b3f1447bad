/** Windows Installer packs two characters of a stream's name into one, and marks tables. */

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._'
const PAIRS = 0x3800
const SINGLES = 0x4800
const TABLE = 0x4840

/** The name as an author wrote it. */
export function msiName(name: string): string {
  let text = ''
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i)
    if (code >= PAIRS && code < SINGLES)
      text += DIGITS.charAt((code - PAIRS) & 0x3f) + DIGITS.charAt((code - PAIRS) >> 6)
    else if (code >= SINGLES && code < TABLE) text += DIGITS.charAt(code - SINGLES)
    else if (code !== TABLE) text += name.charAt(i)
  }
  return text
}

export function isTableName(name: string): boolean {
  return name.charCodeAt(0) === TABLE
}
