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
  if (text !== undefined && !isEntity) for (const format of TEXT) found.push(...format.extract(text, hint, budget))
  const kind = found.at(-1)?.kind
  if (budget.files < 0 && kind !== undefined) found.push({ kind, name: '', bytes: Buffer.alloc(0), anomaly: 'parts' })
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
