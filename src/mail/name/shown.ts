/** Names as they are told: whole characters only, of a long one the beginning and the extension. */

/** Bytes of UTF-8 in one name that is told. */
const MOST_BYTES = 1024
const MAX_EXTENSION = 32

/** The name as it is told, in at most so many bytes of UTF-8. */
export function shownName(name: string, most = MOST_BYTES): string {
  // A UTF-16 unit has at most three bytes.
  if (name.length * 3 <= most) return name.toWellFormed()
  if (name.length <= most && Buffer.byteLength(name) <= most) return name.toWellFormed()
  const dot = name.lastIndexOf('.')
  const extension = dot < 0 ? '' : name.slice(Math.max(dot, name.length - MAX_EXTENSION)).toWellFormed()
  const beginning = Buffer.from(name.slice(0, most).toWellFormed())
  return cutUtf8(beginning, most - Buffer.byteLength(extension)) + extension
}

/** The longest beginning in so many bytes that ends with a character. */
function cutUtf8(bytes: Buffer, most: number): string {
  let end = Math.min(bytes.length, most)
  while (end > 0 && end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--
  return bytes.subarray(0, end).toString('utf8')
}
