/** Zip files, and what is built on them: told by the names of the members that lie in the part that is kept. */
import type { Excerpt } from './excerpt.ts'

const LOCAL = Buffer.from('PK\x03\x04', 'latin1')
const CENTRAL = Buffer.from('PK\x01\x02', 'latin1')
const END = Buffer.from('PK\x05\x06', 'latin1')
const MAX_MEMBERS = 200

const OOXML: readonly (readonly [RegExp, string, string])[] = [
  [/^word\//, 'vnd.openxmlformats-officedocument.wordprocessingml.document', 'vnd.ms-word.document.macroEnabled.12'],
  [/^xl\//, 'vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'vnd.ms-excel.sheet.macroEnabled.12'],
  [
    /^ppt\//,
    'vnd.openxmlformats-officedocument.presentationml.presentation',
    'vnd.ms-powerpoint.presentation.macroEnabled.12',
  ],
]

/** Zip and the format within it, the format first. A zip file may have anything before it: then its directory shows it. */
export function detectZip({ head, tail }: Excerpt): string[] {
  const isAtStart = head.subarray(0, 4).equals(LOCAL) || head.subarray(0, 4).equals(END)
  if (!isAtStart && !(tail.includes(END) && (tail.includes(CENTRAL) || head.includes(LOCAL)))) return []
  const names = [...memberNames(head, LOCAL, 26, 30), ...memberNames(tail, CENTRAL, 28, 46)]
  const format = ooxml(names) ?? openDocument(head) ?? java(names)
  return format === undefined ? ['application/zip'] : [format]
}

function memberNames(bytes: Buffer, signature: Buffer, lengthAt: number, nameAt: number): string[] {
  const names: string[] = []
  for (let at = bytes.indexOf(signature); at >= 0; at = bytes.indexOf(signature, at + 4)) {
    if (names.length >= MAX_MEMBERS || at + nameAt > bytes.length) break
    const length = bytes.readUInt16LE(at + lengthAt)
    names.push(bytes.toString('latin1', at + nameAt, at + nameAt + Math.min(length, 256)))
  }
  return names
}

function ooxml(names: readonly string[]): string | undefined {
  if (!names.some((name) => /^\[Content_Types\]\.xml$|^_rels\/\.rels$/i.test(name))) return undefined
  const program = OOXML.find(([folder]) => names.some((name) => folder.test(name)))
  if (program === undefined) return undefined
  const hasMacros = names.some((name) => /\/vbaProject\.bin$/i.test(name))
  return `application/${hasMacros ? program[2] : program[1]}`
}

/** OpenDocument and EPUB say their type in a stored first member (ODF 1.2 part 3, section 3.3). */
function openDocument(head: Buffer): string | undefined {
  const start = head.toString('latin1', 30, 160)
  return /^mimetype(application\/(?:vnd\.oasis\.opendocument\.[a-z-]+|epub\+zip))/.exec(start)?.[1]
}

function java(names: readonly string[]): string | undefined {
  if (names.includes('AndroidManifest.xml')) return 'application/vnd.android.package-archive'
  const isJar = names.some((name) => name === 'META-INF/' || name === 'META-INF/MANIFEST.MF')
  return isJar ? 'application/java-archive' : undefined
}
