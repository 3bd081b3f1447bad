/**
 * What is almost a MIME field: a name with NUL, blank, underscore or a dash of Unicode in it, twice, without its colon or with two,
 * behind a blank or a bare CR. The strict reading passes such lines over; some mail program takes each of these forms for the field.
 */
import { Budget } from '../budget.ts'
import type { Field } from './header.ts'
import { encodingsIn } from './other-encoding.ts'

/** Of all in a header only so many are kept, the first and the last: which of a thousand counts, no program can know. */
const MOST = 16
/** Dashes of Unicode in UTF-8 (hyphens, dashes, minus, small and full width, soft hyphen), each byte one character. */
const DASH = /\xe2\x80[\x90-\x95]|\xe2\x88\x92|\xef\xbc\x8d|\xef\xb9\x98|\xef\xb9\xa3|\xc2\xad/g
/** Zero-width characters, the byte order mark, NUL. */
const NOTHING = /\xe2\x80[\x8b-\x8f]|\xef\xbb\xbf|\0/g
const NAME = /^[^A-Za-z]{0,8}content[-_ \t]{0,3}(type|disposition|(?:transfer)?[-_ \t]{0,3}encoding)(?![\w-])[ \t:;=]*/i

/** What the name matches has so many letters at least. */
const SHORTEST = 'contenttype'.length

/**
 * Finds them in the text of a header block, and with them the proper fields, as a program that stops at a bare CR sees those. A value
 * that makes no sense there is left out: DKIM signatures and the like tell names of fields.
 */
export function findLookAlikes(text: string): Field[] {
  const found: Field[] = []
  for (const { line, at } of anyLines(text)) {
    const field = lookAlike(line, at)
    if (field === undefined || !makesSense(field)) continue
    if (found.length >= MOST) found.splice(MOST / 2, 1)
    found.push(field)
  }
  return found
}

/** Lines by any line end, each with those folded to it which are no look-alikes themselves; without those that are too short to be any. */
function anyLines(text: string): { line: string; at: number }[] {
  const lines: { line: string; at: number }[] = []
  for (let at = 0; at < text.length; ) {
    let end = at
    while (end < text.length && !isLineEnd(text.charCodeAt(end))) end++
    if (end > at) {
      const piece = text.slice(at, end)
      const last = lines.at(-1)
      if (last !== undefined && isBlank(piece.charCodeAt(0)) && !NAME.test(piece)) last.line += piece
      else if (last !== undefined && last.line.length < SHORTEST) lines[lines.length - 1] = { line: piece, at }
      else lines.push({ line: piece, at })
    }
    at = end + 1
  }
  return lines
}

function isLineEnd(code: number): boolean {
  return code === 0x0d || code === 0x0a
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}

function lookAlike(line: string, at: number): Field | undefined {
  let rest = line.replace(DASH, '-').replace(NOTHING, '')
  let name = ''
  // `Content-Type Content-Type: …` and `Content-Type: Content-Type: …`; four are as good as more.
  for (let times = 0; times < 4; times++) {
    const match = NAME.exec(rest)
    if (match === null) break
    name = match[1]?.toLowerCase() ?? ''
    rest = rest.slice(match[0].length)
  }
  if (name === '') return undefined
  const isEncoding = name.endsWith('encoding')
  return { name: isEncoding ? 'content-transfer-encoding' : `content-${name}`, value: rest.trim(), at }
}

function makesSense({ name, value }: Field): boolean {
  switch (name) {
    case 'content-type':
      return /^[^;:=]{0,60}\/|^multipart|^=\?/i.test(value)
    case 'content-disposition':
      return /^\W{0,8}(attachment|inline)|filename/i.test(value)
    default:
      return encodingsIn(value, new Budget()).length > 0
  }
}
