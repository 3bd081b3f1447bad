/** What a person reads in an office document, as far as that is cheap to know: people send the password of one file in another. */
import { inflateRawSync } from 'node:zlib'
import { withoutMarkup } from '../markup.ts'
import { findDirectories, type ZipEntry } from '../zip/directory.ts'
import { readLocal } from '../zip/local.ts'

/** Parts of Office Open XML (ECMA-376) and OpenDocument in which the text stands. */
const TEXT_PARTS =
  /^(?:word\/(?:document\d?|header\d|footer\d|comments)\.xml|xl\/(?:sharedStrings|worksheets\/sheet\d)\.xml|ppt\/slides\/slide\d\.xml|content\.xml)$/
const MAX_PARTS = 8
const MAX_ENTRIES = 2000
/** Nobody writes a password behind so much text. */
const PART_BYTES = 512 * 1024
const DEFLATE = 8

/** The text of the document, without markup; empty where it is none of the formats. */
export function officeText(content: Buffer): string {
  if (content.subarray(0, 5).toString('latin1') === '{\\rtf') return richText(content)
  const [directory] = findDirectories(content, MAX_ENTRIES)
  const parts = directory?.entries.filter(({ rawName }) => TEXT_PARTS.test(rawName.toString('latin1'))) ?? []
  return parts
    .slice(0, MAX_PARTS)
    .map((entry) => withoutMarkup(lined(partOf(content, entry))))
    .join('\n')
}

function partOf(content: Buffer, { at, method, packedSize }: ZipEntry): string {
  const local = readLocal(content, at)
  if (local === undefined) return ''
  const packed = content.subarray(local.dataAt, local.dataAt + Math.min(packedSize, PART_BYTES))
  if (method === 0) return packed.toString()
  if (method !== DEFLATE) return ''
  try {
    return inflateRawSync(packed, { maxOutputLength: PART_BYTES }).toString()
  } catch {
    // Too large to be a note, or damaged: what it says is unknown, and whatever it would open stays closed.
    return ''
  }
}

/** Runs of one word may be cut by tags, so that these leave nothing; only what ends a paragraph or a cell ends a line. */
function lined(xml: string): string {
  return xml
    .replace(/<\/(?:w:p|a:p|text:p|si|row)>|<w:br\b[^<>]{0,200}>/g, '\n')
    .replace(/<w:tab\b[^<>]{0,200}>|<\/(?:w:tc|c|table:table-cell)>/g, ' ')
}

/** Control words of the Rich Text Format (1.9.1) left out; what stands between them is mostly the text. */
function richText(content: Buffer): string {
  return content
    .subarray(0, PART_BYTES)
    .toString('latin1')
    .replace(/\{\\\*[^{}]{0,2000}\}/g, '')
    .replace(/\\(?:par|line|row|cell)\b ?/g, '\n')
    .replace(/\\'([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/\\u(\d{1,5}) ?\??/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replace(/\\[a-z]{1,32}-?\d{0,10} ?/g, '')
    .replace(/\\([{}\\])/g, '$1')
    .replace(/[{}\r]/g, '')
}
