/** Takes out the files that lie within the decoded content of a part. */
import { beginBase64 } from './begin-base64.ts'
import { binhex } from './binhex.ts'
import { calendar } from './calendar.ts'
import { dataUri } from './data-uri.ts'
import type { Embedded, Format, Hint } from './embedded.ts'
import { appleSingle, macBinary } from './macintosh.ts'
import { mbox } from './mbox.ts'
import { pgp } from './pgp.ts'
import { isText, isWide, mayEmbed, START_BYTES } from './scout.ts'
import { script } from './script.ts'
import { smime } from './smime.ts'
import { uuencode } from './uuencode.ts'
import { xxencode } from './xxencode.ts'
import { yenc } from './yenc.ts'

export type { Embedded, EmbeddedAnomaly, EmbeddedKind, Hint } from './embedded.ts'
export { createEmbedScout, type EmbedScout, mayEmbed } from './scout.ts'

/** Told by their first bytes. */
const BINARY: readonly Format[] = [appleSingle, macBinary, smime, pgp]
/** Found anywhere in text. */
const TEXT: readonly Format[] = [mbox, uuencode, xxencode, beginBase64, yenc, binhex, dataUri, calendar, script]
/** Those of them that make no strings of the whole text: of a longer one the others would take several times its memory. */
const LONG_TEXT: readonly Format[] = [mbox, uuencode, yenc]
const LONG_BYTES = 48 * 1024 * 1024
const MOST_FILES = 10_000
/** Bytes that come out of compression for one that goes in, and in all. */
const HIGHEST_RATIO = 200
const LEAST_ROOM = 1024 * 1024
const MOST_ROOM = 64 * 1024 * 1024

/** Every file within the decoded content of a part; how deep to go on with what comes out is the caller's matter. */
export function embeddedIn(content: Buffer, hint: Hint): readonly Embedded[] {
  if (!mayEmbed(content, hint)) return []
  const room = Math.min(MOST_ROOM, Math.max(LEAST_ROOM, HIGHEST_RATIO * content.length))
  const budget = { files: MOST_FILES, inflatedBytes: room }
  const start = content.subarray(0, START_BYTES)
  const text = isText(start, hint) ? (narrowed(content) ?? content) : undefined
  const found = BINARY.flatMap((format) => [...format.extract(content, hint, budget)])
  // What is signed is read as a part: in the bytes around it there is nothing.
  const isEntity = found.some(({ isMessage }) => isMessage === true)
  const isLong = text !== undefined && text.length > LONG_BYTES
  if (text !== undefined && !isEntity)
    for (const format of isLong ? LONG_TEXT : TEXT) found.push(...format.extract(text, hint, budget))
  const kind = found.at(-1)?.kind ?? (isLong ? 'uuencode' : undefined)
  if ((budget.files < 0 || isLong) && kind !== undefined)
    found.push({ kind, name: '', bytes: Buffer.alloc(0), anomaly: 'parts' })
  return found
}

/** Text in UTF-16 as UTF-8, without its mark; undefined where the content is none. */
export function narrowed(content: Buffer): Buffer | undefined {
  const encoding = isWide(content.subarray(0, START_BYTES))
  if (encoding === undefined) return undefined
  const even = content.subarray(0, content.length - (content.length % 2))
  const littleEndian = encoding === 'utf16le' ? even : Buffer.from(even).swap16()
  return Buffer.from(littleEndian.toString('utf16le').replace(/^\ufeff/, ''), 'utf8')
}
