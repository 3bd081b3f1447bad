/** Databases and other data whose marks are short. */
import { bytesAt, type Excerpt, hasMark, mark, u16, u32 } from '../excerpt.ts'
import { bytesOf, type Detector, NOTHING } from './detector.ts'

/** Looks at data. */
export const DATA_DETECTORS: readonly Detector[] = [
  [[0x02, 0x03, 0x04, 0x05, 0x30, 0x31, 0x32, 0x43, 0x63, 0x83, 0x8b, 0x8e, 0xcb, 0xf5, 0xfb], dbf],
  [[0x0a], pcapng],
  [bytesOf('P'), parquet],
  [bytesOf('d'), torrent],
  [[0x80], pickle],
  [[0x09], sheet],
  [bytesOf('#'), encodedScript],
  [bytesOf(' \t\r\n\f\v\xef'), indentedRtf],
  [undefined, pdf],
]

/** dBASE: a date, a header of 32 bytes per field, and the first field's name and kind. */
function dbf({ head }: Excerpt): readonly string[] {
  const [, , month = 0, day = 0] = head
  const header = u16(head, 8)
  const isDate = month >= 1 && month <= 12 && day >= 1 && day <= 31
  if (!isDate || header < 65 || u16(head, 10) === 0 || head.length < 48) return NOTHING
  const isField = /^[A-Za-z_][A-Za-z0-9_]{0,10}\0*$/.test(head.toString('latin1', 32, 43))
  return isField && /[CDFLMNTIBGPYV@O+0W]/.test(String.fromCharCode(head[43] ?? 0)) ? ['application/vnd.dbf'] : NOTHING
}

function pcapng({ head }: Excerpt): readonly string[] {
  const order = u32(head, 8)
  const isSection = u32(head, 0) === 0x0a0d0d0a && (order === 0x1a2b3c4d || order === 0x4d3c2b1a)
  return isSection ? ['application/x-pcapng'] : NOTHING
}

const PARQUET = mark('PAR1')

function parquet(sample: Excerpt): readonly string[] {
  const { head, size } = sample
  const isBoth = size >= 12 && hasMark(head, PARQUET) && hasMark(bytesAt(sample, size - 4, 4), PARQUET)
  return isBoth ? ['application/vnd.apache.parquet'] : NOTHING
}

/** A bencoded dictionary (BEP 3) whose keys are those of a torrent. */
function torrent({ head }: Excerpt): readonly string[] {
  const start = head.toString('latin1', 0, 4096)
  if (!/^d\d{1,2}:[a-z]/.test(start)) return NOTHING
  return /\d:(?:announce|info|piece length|announce-list|nodes)[dl\d]/.test(start) || start.includes('4:infod')
    ? ['application/x-bittorrent']
    : NOTHING
}

/** A Python pickle of protocol 2 to 5 that is ended; unpickling it runs what it names. */
function pickle(sample: Excerpt): readonly string[] {
  const { head, size } = sample
  const protocol = head[1] ?? 0
  const isOp = [0x95, 0x7d, 0x5d, 0x63, 0x28, 0x58, 0x4b, 0x8c, 0x71, 0x29].includes(head[2] ?? 0)
  return protocol >= 2 && protocol <= 5 && isOp && bytesAt(sample, size - 1, 1)[0] === 0x2e
    ? ['application/x-python-pickle']
    : NOTHING
}

/** Excel 2 to 4 without a container: a BOF record of its version, of a length that it may have, for a sheet, macro sheet or workbook. */
function sheet({ head }: Excerpt): readonly string[] {
  const isRecord = [0x00, 0x02, 0x04, 0x08].includes(head[1] ?? 1) && [4, 6, 8, 16].includes(u16(head, 2))
  const kind = u16(head, 6)
  const isKind = [0x05, 0x06, 0x10, 0x20, 0x40, 0x0100].includes(kind)
  return isRecord && isKind && head.length > 8 ? ['application/vnd.ms-excel'] : NOTHING
}

const PDF = mark('%PDF-')

/** Readers take the mark anywhere in the first 1,024 bytes (Adobe's implementation notes to PDF 1.7, H.3 note 13). */
function pdf({ head }: Excerpt): readonly string[] {
  return head.subarray(0, 1024 + PDF.length).includes(PDF) ? ['application/pdf'] : NOTHING
}

/** Word takes blanks in front of a document, and its binary data make it no text. */
function indentedRtf({ head }: Excerpt): readonly string[] {
  return /^(?:\xef\xbb\xbf)?\s{1,1024}\{\\rt|^\xef\xbb\xbf\{\\rt/.test(head.toString('latin1', 0, 1032))
    ? ['application/rtf']
    : NOTHING
}

/** What Microsoft's script encoder made of JScript or VBScript: which of them, only decoding shows. The code has bytes that no text has. */
function encodedScript({ head }: Excerpt): readonly string[] {
  return /^#@~\^[A-Za-z0-9+/]{6}==/.test(head.toString('latin1', 0, 12)) ? ['application/x-ms-encoded-script'] : NOTHING
}
