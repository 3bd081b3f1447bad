/** OLE compound files (MS-CFB): Word, Excel, PowerPoint, Outlook and Installer keep their data in them. */
import type { Excerpt } from './excerpt.ts'

const MAGIC = Buffer.from('d0cf11e0a1b11ae1', 'hex')
/** Names of streams that only one program writes, as the directory has them. */
const STREAMS: readonly (readonly [Buffer, string])[] = [
  [utf16('WordDocument'), 'application/msword'],
  [utf16('Workbook'), 'application/vnd.ms-excel'],
  [utf16('PowerPoint Document'), 'application/vnd.ms-powerpoint'],
  [utf16('__nameid_version1.0'), 'application/vnd.ms-outlook'],
  [utf16('EncryptedPackage'), 'application/x-ole-storage'],
]

/** The program where the directory shows it in the part that is kept, else the container alone. */
export function detectOle({ head, tail }: Excerpt): string[] {
  if (!head.subarray(0, MAGIC.length).equals(MAGIC)) return []
  const program = STREAMS.find(([name]) => head.includes(name) || tail.includes(name))
  return [program?.[1] ?? 'application/x-ole-storage']
}

function utf16(text: string): Buffer {
  return Buffer.from(text, 'utf16le')
}
