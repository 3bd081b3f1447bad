/** Pictures, sound, film and fonts whose headers need a second look. */
import { at, be16, be32, cat, latin, le16, le32, noise } from '../bytes.ts'
import { spoilt, type TypeSamples } from './sample.ts'

function png(...chunks: readonly string[]): Buffer {
  const header = cat(be32(13), 'IHDR', be32(16, 16), 8, 6, 0, 0, 0, noise(4))
  return cat('\x89PNG\r\n\x1a\n', header, ...chunks.map((name) => cat(be32(8), name, noise(12))))
}

function bmp(header: number): Buffer {
  return cat('BM', le32(header + 114), le32(0, header + 14, header), noise(header + 100))
}

function icon(kind: number, count: number): Buffer {
  const size = 200
  const entries = Array.from({ length: count }, (_, n) =>
    cat(16, 16, 0, 0, le16(1, 32), le32(size, 6 + 16 * count + n * size)),
  )
  return cat(le16(0, kind, count), ...entries, noise(size * count))
}

function brand(name: string, compatible = 'isom'): Buffer {
  return cat(be32(24), 'ftyp', name, be32(0), compatible, name, be32(500), 'moov', noise(500))
}

function brands(type: string, ...names: readonly string[]): TypeSamples {
  const genuine = [...names, ...names, ...names]
    .slice(0, Math.max(3, names.length))
    .map((name, n) => cat(brand(name), noise(n * 50)))
  return { type, genuine, near: [cat('x', brand(names[0] ?? '')), cat(be32(0), 'ftyp is not a box of no size')] }
}

function riff(type: string, form: string): TypeSamples {
  const make = (size: number) => cat('RIFF', le32(size + 4), form, noise(size))
  return spoilt(type, [make(50), make(500), make(70_000)], 8)
}

function ogg(type: string, packet: string): TypeSamples {
  const make = (size: number) => cat('OggS\0\x02', Buffer.alloc(8), noise(12), 1, 0x1e, packet, noise(size))
  return { type, genuine: [make(10), make(400), make(70_000)], near: [cat('OggX', make(10).subarray(4)), cat('OggS')] }
}

function matroska(type: string, name: string): TypeSamples {
  const make = (size: number) =>
    cat('\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82', 0x80 | name.length, name, noise(size))
  return spoilt(type, [make(50), make(500), make(70_000)], 1)
}

const ASF = Buffer.from('3026b2758e66cf11a6d900aa0062ce6c', 'hex')
const VIDEO = Buffer.from('c0ef19bc4d5bcf11a8fd00805f5c442b', 'hex')
const AUDIO = Buffer.from('409e69f84d5bcf11a8fd00805f5c442b', 'hex')

function asf(type: string, stream: Buffer): TypeSamples {
  const make = (size: number) => cat(ASF, le32(500, 0, 3), noise(60), stream, noise(size))
  return spoilt(type, [make(50), make(500), make(70_000)], 3)
}

/** Frames of MPEG-1 layer 3 with 128 kbit/s at 44.1 kHz: 417 bytes each. */
function mp3(count: number): Buffer {
  return cat(...Array.from({ length: count }, () => cat('\xff\xfb\x90\x64', Buffer.alloc(413))))
}

function aac(count: number): Buffer {
  const length = 64
  const header = cat(0xff, 0xf1, 0x50, 0x80 | (length >> 11), (length >> 3) & 0xff, ((length & 7) << 5) | 0x1f, 0xfc)
  return cat(...Array.from({ length: count }, () => cat(header, noise(length - 7))))
}

function transport(packet: number, skip: number): Buffer {
  return cat(...Array.from({ length: 6 }, () => cat(Buffer.alloc(skip, 1), at(0, 'G\x40\x11\x10', packet))))
}

function sfnt(version: string, tables: number): Buffer {
  return cat(version, be16(tables, 128, 3, 64), 'GDEF', be32(1, 300, 20), 'cmap', be32(1, 320, 20), noise(400))
}

function eot(version: number): Buffer {
  const size = 300
  return cat(le32(size, size - 100, version), Buffer.alloc(22), 'LP', noise(size - 36))
}

/** Samples of pictures, sound, film and fonts. */
export const MEDIA_SAMPLES: readonly TypeSamples[] = [
  spoilt('image/png', [png('IDAT'), png('tEXt', 'IDAT'), png('PLTE', 'IDAT')], 1),
  {
    type: 'image/apng',
    genuine: [png('acTL', 'IDAT'), png('gAMA', 'acTL'), png('acTL', 'fcTL')],
    near: [png('IDAT'), png('PLTE')],
  },
  spoilt('image/bmp', [bmp(40), bmp(108), bmp(124)], 1, [latin('BMW is a car and this is a text that is long enough')]),
  spoilt(
    'image/tiff',
    [cat('II*\0', le32(8), noise(90)), cat('MM\0*', be32(8), noise(90)), cat('II+\0\b\0\0\0', noise(90))],
    2,
  ),
  spoilt(
    'image/x-canon-cr2',
    [20, 200, 70_000].map((size) => cat('II*\0', le32(16), 'CR\x02\0', noise(size))),
    8,
  ),
  { type: 'image/vnd.microsoft.icon', genuine: [1, 2, 9].map((n) => icon(1, n)), near: [icon(2, 1), icon(1, 0)] },
  { type: 'image/x-win-cursor', genuine: [1, 2, 9].map((n) => icon(2, n)), near: [icon(1, 1), icon(3, 1)] },
  riff('image/webp', 'WEBPVP8 '),
  riff('audio/x-wav', 'WAVEfmt '),
  riff('video/x-msvideo', 'AVI LIST'),
  riff('image/x-win-animated-cursor', 'ACONanih'),
  {
    type: 'image/x-icns',
    genuine: [20, 300, 70_000].map((size) => cat('icns', be32(size + 8), noise(size))),
    near: [cat('icns', be32(99), noise(20)), cat('icon', be32(28), noise(20))],
  },
  spoilt(
    'image/wmf',
    [
      cat('\xd7\xcd\xc6\x9a\0\0', noise(80)),
      cat(le16(1, 9, 0x300), le32(50), le16(2), le32(9), le16(0), noise(80)),
      cat(le16(1, 9, 0x100), le32(50), le16(2), le32(9), le16(0), noise(80)),
    ],
    2,
  ),
  spoilt(
    'image/emf',
    [88, 108, 200].map((size) => cat(le32(1, size), Buffer.alloc(32), ' EMF', noise(size))),
    41,
  ),
  spoilt(
    'image/x-pcx',
    [5, 3, 2].map((version) => cat(10, version, 1, 8, le16(0, 0, 99, 99), Buffer.alloc(116), noise(90))),
    2,
  ),
  brands('image/heic', 'heic', 'heix'),
  brands('image/heif', 'mif1', 'msf1'),
  brands('image/avif', 'avif', 'avis'),
  brands('audio/mp4', 'M4A ', 'M4B '),
  brands('video/mp4', 'isom', 'mp42', 'avc1'),
  {
    type: 'video/quicktime',
    genuine: [brand('qt  '), cat(be32(200), 'moov', noise(300)), cat(be32(8), 'wide', be32(200), 'mdat', noise(300))],
    near: [cat(be32(1), 'moov'), brand('isom')],
  },
  brands('video/3gpp', '3gp4', '3gp5', '3ge6'),
  brands('video/3gpp2', '3g2a', '3g2b'),
  {
    type: 'audio/mpeg',
    genuine: [mp3(4), mp3(1), cat('ID3\x03\0\0\0\0\x02\x01TIT2', noise(300)), cat('ID3\x04\0', noise(70))],
    near: [cat('\xff\xfb\x90\x64', noise(600)), latin('\xff\xff\xff\xff\xff'), Buffer.from('\ufeffHallo', 'utf16le')],
  },
  spoilt('audio/aac', [aac(2), aac(3), aac(9)], 1, [cat('\xff\xf1\x50\x80\x08\x1f\xfc', noise(90))]),
  spoilt(
    'audio/aiff',
    ['AIFFCOMM', 'AIFCFVER', 'AIFFSSND'].map((form) => cat('FORM', be32(90), form, noise(90))),
    9,
  ),
  spoilt(
    'audio/vnd.dolby.dd-raw',
    [0x10, 0x1c, 0x20].map((rate) => cat('\x0b\x77\x20\x30', rate, 0x40, noise(90))),
    1,
  ),
  ogg('audio/ogg', '\x01vorbis\0\0\0\0\x02'),
  ogg('audio/opus', 'OpusHead\x01\x02'),
  ogg('video/ogg', '\x80theora\x03\x02'),
  matroska('video/matroska', 'matroska'),
  matroska('video/webm', 'webm'),
  asf('video/x-ms-wmv', VIDEO),
  asf('audio/x-ms-wma', AUDIO),
  asf('video/x-ms-asf', Buffer.alloc(16)),
  spoilt('video/mp2t', [transport(188, 0), transport(188, 4), cat(transport(188, 0), noise(188))], 188),
  spoilt('font/ttf', [sfnt('\0\x01\0\0', 12), sfnt('true', 9), sfnt('\0\x01\0\0', 19)], 2),
  spoilt('application/vnd.ms-fontobject', [0x00010000, 0x00020001, 0x00020002].map(eot), 34),
]
