/** Feeds a content that streams by to the scanners, in pieces that overlap by the longest address. Binary contents cost one look. */
import type { Link } from '../../core/index.ts'
import { LONGEST } from './address.ts'
import { Links } from './links.ts'
import { scanRelationships, scanRtf, scanText } from './scan.ts'

/** Pieces are gathered before they are looked through: somebody may write byte by byte. */
const PIECE_BYTES = 65_536
/** What tells a text from anything else. */
const LOOK_BYTES = 1024
/** Nothing that is looked for is longer. */
const OVERLAP = 4 * LONGEST
const NO_LINKS: readonly Link[] = []

/** Calendars and cards, in which a line that begins with a blank continues the one before (RFC 5545 3.1, RFC 6350 3.2). */
const CARD = /^[^A-Za-z]{0,16}BEGIN:V(?:CALENDAR|CARD|EVENT|TODO)/i
const FOLD = /\r?\n[ \t]/g

type Coding = 'latin1' | 'utf16le' | 'utf16be' | 'none'

/** Takes the bytes of one content, in order. */
export interface ActiveMeter {
  write(chunk: Uint8Array): void
  end(): readonly Link[]
}

/** The links of a content of which all is there. */
export function linksOfAll(content: Uint8Array): readonly Link[] {
  if (content.length === 0 || codingOf(content) === 'none') return NO_LINKS
  const meter = createActiveMeter()
  meter.write(content)
  return meter.end()
}

/** Starts to look through a content. What is written first must not change until its end; what comes later is copied. */
export function createActiveMeter(): ActiveMeter {
  let links: Links | undefined
  let coding: Coding | undefined
  let pieces: Buffer[] = []
  let bytes = 0
  let isLong = false
  let rest = ''
  let isRtf = false
  let isRelationships = false
  let isFolded = false

  function write(chunk: Uint8Array): void {
    if (coding === 'none') return
    const piece = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
    if (coding === undefined && bytes === 0 && piece.length >= LOOK_BYTES) coding = codingOf(piece)
    if (coding === 'none') return
    pieces.push(isLong ? Buffer.from(piece) : piece)
    bytes += piece.length
    if (bytes >= PIECE_BYTES) scan(false)
  }
  function scan(isLast: boolean): void {
    const all = pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces)
    const isFirst = links === undefined
    coding ??= codingOf(all)
    pieces = []
    bytes = 0
    isLong = true
    if (coding === 'none') return
    links ??= new Links()
    const even = coding === 'latin1' || isLast ? all.length : all.length & ~1
    if (even < all.length) keep(all.subarray(even))
    const read = rest + decoded(all.subarray(0, even), coding)
    if (isFirst) isFolded = CARD.test(read.slice(0, LOOK_BYTES))
    const text = isFolded ? read.replace(FOLD, '') : read
    if (isFirst) {
      isRtf = text.startsWith('{\\rt')
      isRelationships = text.slice(0, LOOK_BYTES).includes('/package/2006/relationships')
    }
    const until = isLast ? text.length : Math.max(0, text.length - OVERLAP)
    if (isRelationships) scanRelationships(text, links)
    else scanText(text, until, links)
    if (isRtf) scanRtf(text, links)
    rest = isLast ? '' : text.slice(until)
  }
  function keep(piece: Buffer): void {
    pieces = [Buffer.from(piece)]
    bytes = piece.length
  }
  function end(): readonly Link[] {
    if (coding !== 'none' && (bytes > 0 || rest !== '')) scan(true)
    return links?.all() ?? NO_LINKS
  }
  return { write, end }
}

/** Bytes with NUL are no text, unless every other one is. */
function codingOf(bytes: Uint8Array): Coding {
  const look = bytes.subarray(0, LOOK_BYTES)
  if (look[0] === 0xff && look[1] === 0xfe) return 'utf16le'
  if (look[0] === 0xfe && look[1] === 0xff) return 'utf16be'
  if (!look.includes(0)) return 'latin1'
  if (look.length >= 4 && look[0] !== 0 && look[1] === 0 && look[2] !== 0 && look[3] === 0) return 'utf16le'
  return 'none'
}

function decoded(bytes: Buffer, coding: Coding): string {
  if (coding === 'utf16le') return bytes.toString('utf16le')
  if (coding === 'utf16be')
    return Buffer.from(bytes.subarray(0, bytes.length & ~1))
      .swap16()
      .toString('utf16le')
  return bytes.toString('latin1')
}
