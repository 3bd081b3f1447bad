/** Programs. */
import { at, be16, be32, cat, changed, le16, le32, noise } from '../bytes.ts'
import { zip } from '../containers.ts'
import { marked, spoilt, type TypeSamples } from './sample.ts'

/** How a program of Windows is written. */
export interface PeForm {
  readonly dll?: boolean
  readonly subsystem?: number
  readonly exports?: readonly string[]
  readonly clr?: boolean
  readonly plus?: boolean
  readonly code?: number
  readonly appended?: Buffer
}

/** A program of Windows: headers, one section with code and exports, and what is appended. */
export function pe(form: PeForm = {}): Buffer {
  const plus = form.plus ?? false
  const optional = plus ? 240 : 224
  const code = form.code ?? 512
  const names = form.exports === undefined ? '' : `own.dll\0${form.exports.join('\0')}\0`
  const table = cat(
    le32(0, 0),
    le16(0, 0),
    le32(0x2028 + code, 1, names.length, names.length, 0, 0, 0),
    '\0'.repeat(4),
    names,
  )
  const body = cat(noise(code), form.exports === undefined ? '' : table)
  const directories = Buffer.alloc(128)
  if (form.exports !== undefined) directories.writeUInt32LE(0x2000 + code, 0)
  if (form.clr) directories.writeUInt32LE(0x2008, 14 * 8)
  const fields = Buffer.alloc(plus ? 112 : 96)
  fields.writeUInt16LE(plus ? 0x20b : 0x10b, 0)
  fields.writeUInt16LE(form.subsystem ?? 2, 68)
  fields.writeUInt32LE(16, fields.length - 4)
  const section = cat('.text\0\0\0', le32(body.length, 0x2000, body.length, 1024), Buffer.alloc(12), le32(0x60000020))
  const head = cat(
    at(0, 'MZ\x90\0', 60),
    le32(128),
    Buffer.alloc(64),
    'PE\0\0',
    le16(plus ? 0x8664 : 0x14c, 1),
    Buffer.alloc(12),
    le16(optional, form.dll ? 0x2102 : 0x0102),
    fields,
    directories,
    section,
  )
  return cat(head, Buffer.alloc(1024 - head.length), body, form.appended ?? '')
}

const plain = pe()
const text = cat('MZ is how a letter of some Mark Z. begins, and it is long enough to have a header in it.')
const nullsoft = cat(le32(0), '\xef\xbe\xad\xdeNullsoftInst', le32(100, 200), noise(300))
const archive = zip([['a.txt', 'a']])

function appended(type: string, bytes: Buffer): TypeSamples {
  const genuine = [100, 512, 200_000].map((code) => pe({ code, appended: bytes }))
  return { type, genuine, near: [pe({ appended: cat(noise(64), changed(bytes, 5, 0x55)) }), pe({ code: 700 })] }
}

function kind(type: string, form: PeForm): TypeSamples {
  return {
    type,
    genuine: [pe(form), pe({ ...form, plus: true }), pe({ ...form, code: 150_000 })],
    near: [plain, pe({ plus: true })],
  }
}

function ne(): Buffer {
  return cat(at(0, 'MZ', 60), le32(64), 'NE\x05\x10', noise(200))
}

function javaClass(version: number, minor = 0): Buffer {
  return cat(be32(0xcafebabe), be16(minor, version, 20), '\x0a\0\x02\0\x03', noise(200))
}

/** Samples of programs. */
export const PROGRAM_SAMPLES: readonly TypeSamples[] = [
  {
    type: 'application/vnd.microsoft.portable-executable',
    genuine: [plain, pe({ plus: true }), pe({ dll: true }), pe({ appended: archive }), pe({ code: 100_000 })],
    near: [changed(plain, 128, 0x51), cat('x', plain), text],
  },
  kind('application/x-ms-dll', { dll: true }),
  kind('application/x-ms-control-panel', { dll: true, exports: ['CPlApplet'] }),
  kind('application/x-ms-excel-xll', { dll: true, exports: ['xlAutoClose', 'xlAutoOpen'] }),
  kind('application/x-ms-driver', { subsystem: 1 }),
  kind('application/x-efi-application', { subsystem: 10 }),
  kind('application/x-dotnet-assembly', { clr: true }),
  appended('application/x-nsis-installer', nullsoft),
  appended('application/x-inno-setup', cat('zlb\x1a', noise(200))),
  {
    type: 'application/x-dosexec',
    genuine: [at(0, 'MZ\x90\0\x03', 64), cat(at(0, 'MZ', 64), noise(400)), cat(at(0, 'ZM', 64), noise(4000))],
    near: [cat('MZ'), plain],
  },
  spoilt('application/x-ne-executable', [ne(), cat(ne(), noise(50)), cat(ne(), archive)], 64),
  marked('application/x-elf', 0, '\x7fELF\x02\x01\x01\0', '\x7fELF\x01\x01\x01\0', '\x7fELF\x02\x02\x01\0'),
  {
    type: 'application/x-mach-binary',
    genuine: [
      cat('\xcf\xfa\xed\xfe\x07\0\0\x01', noise(100)),
      cat('\xfe\xed\xfa\xce\0\0\0\x12', noise(100)),
      cat(be32(0xcafebabe, 2), noise(100)),
      cat(be32(0xcafebabf, 2), noise(100)),
    ],
    near: [cat('\xcf\xfa\xed\xff\x07\0\0\x01'), javaClass(52), cat(be32(0xcafebabe, 2))],
  },
  spoilt('application/java-vm', [javaClass(52), javaClass(45, 3), javaClass(65, 65_535)], 0, [
    cat(be32(0xcafebabe, 2), noise(100)),
  ]),
  spoilt(
    'application/vnd.adobe.flash.movie',
    [
      cat('FWS\x08', le32(300), noise(292)),
      cat('CWS\x0a', le32(5000), noise(292)),
      cat('ZWS\x0d', le32(90_000), noise(292)),
    ],
    2,
    [cat('FWS is an abbreviation in this text')],
  ),
  spoilt(
    'application/x-bytecode.python',
    [
      cat(le16(3495), '\r\n', le32(0, 0x65000000, 100), 0xe3, noise(200)),
      cat(le16(3379), '\r\n', le32(0x5a000000, 90), 0xe3, noise(200)),
      cat(le16(62211), '\r\n', le32(0x4a000000), 0x63, noise(200)),
    ],
    3,
  ),
]
