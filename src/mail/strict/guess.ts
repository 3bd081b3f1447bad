/** A multipart whose boundary is not known: a line of two dashes and more that a header follows is taken for a delimiter. */
import type { Delimiters, Multipart } from './delimiter.ts'
import { DASH, LF, withoutLineEnd } from './line.ts'

/** Lines and field names up to this length are looked at. */
const LONGEST_LINE = 3000
const LONGEST_FIELD = 80

/** The multipart as which such bytes are read; paths of its parts begin with `prefix`. */
export function guessedMultipart(prefix: string): Omit<Multipart, 'hidden'> {
  return { prefix, boundaries: [], isDigest: false, offset: -1, level: 1, children: 0 }
}

/**
 * Makes the line a delimiter of the multipart without a boundary if a header follows it. Whether one does needs the beginning of the
 * next line: true if that is still to come.
 */
export function guessBoundary(delimiters: Delimiters, owner: Multipart, data: Buffer, line: number): boolean {
  if (data[line] !== DASH || data[line + 1] !== DASH) return false
  const newline = data.indexOf(LF, line)
  if (newline < 0 || newline - line > LONGEST_LINE) return false
  const next = data.toString('latin1', newline + 1, newline + 1 + LONGEST_FIELD)
  const text = data.toString('latin1', line + 2, newline)
  if (delimiters.of(text, newline, false) !== undefined) return false
  if (next.length < LONGEST_FIELD && /^[!-9;-~]*[ \t]*$/.test(next)) return true
  if (!/^[!-9;-~]+[ \t]*:/.test(next)) return false
  // From here on it needs no header, and dashes behind it close.
  delimiters.add(withoutLineEnd(text), owner)
  return false
}
