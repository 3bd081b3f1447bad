/** What a zip file calls a member: bytes in one of several character sets, in up to four places. */
import { crc32 } from 'node:zlib'
import type { Name } from '../../core/index.ts'
import { fromCp437, fromUtf8, isAscii } from '../text.ts'
import { extraField, type ZipEntry } from './directory.ts'

/** Bit 11: the name is UTF-8 (APPNOTE.TXT, appendix D). */
const IS_UTF8 = 0x800
/** Info-ZIP Unicode Path (section 4.6.9). */
const UNICODE_PATH = 0x7075

/** Every name that some program shows, the most likely one first. */
export function namesOf(entry: ZipEntry, place: 'zip.central' | 'zip.local'): Name[] {
  const { rawName } = entry
  if (isAscii(rawName)) return [{ value: rawName.toString('latin1'), origin: place }, ...unicodePath(entry, place)]
  const utf8 = fromUtf8(rawName)
  const cp437 = { value: fromCp437(rawName), origin: `${place}.cp437` }
  if (utf8 === undefined) return [...unicodePath(entry, place), cp437]
  const decoded = { value: utf8, origin: `${place}.utf8` }
  // Without the flag Windows takes the code page of the machine, Unix the bytes as they are, which are mostly UTF-8.
  return (entry.flags & IS_UTF8) !== 0
    ? [decoded, ...unicodePath(entry, place)]
    : [...unicodePath(entry, place), decoded, cp437]
}

/** Counts only where it has the checksum of the name that it replaces. */
function unicodePath({ extra, rawName }: ZipEntry, place: string): Name[] {
  const field = extraField(extra, UNICODE_PATH)
  if (field === undefined || field.length < 6 || field.readUInt32LE(1) !== crc32(rawName)) return []
  const value = fromUtf8(field.subarray(5))
  return value === undefined ? [] : [{ value, origin: `${place}.unicode` }]
}
