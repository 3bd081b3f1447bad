/** Whether a Content-Type is in a form on which all programs agree, told by one cheap test. */

const LONGEST = 1000
/** Type, subtype, and parameters whose values are quoted ASCII without an escape, or hold nothing that ends a token for anyone. */
const PLAIN =
  /^[\w.+-]+\/[\w.+-]+(?:\s*;\s*[\w.-]+\s*=\s*(?:"[^"\\\0-\x08\x0e-\x1f\x7f-\xff]*"|[!#-&+\x2d.0-9A-Z^-~]+))*(?:\s*;)?$/
/** The same, with what RFC 2045 wants in quotes, and what half of all mail programs write without: `----=_Part/1`. */
const LENIENT =
  /^[\w.+-]+\/[\w.+-]+(?:\s*;\s*[\w.-]+\s*=\s*(?:"[^"\\\0-\x08\x0e-\x1f\x7f-\xff]*"|[!#-&+\x2d-:<-[\]-~]+))*(?:\s*;)?$/
const LONGEST_BOUNDARY = 70

/** Whether no program finds another type or boundary in the value. */
export function isPlainType(value: string): boolean {
  return value.length <= LONGEST && PLAIN.test(value) && hasPlainBoundary(value)
}

/** Whether programs differ at most in whether a boundary that should be in quotes may stand without them. */
export function isLenientType(value: string): boolean {
  return value.length <= LONGEST && LENIENT.test(value) && hasPlainBoundary(value)
}

/** At most one boundary, of a multipart, of no more than 70 bytes, and no encoded word. */
function hasPlainBoundary(value: string): boolean {
  const at = value.search(/boundary/i)
  if (at < 0) return !/^multipart\//i.test(value)
  const rest = value.slice(at + 8)
  if (/boundary\s*=/i.test(rest) || !/^multipart\//i.test(value)) return false
  const boundary = /^\s*=\s*(?:"([^"]*)"|([^\s;]*))/.exec(rest)
  const text = boundary?.[1] ?? boundary?.[2] ?? ''
  return text !== '' && text.length <= LONGEST_BOUNDARY && !text.includes('=?') && !/^[\s]|[\s]$/.test(text)
}
