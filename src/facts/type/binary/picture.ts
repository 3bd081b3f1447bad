/** Pictures and fonts whose headers need a second look. */
import { be16, be32, type Excerpt, hasMark, mark, u16, u32 } from '../excerpt.ts'
import { bytesOf, type Detector, NOTHING } from './detector.ts'

/** Looks at pictures and fonts. */
export const PICTURE_DETECTORS: readonly Detector[] = [
  [bytesOf('B'), bmp],
  [bytesOf('\x89'), png],
  [bytesOf('IM'), tiff],
  [[0], icon],
  [[0], trueType],
  [bytesOf('t'), trueType],
  [[1], metafile],
  [[0x0a], pcx],
  [bytesOf('i'), icns],
  [bytesOf('P'), portableAnymap],
  [[0x4c], embeddedFont, 34],
]

/** Two letters are not enough: the header names its own size. */
function bmp({ head, size }: Excerpt): readonly string[] {
  if (head[1] !== 0x4d || head.length < 26) return NOTHING
  const isPlausible = u32(head, 6) === 0 && u32(head, 14) >= 12 && u32(head, 14) <= 200 && u32(head, 10) < size
  return isPlausible ? ['image/bmp'] : NOTHING
}

const PNG = mark('\x89PNG\r\n\x1a\n')
const ANIMATION = mark('acTL')

/** An animated PNG has its control chunk before the first picture. */
function png({ head }: Excerpt): readonly string[] {
  if (!hasMark(head, PNG)) return NOTHING
  return head.subarray(33, 4096).includes(ANIMATION) ? ['image/png', 'image/apng'] : ['image/png']
}

function tiff({ head }: Excerpt): readonly string[] {
  const isLittle = hasMark(head, mark('II*\0')) || hasMark(head, mark('II+\0\b\0\0\0'))
  const isBig = hasMark(head, mark('MM\0*')) || hasMark(head, mark('MM\0+\0\b\0\0'))
  if (!isLittle && !isBig) return NOTHING
  return hasMark(head, mark('CR\x02'), 8) ? ['image/x-canon-cr2'] : ['image/tiff']
}

/** Icons and cursors: a count of pictures, and the first of them inside the file. */
function icon({ head, size }: Excerpt): readonly string[] {
  const kind = u16(head, 2)
  const count = u16(head, 4)
  if (u16(head, 0) !== 0 || (kind !== 1 && kind !== 2) || count === 0 || count > 1024) return NOTHING
  const isInside = head.length >= 22 && head[9] === 0 && u32(head, 14) > 0 && u32(head, 18) >= 6 + 16 * count
  if (!isInside || u32(head, 18) >= size) return NOTHING
  return [kind === 1 ? 'image/vnd.microsoft.icon' : 'image/x-win-cursor']
}

/** Table directory of a font: a number of tables, and search fields that follow from it (OpenType specification). */
function trueType({ head }: Excerpt): readonly string[] {
  if (be32(head, 0) !== 0x00010000 && !hasMark(head, mark('true'))) return NOTHING
  const tables = be16(head, 4)
  if (tables === 0 || tables > 100 || head.length < 28) return NOTHING
  const isTag = /^[A-Za-z0-9/ ]{4}$/.test(head.toString('latin1', 12, 16))
  return isTag && be16(head, 6) % 16 === 0 ? ['font/ttf'] : NOTHING
}

/** Metafiles of Windows: WMF without the placeable header, and EMF. */
function metafile({ head }: Excerpt): readonly string[] {
  if (u32(head, 0) === 1) return hasMark(head, mark(' EMF'), 40) ? ['image/emf'] : NOTHING
  const version = u16(head, 4)
  const isWmf = u16(head, 0) === 1 && u16(head, 2) === 9 && (version === 0x0300 || version === 0x0100)
  return isWmf && head.length >= 18 && u16(head, 16) === 0 ? ['image/wmf'] : NOTHING
}

function pcx({ head }: Excerpt): readonly string[] {
  const [, version = 0, encoding = 0, depth = 0] = head
  const isKnown = version <= 5 && version !== 1 && encoding === 1 && [1, 2, 4, 8].includes(depth)
  if (!isKnown || head.length < 128 || head[64] !== 0) return NOTHING
  return u16(head, 4) <= u16(head, 8) && u16(head, 6) <= u16(head, 10) ? ['image/x-pcx'] : NOTHING
}

function icns({ head, size }: Excerpt): readonly string[] {
  return hasMark(head, mark('icns')) && be32(head, 4) === size ? ['image/x-icns'] : NOTHING
}

function portableAnymap({ head }: Excerpt): readonly string[] {
  const isHeader = /^P[1-7]\s+(?:#[^\n]{0,80}\n\s*)?\d{1,6}\s+\d{1,6}\s/.test(head.toString('latin1', 0, 120))
  return isHeader ? ['image/x-portable-anymap'] : NOTHING
}

const EOT_VERSIONS = [0x00010000, 0x00020001, 0x00020002]

/** Embedded OpenType: its size in front, its magic number at 34. */
function embeddedFont({ head, size }: Excerpt): readonly string[] {
  return head[34] === 0x4c && head[35] === 0x50 && u32(head, 0) === size && EOT_VERSIONS.includes(u32(head, 8))
    ? ['application/vnd.ms-fontobject']
    : NOTHING
}
