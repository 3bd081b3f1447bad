/** Programs of DOS and Windows (Microsoft's PE format specification), their kinds, and what is appended to them. */
import { bytesAt, type Excerpt, hasMark, mark, u16, u32 } from '../excerpt.ts'
import { NOTHING } from './detector.ts'

interface Section {
  readonly address: number
  readonly size: number
  readonly at: number
  readonly stored: number
}

interface Pe {
  readonly flags: number
  readonly subsystem: number
  /** Places in the file; 0 where there is none. */
  readonly exports: number
  readonly clr: number
  readonly overlay: number
}

/** How much is kept where exports and appended data begin. */
const WINDOW_BYTES = 4096
const MAX_SECTIONS = 96

/** The places beyond the head that a program's header points to. */
export function programPlaces(head: Buffer): readonly (readonly [at: number, length: number])[] {
  const pe = readPe(head)
  return pe === undefined
    ? []
    : [pe.exports, pe.overlay].filter((at) => at > 0).map((at) => [at, WINDOW_BYTES] as const)
}

/** A DOS, NE or PE program: the first is what Windows makes of it, then its kinds and what it brings along. */
export function program(sample: Excerpt): readonly string[] {
  const { head } = sample
  const start = head.toString('latin1', 0, 2)
  if ((start !== 'MZ' && start !== 'ZM') || head.length < 64) return NOTHING
  const pe = start === 'MZ' ? readPe(head) : undefined
  if (pe !== undefined) return ['application/vnd.microsoft.portable-executable', ...kindsOf(pe, sample)]
  const isNe = start === 'MZ' && head.toString('latin1', u32(head, 60), u32(head, 60) + 2) === 'NE'
  return [isNe ? 'application/x-ne-executable' : 'application/x-dosexec']
}

function readPe(head: Buffer): Pe | undefined {
  const at = u32(head, 60)
  if (head[0] !== 0x4d || head[1] !== 0x5a || !hasMark(head, mark('PE\0\0'), at)) return undefined
  const optional = at + 24
  const isPlus = u16(head, optional) === 0x20b
  const directories = optional + (isPlus ? 112 : 96)
  const sections = readSections(head, optional + u16(head, at + 20), Math.min(u16(head, at + 6), MAX_SECTIONS))
  const count = u32(head, directories - 4)
  return {
    flags: u16(head, at + 22),
    subsystem: u16(head, optional + 68),
    exports: count > 0 ? placeOf(u32(head, directories), sections) : 0,
    clr: count > 14 ? u32(head, directories + 14 * 8) : 0,
    overlay: sections.reduce((end, { at: from, stored }) => Math.max(end, from > 0 ? from + stored : 0), 0),
  }
}

function readSections(head: Buffer, from: number, count: number): readonly Section[] {
  return Array.from({ length: count }, (_, n) => {
    const at = from + 40 * n
    return { size: u32(head, at + 8), address: u32(head, at + 12), stored: u32(head, at + 16), at: u32(head, at + 20) }
  })
}

/** Where in the file an address in memory lies. */
function placeOf(address: number, sections: readonly Section[]): number {
  if (address === 0) return 0
  const section = sections.find(
    (one) => address >= one.address && address < one.address + Math.max(one.size, one.stored),
  )
  return section === undefined ? 0 : address - section.address + section.at
}

const SUBSYSTEM_NATIVE = 1
const SUBSYSTEMS_EFI = [10, 11, 12, 13]
const FLAG_DLL = 0x2000

function kindsOf(pe: Pe, sample: Excerpt): string[] {
  const found: string[] = []
  const names = pe.exports > 0 ? bytesAt(sample, pe.exports, WINDOW_BYTES).toString('latin1') : ''
  if (hasName(names, 'xlAutoOpen')) found.push('application/x-ms-excel-xll')
  if (hasName(names, 'CPlApplet')) found.push('application/x-ms-control-panel')
  if (pe.subsystem === SUBSYSTEM_NATIVE) found.push('application/x-ms-driver')
  else if ((pe.flags & FLAG_DLL) !== 0) found.push('application/x-ms-dll')
  if (SUBSYSTEMS_EFI.includes(pe.subsystem)) found.push('application/x-efi-application')
  if (pe.clr > 0) found.push('application/x-dotnet-assembly')
  return [...found, ...appendedTo(pe, sample)]
}

/** Exported names stand between zero bytes. */
function hasName(names: string, name: string): boolean {
  return names.includes(`\0${name}\0`)
}

/** What self-extracting programs carry behind their last section. */
const APPENDED: readonly (readonly [type: string, bytes: Buffer, at: number])[] = [
  ['application/x-7z-compressed', mark('7z\xbc\xaf\x27\x1c'), 0],
  ['application/vnd.rar', mark('Rar!\x1a\x07'), 0],
  ['application/vnd.ms-cab-compressed', mark('MSCF\0\0\0\0'), 0],
  ['application/zip', mark('PK\x03\x04'), 0],
  ['application/x-nsis-installer', mark('\xef\xbe\xad\xdeNullsoftInst'), 4],
  ['application/x-inno-setup', mark('zlb\x1a'), 0],
  ['application/x-inno-setup', mark('idska32\x1a'), 0],
  ['application/x-autoit-compiled', mark('\xa3\x48\x4b\xbe\x98\x6c\x4a\xa9\x99\x4c\x53\x0a\x86\xd6\x48\x7d'), 0],
]

function appendedTo(pe: Pe, sample: Excerpt): string[] {
  if (pe.overlay === 0) return []
  const bytes = bytesAt(sample, pe.overlay, 512)
  return APPENDED.filter(([, sign, at]) => hasMark(bytes, sign, at)).map(([type]) => type)
}
