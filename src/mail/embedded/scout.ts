/** Tells at little cost whether content may hold files: from its first bytes and, where it is text, by a search for few words. */

import { INTRODUCTION } from './binhex.ts'
import type { Hint } from './embedded.ts'
import { decodeReferences } from './entities.ts'
import { isAppleSingle, isMacBinary } from './macintosh.ts'
import { isMbox } from './mbox.ts'
import { isPgp } from './pgp.ts'
import { isCms } from './smime.ts'

/** Bytes at the beginning by which the kind of content is told. */
export const START_BYTES = 1024
/** Bytes around a word that are looked at; what is longer is no such place. */
const AROUND = 128
/** Words that come so often are reason enough to look at the whole. */
const MOST_LOOKS = 4096
/** Of text at most this share are control characters; of compressed data it is a ninth. */
const CONTROL_SHARE = 0.03
const TEXT_TYPE = /^text\/|^message\/|html|svg|xml|script|calendar|vcard|json|binhex|uuencode|yenc|mbox|pgp/
const TEXT_NAME = /\.(?:x?html?|svg|xml|css|js|hta|mht|ics|vcf|txt|asc|uue?|hqx|ye?nc|ntx|mbo?x|eml)$/i
/** What a browser shows or runs. */
const PAGE = /html|svg|xml|script|css/
const PAGE_NAME = /\.(?:x?html?|svg|xml|css|m?js|hta|mht|wsf)$/i
/** Types and names that alone are reason enough. */
const DECLARED = /binhex|uuencode|yenc|calendar|vcard|text\/directory|\.(?:hqx|ics|vcf)$/i
/** Formats that hold their data compressed or apart: words in them mean nothing. */
const OPAQUE = /^(?:%PDF|PK\x03\x04|GIF8|\x89PNG|\xff\xd8\xff|Rar!|7z\xbc\xaf)/

/** A word that is searched for, and what is looked at around it: text before and after, one character a byte. */
interface Marker {
  readonly word: string
  isMeant(before: string, after: string): boolean
}

const isLineStart = (before: string): boolean => before === '' || /[\r\n]$/.test(before)

const MARKERS: readonly Marker[] = [
  {
    word: 'begin',
    isMeant: (before, after) =>
      (isLineStart(before) && /^begin(?:-base64|-encoded|-base64-encoded)?[ \t]+\S|^begin:v/.test(after)) ||
      (before.endsWith('=y') && after.startsWith('begin ')),
  },
  {
    word: 'BEGIN',
    isMeant: (before, after) =>
      (isLineStart(before) && /^BEGIN:V/.test(after)) ||
      (before.endsWith('-----') && /^BEGIN (?:PGP (?:MESSAGE|ARMORED)|PKCS|CMS)/.test(after)),
  },
  { word: INTRODUCTION, isMeant: isLineStart },
]
/** In pages only. */
const PAGE_MARKERS: readonly Marker[] = ['&#', '&colon'].map((word) => ({ word, isMeant: hidesScheme }))
/** Browsers drop tabs and line ends within a URI. */
const SCHEME = /d[\t\r\n]*a[\t\r\n]*t[\t\r\n]*a[\t\r\n]*:/i
const SCRIPT = /atob|createObjectURL|msSave|fromCharCode|Uint8Array|charCodeAt/

/** Whether a character reference is part of a hidden `data:`. */
function hidesScheme(before: string, after: string): boolean {
  return SCHEME.test(decodeReferences(before.slice(-16) + after))
}

/** Whether content that begins so is text, or two bytes a character of it. */
export function isText(start: Buffer, { type, name }: Hint): boolean {
  if (TEXT_TYPE.test(type) || TEXT_NAME.test(name) || isWide(start)) return true
  if (OPAQUE.test(start.toString('latin1', 0, 8))) return false
  // Its letters are any bytes.
  if (start.includes('=ybegin ')) return true
  let controls = 0
  for (const byte of start) if (byte < 0x20 && (byte < 0x09 || byte > 0x0d) && byte !== 0x1b) controls++
  return controls <= start.length * CONTROL_SHARE
}

/** Whether the text is in UTF-16: by its mark, or as every other byte is zero. */
export function isWide(start: Buffer): 'utf16le' | 'utf16be' | undefined {
  const [first = 1, second = 1, third = 1, fourth = 1] = start
  if ((first === 0xff && second === 0xfe) || (second === 0 && fourth === 0 && first > 0 && third > 0)) return 'utf16le'
  if ((first === 0xfe && second === 0xff) || (first === 0 && third === 0 && second > 0 && fourth > 0)) return 'utf16be'
  return undefined
}

/** Whether the first bytes, or what is declared, are those of a format that holds files. */
function isBegun(start: Buffer, hint: Hint): boolean {
  const { type, name } = hint
  if (DECLARED.test(type) || DECLARED.test(name) || isWide(start) !== undefined) return true
  return isAppleSingle(start) || isMacBinary(start) || isCms(start) || isPgp(start, hint) || isMbox(start)
}

function isPageBegun(start: Buffer, { type, name }: Hint): boolean {
  return PAGE.test(type) || PAGE_NAME.test(name) || start.includes('<')
}

/** Whether a word that is meant stands there; `patience` is how many more places are looked at. */
function hasMarker(bytes: Buffer, isPage: boolean, patience: { looks: number }): boolean {
  const hasWord = ({ word, isMeant }: Marker): boolean => {
    for (let at = bytes.indexOf(word, 0, 'latin1'); at >= 0; at = bytes.indexOf(word, at + word.length, 'latin1')) {
      if (--patience.looks < 0) return true
      const before = bytes.toString('latin1', Math.max(0, at - AROUND), at)
      if (isMeant(before, bytes.toString('latin1', at, at + AROUND))) return true
    }
    return false
  }
  if (MARKERS.some(hasWord)) return true
  const text = bytes.toString('latin1')
  return SCHEME.test(text) || (isPage && (SCRIPT.test(text) || PAGE_MARKERS.some(hasWord)))
}

const EMPTY = Buffer.alloc(0)
/** So much is searched at once: it is copied into a string. */
const SLICE = 4 * 1024 * 1024

/** Answers as `mayEmbed` does, of content that passes by piece by piece. */
export interface EmbedScout {
  write(bytes: Buffer): void
  end(): boolean
}

/** Begins to watch the content of one part. */
export function createEmbedScout(hint: Hint): EmbedScout {
  let state: 'starting' | 'searching' | 'done' = 'starting'
  let isFound = false
  let isPage = false
  const patience = { looks: MOST_LOOKS }
  /** What came last, until the kind of content is known: all of it. */
  let held: Buffer = EMPTY

  function decide(): void {
    const start = held.subarray(0, START_BYTES)
    isFound = isBegun(start, hint)
    state = isFound || !isText(start, hint) ? 'done' : 'searching'
    isPage = isPageBegun(start, hint)
    if (state === 'searching') search(held)
    held = held.subarray(-2 * AROUND)
  }
  function search(bytes: Buffer): void {
    isFound ||= hasMarker(bytes, isPage, patience)
    if (isFound) state = 'done'
  }
  function write(bytes: Buffer): void {
    if (state === 'done' || bytes.length === 0) return
    if (state === 'starting') {
      held = held.length === 0 ? bytes : Buffer.concat([held, bytes])
      if (held.length >= START_BYTES) decide()
      return
    }
    // A word may lie across the border.
    const border = Buffer.concat([held, bytes.subarray(0, 2 * AROUND)])
    search(border)
    if (bytes.length > 2 * AROUND) search(bytes)
    held = bytes.length > 2 * AROUND ? bytes.subarray(-2 * AROUND) : border.subarray(-2 * AROUND)
  }
  function end(): boolean {
    if (state === 'starting') decide()
    return isFound
  }
  return { write, end }
}

/** Whether the content may hold files; cheap enough for every part. Says what a scout says that sees it piece by piece. */
export function mayEmbed(content: Buffer, hint: Hint): boolean {
  const start = content.subarray(0, START_BYTES)
  if (isBegun(start, hint)) return true
  if (content.length > SLICE) return mayEmbedInSlices(content, hint)
  return isText(start, hint) && hasMarker(content, isPageBegun(start, hint), { looks: MOST_LOOKS })
}

function mayEmbedInSlices(content: Buffer, hint: Hint): boolean {
  const scout = createEmbedScout(hint)
  for (let at = 0; at < content.length; at += SLICE) scout.write(content.subarray(at, at + SLICE))
  return scout.end()
}
