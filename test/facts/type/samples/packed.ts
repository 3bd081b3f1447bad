/** Archives, images of disks and other data whose marks are short. What `tools.ts` can make with real programs is made there. */
import { at, be16, be32, cat, changed, latin, le16, le32, noise } from '../bytes.ts'
import { marked, spoilt, type TypeSamples } from './sample.ts'

function arj(system: number): Buffer {
  return cat(0x60, 0xea, le16(50), 30, 11, 1, system, 0, 0, 2, 0, noise(60))
}

function lha(method: string, level: number): Buffer {
  return cat(24, 0x55, method, le32(100, 200, 0x5a210000), 0x20, level, 5, 'a.txt', noise(120))
}

function arc(method: number): Buffer {
  return cat(0x1a, method, 'OWN.TXT\0\0\0\0\0\0', le32(90), le16(0x5a21, 0x6000, 0x1234), le32(200), noise(100))
}

function cpio(isBig: boolean, mode: number): Buffer {
  const fields = [0o070707, 1, 2, mode, 0, 0, 1, 0, 0, 0, 4, 0, 30]
  return cat(isBig ? be16(...fields) : le16(...fields), 'a.t\0', noise(40))
}

function lzma(dictionary: number, low: number, high: number): Buffer {
  return cat(0x5d, le32(dictionary, low, high), 0, noise(90))
}

/** A boot sector of FAT. */
function fat(sector: number, tables: number): Buffer {
  const boot = cat('\xeb\x3c\x90MSDOS5.0', le16(sector), 4, le16(1), tables, le16(512, 2880), 0xf0, le16(9), noise(600))
  const whole = Buffer.concat([boot.subarray(0, 510), latin('\x55\xaa'), noise(2000)])
  return whole
}

/** The first sector of a disk with partitions. */
function disk(...types: readonly number[]): Buffer {
  const entries = types.map((type, n) => cat(n === 0 ? 0x80 : 0, 1, 1, 0, type, 9, 9, 9, le32(2048 * (n + 1), 2000)))
  return Buffer.concat([
    Buffer.alloc(446, 0x90),
    ...entries,
    Buffer.alloc(64 - 16 * types.length),
    latin('\x55\xaa'),
    noise(3000),
  ])
}

function ext(revision: number): Buffer {
  const block = Buffer.alloc(1024)
  block.writeUInt32LE(1000, 4)
  block.writeUInt32LE(2, 24)
  block.writeUInt16LE(0xef53, 56)
  block.writeUInt32LE(revision, 76)
  return cat(Buffer.alloc(1024), block, noise(500))
}

function udf(place: number, name: string): Buffer {
  const bytes = Buffer.alloc(0x10000)
  for (const [n, text] of [
    [0, '\0BEA01\x01'],
    [place, `\0${name}\x01`],
    [place + 1, '\0TEA01\x01'],
  ] as const)
    bytes.write(text, 0x8000 + 2048 * n, 'latin1')
  return bytes
}

function dbf(version: number, field: string): Buffer {
  const header = cat(
    version,
    126,
    11,
    23,
    le32(3),
    le16(65, 20),
    Buffer.alloc(20),
    at(0, field, 11),
    'C',
    Buffer.alloc(20),
    0x0d,
  )
  return cat(header, noise(60))
}

const END_OF_VHD = cat('conectix\0\0\0\x02\0\x01\0\0', noise(496))
const END_OF_DMG = cat('koly\0\0\0\x04\0\0\x02\0\0\0\0\x01', noise(496))

/** Samples of archives, disks and data. */
export const PACKED_SAMPLES: readonly TypeSamples[] = [
  spoilt('application/x-arj', [arj(0), arj(2), arj(11)], 1, [cat('`', noise(50))]),
  spoilt('application/x-lzh-compressed', [lha('-lh5-', 0), lha('-lh0-', 1), lha('-lhd-', 2), lha('-lzs-', 0)], 4),
  spoilt('application/x-arc', [arc(8), arc(2), arc(9)], 0, [cat(0x1a, 0x45, noise(60))]),
  spoilt(
    'application/x-compress',
    [16, 12, 14].map((bits) => cat(0x1f, 0x9d, 0x80 | bits, noise(70))),
    1,
    [cat(0x1f, 0x9d, 3, noise(70))],
  ),
  {
    type: 'application/x-cpio',
    genuine: [
      cpio(false, 0o100644),
      cpio(true, 0o040755),
      cat('0707010000000100', noise(99)),
      cat('070707000001', noise(99)),
    ],
    near: [cpio(false, 0), cat('070708', noise(50)), latin('0707 is a number')],
  },
  {
    type: 'application/x-lzma',
    genuine: [lzma(1 << 23, -1, -1), lzma(1 << 16, 900, 0), lzma(1 << 26, 5, 1)],
    near: [lzma(12345, -1, -1), lzma(1 << 23, 0, 0xff)],
  },
  spoilt(
    'application/x-archive',
    ['/               ', 'own.o/          ', '__.SYMDEF       '].map((name) => cat('!<arch>\n', name, noise(90))),
    3,
  ),
  spoilt(
    'application/vnd.debian.binary-package',
    ['', '/'].flatMap((slash) =>
      [60, 600].map((size) => cat(`!<arch>\ndebian-binary${slash}  1700000000  0`, noise(size))),
    ),
    10,
  ),
  spoilt(
    'application/x-asar',
    ['{}', '{"a":{"size":1}}', '{"b":{"files":{}}}'].map((files) => {
      const json = `{"files":${files}}`
      return cat(le32(4, json.length + 8, json.length + 4, json.length), json, noise(50))
    }),
    0,
  ),
  {
    type: 'application/x-fat-image',
    genuine: [fat(512, 2), fat(4096, 1), cat('\xeb\x76\x90EXFAT   ', Buffer.alloc(499), '\x55\xaa', noise(500))],
    near: [fat(500, 2), changed(fat(512, 2), 511, 0)],
  },
  {
    type: 'application/x-raw-disk-image',
    genuine: [disk(0x83), disk(0x0c), disk(0x07, 0x83)],
    near: [disk(), changed(disk(0x83), 446, 0x33)],
  },
  {
    type: 'application/x-ext-image',
    genuine: [ext(0), ext(1), cat(ext(1), noise(70_000))],
    near: [ext(9), changed(ext(1), 1080, 0)],
  },
  spoilt(
    'application/x-hfs-image',
    [
      cat(Buffer.alloc(1024), 'H+', be16(4), noise(600)),
      cat(Buffer.alloc(1024), 'HX', be16(5), noise(600)),
      cat(Buffer.alloc(1024), 'H+', be16(4), noise(90_000)),
    ],
    1024,
  ),
  {
    type: 'application/x-udf-image',
    genuine: [udf(1, 'NSR02'), udf(1, 'NSR03'), udf(5, 'NSR02')],
    near: [udf(1, 'NSR09'), udf(1, 'BOOT2')],
  },
  {
    type: 'application/x-vhd',
    genuine: [cat(END_OF_VHD, noise(99)), cat(noise(5000), END_OF_VHD), cat(noise(300_000), END_OF_VHD)],
    near: [cat(noise(5000), END_OF_VHD, 1), changed(END_OF_VHD, 3, 0)],
  },
  {
    type: 'application/x-apple-diskimage',
    genuine: [cat(noise(5000), END_OF_DMG), cat(noise(300_000), END_OF_DMG), cat(END_OF_DMG, noise(99))],
    near: [cat(noise(5000), END_OF_DMG, 1), cat(noise(500), 'koly', noise(508))],
  },
  spoilt('application/vnd.dbf', [dbf(3, 'NAME'), dbf(0x83, 'ID_2'), dbf(0xf5, 'PRICE')], 2),
  spoilt(
    'application/x-pcapng',
    [0x1a2b3c4d, 0x4d3c2b1a, 0x1a2b3c4d].map((order, n) => cat(be32(0x0a0d0d0a), le32(28, order), noise(60 + n))),
    9,
  ),
  {
    type: 'application/vnd.apache.parquet',
    genuine: [20, 900, 99_000].map((size) => cat('PAR1', noise(size), 'PAR1')),
    near: [cat('PAR1', noise(90)), cat('PAR', noise(90), 'PAR1')],
  },
  {
    type: 'application/x-bittorrent',
    genuine: [
      'd8:announce20:http://tracker.test/4:infod6:lengthi9eee',
      'd13:announce-listll4:testee4:infod4:name1:aee',
      'd7:comment4:test4:infod4:name1:aee',
    ].map(latin),
    near: [latin('d8:nowhere4:teste'), latin('d1:a1:be')],
  },
  marked('application/x-ms-thumbs', 0, 'CMMM\x20\0\0\0\x04\0\0\0'),
]
