/** Every format that is recognised: how it shows itself, and who opens it. */
import type { Opener } from './container.ts'
import { openExecutable } from './document/executable.ts'
import { openOneNote } from './document/onenote.ts'
import { openPdf } from './document/pdf.ts'
import { openRtf } from './document/rtf.ts'
import { openShortcut } from './document/shortcut.ts'
import { openGzip } from './gzip.ts'
import { openLzip } from './lzip.ts'
import { openActiveMime } from './mail-store/active-mime.ts'
import { isMbox, openMbox } from './mail-store/mbox.ts'
import { openTnef } from './mail-store/tnef.ts'
import { openCompound } from './ole/open.ts'
import { sevenZipOpener } from './seven-zip/open.ts'
import { isLz4, isZstd, openZstd } from './stream.ts'
import { isTar, openTar } from './tar.ts'
import { openPage } from './web/smuggling.ts'
import { openSvg } from './web/svg.ts'
import { hasDirectory } from './zip/directory.ts'
import { openZip } from './zip/zip.ts'

/** How a format shows itself in the bytes. */
interface Sign {
  /** Counted from the end where negative. */
  readonly at: number
  readonly bytes: Buffer
}

/** A format of containers. */
export interface Format {
  readonly name: string
  /** Undefined where nobody opens it: its content is then unscannable. */
  readonly open: Opener | undefined
  readonly signs: readonly Sign[]
  /** A second look where a few bytes do not suffice. */
  readonly test?: (content: Buffer) => boolean
  /** Media types by which a detector calls it; for formats that only a detector recognises. */
  readonly types?: readonly string[]
  /** Members lie in it as they are, so what looks like another container at its end is one of them. */
  readonly isFlat?: boolean
  /** One compressed stream: with a tar file in it, it counts as one container. */
  readonly isStream?: boolean
}

const SECTOR = 2048

const PAGE_TYPES = [
  'text/html',
  'application/xhtml+xml',
  'text/javascript',
  'application/javascript',
  'application/hta',
  'application/x-hta',
  'multipart/related',
]

/** In the order in which they are opened. */
export const FORMATS: readonly Format[] = [
  {
    name: 'zip',
    open: openZip,
    signs: [sign('PK\x03\x04'), sign('PK00PK\x03\x04'), sign('PK\x07\x08PK\x03\x04'), sign('PK\x05\x06')],
  },
  {
    name: 'tar',
    open: openTar,
    signs: [],
    test: isTar,
    isFlat: true,
  },
  { name: 'gzip', open: openGzip, signs: [sign('\x1f\x8b\x08')], isStream: true },
  { name: 'lzip', open: openLzip, signs: [sign('LZIP\x01')], isStream: true },
  { name: 'zstd', open: openZstd, signs: [], test: isZstd, isStream: true },
  seven('7z', '7z', [sign('7z\xbc\xaf\x27\x1c')]),
  seven('rar', 'Rar', [sign('Rar!\x1a\x07\0')]),
  seven('rar5', 'Rar5', [sign('Rar!\x1a\x07\x01\0')]),
  seven('cab', 'Cab', [sign('MSCF\0\0\0\0')]),
  seven('arj', 'Arj', [sign('\x60\xea')]),
  seven('lzh', 'Lzh', [sign('-lh', 2), sign('-lz', 2), sign('-pm', 2)]),
  seven('iso', 'Iso', [sign('CD001', 16 * SECTOR + 1), sign('CDROM', 16 * SECTOR + 9)], true),
  seven(
    'udf',
    'Udf',
    [
      sign('BEA01', 16 * SECTOR + 1),
      sign('NSR0', 17 * SECTOR + 1),
      sign('NSR0', 18 * SECTOR + 1),
      sign('NSR0', 19 * SECTOR + 1),
    ],
    true,
  ),
  stream('bzip2', 'bzip2', [sign('BZh')]),
  stream('xz', 'xz', [sign('\xfd7zXZ\0')]),
  stream('lzma', 'lzma', [], isLzma),
  stream('compress', 'Z', [sign('\x1f\x9d')]),
  seven('szdd', 'MsLZ', [sign('SZDD\x88\xf0\x27\x33')]),
  seven('wim', 'wim', [sign('MSWIM\0\0\0')]),
  seven('cpio', 'Cpio', [sign('070701'), sign('070702'), sign('070707'), sign('\xc7\x71'), sign('\x71\xc7')], true),
  seven('ar', 'Ar', [sign('!<arch>\n')], true),
  seven('rpm', 'Rpm', [sign('\xed\xab\xee\xdb')]),
  seven('xar', 'Xar', [sign('xar!\0')]),
  seven('chm', 'Chm', [sign('ITSF\x03\0\0\0')]),
  seven('hxs', 'Hxs', [sign('ITOLITLS')]),
  seven('vhd', 'VHD', [sign('conectix'), sign('conectix', -512)], true),
  seven('vhdx', 'VHDX', [sign('vhdxfile')], true),
  seven('vmdk', 'VMDK', [sign('KDMV')], true),
  seven('vdi', 'VDI', [sign('\x7f\x10\xda\xbe', 64)], true),
  seven('qcow', 'QCOW', [sign('QFI\xfb')], true),
  seven('dmg', 'Dmg', [sign('koly\0\0\0\x04', -512)]),
  seven('squashfs', 'SquashFS', [sign('hsqs'), sign('sqsh')]),
  seven('cramfs', 'CramFS', [sign('Compressed ROMFS', 16)]),
  seven('hfs', 'HFS', [sign('H+\0\x04', 1024), sign('HX\0\x05', 1024), sign('BD', 1024)], true),
  seven('apfs', 'APFS', [sign('NXSB', 32)], true),
  seven('ntfs', 'NTFS', [sign('NTFS    \0', 3)], true),
  seven('fat', 'FAT', [sign('FAT12   ', 54), sign('FAT16   ', 54), sign('FAT32   ', 82)], true),
  seven(
    'ext',
    'Ext',
    [sign('\x53\xef', 1080)],
    true,
    (content) => content.length > 4096 && content.readUInt32LE(1024 + 24) <= 6,
  ),
  seven('gpt', 'GPT', [sign('EFI PART\0\0\x01\0', 512)], true),
  seven('mbr', 'MBR', [], true, isPartitioned),
  { name: 'compound', open: openCompound, signs: [sign('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1')] },
  { name: 'tnef', open: openTnef, signs: [sign('\x78\x9f\x3e\x22')] },
  { name: 'mbox', open: openMbox, signs: [], test: isMbox, types: ['application/mbox'] },
  { name: 'active-mime', open: openActiveMime, signs: [sign('ActiveMime')] },
  { name: 'pdf', open: openPdf, signs: [], test: (content) => content.subarray(0, 1029).includes('%PDF-') },
  { name: 'rtf', open: openRtf, signs: [], test: isRtf },
  {
    name: 'onenote',
    open: openOneNote,
    signs: [sign('\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3')],
  },
  { name: 'shortcut', open: openShortcut, signs: [sign('L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0F')] },
  { name: 'executable', open: openExecutable, signs: [sign('MZ'), sign('ZM')] },
  { name: 'svg', open: openSvg, signs: [], test: isSvg, types: ['image/svg+xml'] },
  { name: 'page', open: openPage, signs: [], test: isPage, types: PAGE_TYPES },
  closed('ace', '**ACE**', 7),
  closed('zpaq', '7kSt\xa0\x31\x83\xd3'),
  closed('zpaq', 'zPQ\x01'),
  closed('stuffit', 'SIT!'),
  closed('stuffit', 'StuffIt (c)'),
  closed('stuffit', 'StuffIt!'),
  closed('zoo', '\xdc\xa7\xc4\xfd', 20),
  closed('alz', 'ALZ\x01'),
  closed('egg', 'EGGA\0\x01'),
  closed('lzop', '\x89LZO\0\r\n\x1a\n'),
  closed('lrzip', 'LRZI'),
  { name: 'lz4', open: undefined, signs: [], test: isLz4 },
  closed('brotli', '\xce\xb2\xcf\x81'),
  closed('freearc', 'ArC\x01'),
  closed('uharc', 'UHA'),
  closed('kgb', 'KGB_arch'),
  closed('symbian', '\x7a\x1a\x20\x10'),
  closed('symbian', '\x19\x04\0\x10', 8),
  closed('installshield', 'ISc('),
]

/** Formats that a content has, in the order of the table; `types` are what a detector found. */
export function formatsOf(content: Buffer, types: readonly string[], table: readonly Format[] = FORMATS): Format[] {
  const all = table.filter((format) => isOf(content, types, format))
  const found = isFixedDisk(content) ? all.filter(({ name }) => !RAW_DISKS.has(name)) : all
  const mayHaveTail = !found.some(({ isFlat, name }) => isFlat || name === 'zip')
  const zip = table.find(({ name }) => name === 'zip')
  if (mayHaveTail && zip !== undefined && hasDirectory(content)) found.push(zip)
  return found
}

function isOf(content: Buffer, types: readonly string[], format: Format): boolean {
  if (format.types?.some((type) => types.includes(type))) return true
  const isSigned = format.signs.some(({ at, bytes }) => {
    const from = at < 0 ? content.length + at : at
    return (
      from >= 0 && content.length >= from + bytes.length && content.subarray(from, from + bytes.length).equals(bytes)
    )
  })
  if (format.signs.length > 0 && !isSigned) return false
  return format.test?.(content) ?? isSigned
}

function sign(bytes: string, at = 0): Sign {
  return { at, bytes: Buffer.from(bytes, 'latin1') }
}

function seven(
  name: string,
  type: string,
  signs: readonly Sign[],
  isFlat = false,
  test?: (content: Buffer) => boolean,
): Format {
  return { name, open: sevenZipOpener(type), signs, isFlat, ...(test ? { test } : {}) }
}

function stream(name: string, type: string, signs: readonly Sign[], test?: (content: Buffer) => boolean): Format {
  return { ...seven(name, type, signs, false, test), isStream: true }
}

function closed(name: string, magic: string, at = 0): Format {
  return { name, open: undefined, signs: [sign(magic, at)] }
}

function isRtf(content: Buffer): boolean {
  return /^\s{0,64}\{\\rt/.test(content.toString('latin1', 0, 80))
}

/** The beginning of a text, without the mark of its encoding. */
function beginning(content: Buffer): string {
  const head = content.subarray(0, 2048)
  const isWide = (head[0] === 0xff && head[1] === 0xfe) || head[1] === 0
  return (isWide ? head.subarray(0, head.length & ~1).toString('utf16le') : head.toString('utf8'))
    .replace(/^\ufeff/, '')
    .trimStart()
}

function isSvg(content: Buffer): boolean {
  const text = beginning(content)
  return text.startsWith('<') && /<(?:\w{1,20}:)?svg[\s>]/i.test(text)
}

function isPage(content: Buffer): boolean {
  const text = beginning(content)
  return (
    text.startsWith('<') &&
    /<(?:!doctype html|html|head|body|script|iframe|meta|title|a|img|object|embed)[\s>/]/i.test(text)
  )
}

/** LZMA alone has no magic: properties, a dictionary of a round size, a size that is unknown or small, and the first byte of a range coder. */
function isLzma(content: Buffer): boolean {
  if (content.length < 18 || content.readUInt8(0) !== 0x5d || content.readUInt8(13) !== 0) return false
  const dictionary = content.readUInt32LE(1)
  const isRound =
    dictionary === 0xffffffff || (dictionary >= 4096 && (dictionary & (dictionary - 1)) === 0) || dictionary % 3 === 0
  const size = content.readBigUInt64LE(5)
  return isRound && (size === 0xffffffffffffffffn || size < 1n << 40n)
}

/** What a disk shows of itself, which is the only member of a file that has a disk as it is. */
const RAW_DISKS = new Set(['mbr', 'gpt', 'fat', 'ntfs', 'ext', 'hfs', 'apfs', 'iso', 'udf'])

/** A virtual disk of fixed size: the disk as it is, and a footer ("Virtual Hard Disk Image Format Specification", 2006). */
function isFixedDisk(content: Buffer): boolean {
  const footer = content.subarray(Math.max(0, content.length - 512))
  const isOne = footer.length === 512 && footer.toString('latin1', 0, 8) === 'conectix' && footer.readUInt32BE(60) === 2
  return isOne && content.toString('latin1', 0, 8) !== 'conectix'
}

/** A boot sector whose partitions lie within the image. */
function isPartitioned(content: Buffer): boolean {
  if (content.length < 4096 || content.readUInt16BE(510) !== 0x55aa) return false
  // The boot sector of a file system has the same end, and code where the partitions would be.
  if ([3, 54, 82].some((at) => /^(?:FAT|NTFS)/.test(content.toString('latin1', at, at + 4)))) return false
  let isAny = false
  for (let at = 446; at < 510; at += 16) {
    const [status = 0, start, length] = [content[at], content.readUInt32LE(at + 8), content.readUInt32LE(at + 12)]
    if ((status & 0x7f) !== 0) return false
    // What guards a table of GUIDs from old programs is no partition.
    if (length === 0 || (content[at + 4] === 0xee && content.toString('latin1', 512, 520) === 'EFI PART')) continue
    if (start === 0 || content[at + 4] === 0 || (start + 1) * 512 > content.length) return false
    isAny = true
  }
  return isAny
}
