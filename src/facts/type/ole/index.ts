/** OLE compound files ([MS-CFB]): programs are told by their streams and by the class of the root, variants by the stream itself. */
import { bytesAt, type Excerpt, u16 } from '../excerpt.ts'
import { type Entry, readEntries } from './directory.ts'
import { type OleHeader, placeOf, readHeader } from './header.ts'

interface Ole {
  readonly sample: Excerpt
  readonly header: OleHeader
  readonly entries: readonly Entry[]
}

/** Classes of the root entry, as their 16 bytes stand there. */
const CLASSES: Readonly<Record<string, string>> = {
  '84100c0000000000c000000000000046': 'application/x-msi',
  '86100c0000000000c000000000000046': 'application/x-ms-msp',
  '82100c0000000000c000000000000046': 'application/x-ms-mst',
  '0112020000000000c000000000000046': 'application/vnd.ms-publisher',
  '131a020000000000c000000000000046': 'application/vnd.visio',
  '141a020000000000c000000000000046': 'application/vnd.visio',
  '0b0d020000000000c000000000000046': 'application/vnd.ms-outlook',
  '46f0060000000000c000000000000046': 'application/vnd.ms-outlook',
}

/** Streams and storages that only one program writes. */
const STREAMS: readonly (readonly [RegExp, string])[] = [
  [/^WordDocument$/i, 'application/msword'],
  [/^(?:Workbook|Book)$/i, 'application/vnd.ms-excel'],
  [/^(?:PowerPoint Document|PP40|PP97_DUALSTORAGE)$/i, 'application/vnd.ms-powerpoint'],
  [/^(?:__nameid_version1\.0|__properties_version1\.0)$/i, 'application/vnd.ms-outlook'],
  [/^VisioDocument$/i, 'application/vnd.visio'],
  [/^Quill$/, 'application/vnd.ms-publisher'],
  [/^EncryptedPackage$/i, 'application/x-ole-encrypted-package'],
  [/^(?:Props12|Props9|Props14|TBkndTask)$/, 'application/vnd.ms-project'],
  [/^(?:MatOST|MM)$/, 'application/vnd.ms-works'],
  [/^HwpSummaryInformation$|^\x05HwpSummaryInformation$/, 'application/x-hwp'],
  [/^Catalog$/, 'application/x-ms-thumbs'],
  [/^PerfectOffice_MAIN$/, 'application/vnd.wordperfect'],
]
const VBA = /^(?:VBA|_VBA_PROJECT(?:_CUR)?|Macros)$/i
const PACKAGE = /^\x01Ole10Native$/i

/** The program that wrote it, else the container alone; after it what it brings along: macros, encryption, a packaged file. */
export function detectOle(sample: Excerpt): string[] {
  const header = readHeader(sample.head)
  if (header === undefined) return []
  const ole = { sample, header, entries: readEntries(sample, header) }
  const root = ole.entries.find(({ isRoot }) => isRoot)
  const byStream = STREAMS.filter(([name]) => ole.entries.some((entry) => name.test(entry.name))).map(
    ([, type]) => type,
  )
  const byClass = root === undefined ? undefined : CLASSES[root.classId]
  const programs = [...new Set([...(byClass === undefined ? [] : [byClass]), ...byStream])]
  const extras = ole.entries.some(({ name }) => VBA.test(name)) ? ['application/x-vba-project'] : []
  if (ole.entries.some(({ name }) => PACKAGE.test(name))) extras.push('application/x-ole-package')
  if (programs.length === 0) return ['application/x-ole-storage', ...extras]
  return [...programs, ...programs.flatMap((type) => VARIANTS[type]?.(ole) ?? []), ...extras]
}

const VARIANTS: Readonly<Record<string, (ole: Ole) => string[]>> = {
  'application/msword': wordVariants,
  'application/vnd.ms-excel': excelVariants,
  'application/vnd.ms-powerpoint': powerPointVariants,
}

/** Streams below this size lie in small sectors, which are not followed. */
const MINI_BYTES = 4096

/** The first bytes of a stream; none where they were not kept. */
function streamStart({ sample, header, entries }: Ole, name: RegExp, length: number): Buffer {
  const entry = entries.find((one) => one.isStream && name.test(one.name))
  const at = entry === undefined || entry.size < MINI_BYTES ? -1 : placeOf(header, entry.start)
  return bytesAt(sample, at, length)
}

/** Flags in the file information block ([MS-DOC] 2.5.2). */
function wordVariants(ole: Ole): string[] {
  const block = streamStart(ole, /^WordDocument$/i, 32)
  const flags = u16(block, 10)
  if (![0xa5ec, 0xa5dc].includes(u16(block, 0))) return []
  return [
    ...((flags & 0x0001) !== 0 ? ['application/x-ms-word-template'] : []),
    ...((flags & 0x0100) !== 0 ? ['application/x-encrypted-document'] : []),
  ]
}

/** Records of a workbook's globals ([MS-XLS] 2.3.1) that say it before the first sheet. */
const RECORDS: Readonly<Record<number, string>> = {
  47: 'application/x-encrypted-document',
  96: 'application/x-ms-excel-template',
  135: 'application/x-ms-excel-addin',
}

function excelVariants(ole: Ole): string[] {
  const stream = streamStart(ole, /^(?:Workbook|Book)$/i, 4096)
  const found: string[] = []
  for (let at = 0, count = 0; at + 4 <= stream.length && count < 40; count++) {
    const type = RECORDS[u16(stream, at)]
    if (type !== undefined && !found.includes(type)) found.push(type)
    if (u16(stream, at) === 0x0a) break
    at += 4 + u16(stream, at + 2)
  }
  return found
}

/** Encrypted presentations hide their summary in a stream of its own ([MS-PPT] 2.3.7). */
function powerPointVariants(ole: Ole): string[] {
  return ole.entries.some(({ name }) => /^EncryptedSummary$/i.test(name)) ? ['application/x-encrypted-document'] : []
}
