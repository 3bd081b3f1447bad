/** Archives and compressed data whose marks are short. */
import { be16, bytesAt, type Excerpt, hasMark, mark, u16, u32 } from '../excerpt.ts'
import { bytesOf, type Detector, NOTHING } from './detector.ts'

/** Looks at archives and compressed data. */
export const PACKED_DETECTORS: readonly Detector[] = [
  [bytesOf('B'), bzip2],
  [[0x5d], lzma],
  [[0x1f], compress],
  [[0x60], arj],
  [[0x1a], arc],
  [[0x71, 0xc7], cpio],
  [bytesOf('!'), archive],
  [bytesOf('-'), lzh, 2],
  [bytesOf('u'), tar, 257],
  [[0], oldTar, 107],
  [[0x04], asar],
  [bytesOf('k'), diskImageTrailer],
  [bytesOf('PQRSTUVWXYZ[\\]^_'), skippedFrame],
]

const ZSTD = 0xfd2fb528

/** Zstandard behind a frame that every program skips (RFC 8878, section 3.1.2). */
function skippedFrame(sample: Excerpt): readonly string[] {
  if (u32(sample.head, 0) >>> 4 !== 0x0184d2a5) return NOTHING
  return u32(bytesAt(sample, 8 + u32(sample.head, 4), 4), 0) === ZSTD ? ['application/zstd'] : NOTHING
}

function bzip2({ head }: Excerpt): readonly string[] {
  const start = head.toString('latin1', 0, 10)
  return /^BZh[1-9](?:1AY&SY|\x17rE8P\x90)/.test(start) ? ['application/x-bzip2'] : NOTHING
}

/** LZMA alone has no mark: usual properties, a dictionary of a usual size, a plausible length, and a range coder that begins with 0. */
function lzma({ head, size }: Excerpt): readonly string[] {
  if (head.length < 14 || head[13] !== 0) return NOTHING
  const dictionary = u32(head, 1)
  const isUsual = dictionary >= 4096 && Math.log2(dictionary) % 1 === 0
  const isEndless = u32(head, 5) === 0xffffffff && u32(head, 9) === 0xffffffff
  const isPlausible = u32(head, 9) < 64 && u32(head, 5) + u32(head, 9) > 0 && size > 13
  return isUsual && (isEndless || isPlausible) ? ['application/x-lzma'] : NOTHING
}

/** compress(1), and pack(1), which nobody uses but some unpackers still open. */
function compress({ head }: Excerpt): readonly string[] {
  const bits = (head[2] ?? 0) & 0x1f
  const isCompress = head[1] === 0x9d && bits >= 9 && bits <= 16
  return isCompress || (head[1] === 0xa0 && head.length > 6) ? ['application/x-compress'] : NOTHING
}

/** ARJ: a main header of a plausible size, of a plausible first-header size, for a known system. */
function arj({ head }: Excerpt): readonly string[] {
  const size = u16(head, 2)
  const first = head[4] ?? 0
  const isHeader = head[1] === 0xea && size > 0 && size <= 2600 && first >= 30 && first <= size
  return isHeader && (head[7] ?? 99) <= 12 && head[10] === 2 ? ['application/x-arj'] : NOTHING
}

/** ARC: a method, a name of up to 12 printable characters that ends with a zero byte, a size. */
function arc({ head, size }: Excerpt): readonly string[] {
  const method = head[1] ?? 0
  const name = /^[\x21-\x7e]{1,12}\0/.test(head.toString('latin1', 2, 15))
  return method >= 1 && method <= 20 && name && head.length >= 29 && u32(head, 15) <= size
    ? ['application/x-arc']
    : NOTHING
}

/** The binary form of cpio, in both orders of bytes: the mode must be a file's. */
function cpio({ head }: Excerpt): readonly string[] {
  if (head.length < 26) return NOTHING
  const isLittle = u16(head, 0) === 0o070707
  if (!isLittle && be16(head, 0) !== 0o070707) return NOTHING
  const kind = (isLittle ? u16(head, 6) : be16(head, 6)) >> 12
  return [1, 2, 4, 6, 8, 10, 12].includes(kind) ? ['application/x-cpio'] : NOTHING
}

function archive({ head }: Excerpt): readonly string[] {
  if (!hasMark(head, mark('!<arch>\n'))) return NOTHING
  return [hasMark(head, mark('debian-binary'), 8) ? 'application/vnd.debian.binary-package' : 'application/x-archive']
}

/** LHA: a method between hyphens, and a header level (Okumura's header description). */
function lzh({ head }: Excerpt): readonly string[] {
  if (head[2] !== 0x2d || head[6] !== 0x2d || head.length < 22) return NOTHING
  const isMethod = /^-(?:lh[\dx]|lz[2345s]|pm[012s]|lhd)-$/.test(head.toString('latin1', 2, 7))
  return isMethod && (head[20] ?? 9) <= 3 ? ['application/x-lzh-compressed'] : NOTHING
}

const USTAR = mark('ustar')

/** The mark of POSIX and GNU. */
function tar({ head }: Excerpt): readonly string[] {
  return hasMark(head, USTAR, 257) ? ['application/x-tar'] : NOTHING
}

/** A header of the seventh edition of Unix, whose checksum is right. */
function oldTar({ head }: Excerpt): readonly string[] {
  if (head.length < 512 || head[0] === 0 || hasMark(head, USTAR, 257)) return NOTHING
  const stated = /^ *([0-7]{1,6})[\0 ]/.exec(head.toString('latin1', 148, 156))?.[1]
  return stated !== undefined && Number.parseInt(stated, 8) === tarSum(head) ? ['application/x-tar'] : NOTHING
}

/** The sum of the header's bytes, with blanks in place of the sum itself. */
function tarSum(head: Buffer): number {
  let sum = 8 * 0x20
  for (let at = 0; at < 512; at++) if (at < 148 || at >= 156) sum += head[at] ?? 0
  return sum
}

/** Electron's archive: four nested sizes, then JSON. */
function asar({ head }: Excerpt): readonly string[] {
  const isHeader = u32(head, 0) === 4 && u32(head, 4) >= u32(head, 8) && u32(head, 8) >= u32(head, 12)
  return isHeader && hasMark(head, mark('{"files":'), 16) ? ['application/x-asar'] : NOTHING
}

/** An Apple image that consists of its trailer alone, as its tools write it in front for images that grow. */
function diskImageTrailer({ head }: Excerpt): readonly string[] {
  return hasMark(head, mark('koly\0\0\0\x04\0\0\x02\0')) ? ['application/x-apple-diskimage'] : NOTHING
}
