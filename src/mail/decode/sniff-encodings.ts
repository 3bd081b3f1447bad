/** Which encoding bytes look like, whatever was declared of them. */

/** Bytes that are looked at. */
const SAMPLE = 256 * 1024
/** Shorter lines may be words. */
const SHORTEST_LINE = 20
const FEWEST_LETTERS = 64
/** The same of a file that is no text. */
const SHORTEST_DATA = 24
const LETTERS_SHARE = 0.6
/** Of codes that quoted-printable text has at least, and one for so many bytes. */
const FEWEST_CODES = 4
const BYTES_PER_CODE = 64
const DATA_LINE = /^[A-Za-z0-9+/_-]+={0,2}$/
const CODES = /=(?:[0-9A-Fa-f]{2}|\r?\n)/g

const BEGINNINGS: readonly (readonly [token: string, pattern: RegExp])[] = [
  ['x-uuencode', /^begin(?:-encoded)?[ \t]+[0-7]{3,4}[ \t]+\S/m],
  ['begin-base64', /^begin-base64(?:-encoded)?[ \t]+[0-7]{3,4}[ \t]+\S/m],
  ['x-yenc', /^=ybegin /m],
  ['mac-binhex40', /^\(This file must be converted/m],
]

/**
 * The tokens, which `decodings` takes, of all encodings that the bytes look like. Of a file that is declared to be no text (`isNoText`)
 * less of base64 is enough, if it is nothing else; below that a word is as likely.
 */
export function sniffEncodings(raw: Buffer, isNoText = false): readonly string[] {
  const text = raw.toString('latin1', 0, SAMPLE)
  const found = BEGINNINGS.filter(([, pattern]) => pattern.test(text)).map(([token]) => token)
  if (looksQuoted(text)) found.unshift('quoted-printable')
  if (looksLikeBase64(text) || (isNoText && isShortBase64(text))) found.unshift('base64')
  return found
}

/** Whether most of it stands in lines of base64, in either alphabet; lines of hexadecimal digits are something else. */
function looksLikeBase64(text: string): boolean {
  let letters = 0
  let digits = 0
  let all = 0
  let isAfterData = false
  for (const each of text.split(/[\r\n]+/)) {
    const line = each.trim()
    const isData: boolean = (line.length >= SHORTEST_LINE || isAfterData) && DATA_LINE.test(line)
    isAfterData = isData
    all += line.length
    if (isData) letters += line.length
    if (isData && /^[0-9a-f]+$/i.test(line)) digits += line.length
  }
  return letters >= FEWEST_LETTERS && letters >= all * LETTERS_SHARE && digits < letters / 2
}

/** Whole quartets, small letters and capital ones: no digest, no word, no number. */
function isShortBase64(text: string): boolean {
  if (text.length > 2 * FEWEST_LETTERS) return false
  const letters = text.replace(/\s+/g, '')
  const isWhole = letters.length >= SHORTEST_DATA && letters.length % 4 === 0
  return isWhole && /^[A-Za-z0-9+/]+={0,2}$/.test(letters) && /[a-z]/.test(letters) && /[A-Z]/.test(letters)
}

function looksQuoted(text: string): boolean {
  const codes = text.match(CODES)?.length ?? 0
  return codes >= FEWEST_CODES && codes * BYTES_PER_CODE >= text.length
}
