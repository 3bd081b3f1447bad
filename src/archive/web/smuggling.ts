/**
 * Files that lie in HTML, SVG or scripts: `data:` addresses, and literals that a script turns into a file (atob, Blob, msSaveBlob). Nothing
 * is run: literals are found by their form.
 */
import type { Name } from '../../core/index.ts'
import { baseName, type Member, memberOf, type OpenContext } from '../container.ts'
import { looksLikeFile } from '../magic.ts'

/** Signs that a script makes a file. */
const MAKES_FILE =
  /\batob\b|\bBlob\b|msSaveOrOpenBlob|msSaveBlob|createObjectURL|Uint8Array|fromCharCode|\.download\b|FileReader|\bunescape\b|document\.write|\beval\b/
const DATA_URI = /data:([\w.+-]{1,80}\/[\w.+-]{1,80})?((?:;[\w-]{1,40}(?:=[^;,"'\s<>]{0,200})?){0,8}),([^"'\s<>)\\]+)/gi
/** A literal is one string, or several that are added; it has nothing but digits of its alphabet. */
const BASE64 = /["'`]((?:[A-Za-z0-9+/_-]|\\[nr/]|["'`]\s{0,20}\+\s{0,20}["'`]|\s){48,}={0,2})["'`]/g
const HEX = /["'`]((?:[0-9A-Fa-f]{2}|\\x[0-9A-Fa-f]{2}|%[0-9A-Fa-f]{2}|["'`]\s{0,20}\+\s{0,20}["'`]){32,})["'`]/g
const ARRAY =
  /[[(]\s{0,20}((?:(?:0x[0-9A-Fa-f]{1,2}|-?\d{1,3})\s{0,20},\s{0,20}){31,}(?:0x[0-9A-Fa-f]{1,2}|-?\d{1,3}))\s{0,20},?\s{0,20}[\])]/g
const NAMES = [
  /\bdownload\s{0,10}=\s{0,10}["'`]([^"'`<>\r\n]{1,200})["'`]/gi,
  /\b(?:msSave(?:OrOpen)?Blob|saveAs)\s{0,10}\([^"'`;]{0,200},\s{0,10}["'`]([^"'`<>\r\n]{1,200})["'`]/gi,
  /\bsetAttribute\s{0,10}\(\s{0,10}["']download["']\s{0,10},\s{0,10}["'`]([^"'`<>\r\n]{1,200})["'`]/gi,
  /\b(?:file_?name|fname|name|fn)\s{0,10}[=:]\s{0,10}["'`]([^"'`<>\r\n/]{1,150}\.\w{2,5})["'`]/gi,
]
/** Text beyond this is no page that a person opens. */
const MAX_TEXT = 64 * 1024 * 1024
const MAX_MEMBERS = 1000

interface Found {
  readonly bytes: Buffer
  readonly origin: string
  readonly declaredType: string
}

/** Opens a page or script: its members are the files in it. */
export function* openPage(content: Buffer, context: OpenContext): Generator<Member> {
  const text = textOf(content.subarray(0, MAX_TEXT))
  const names = downloadNames(text)
  const seen = new Set<string>()
  let count = 0
  for (const found of filesIn(text)) {
    const key = `${found.bytes.length} ${found.bytes.toString('latin1', 0, 64)}`
    if (found.bytes.length === 0 || seen.has(key)) continue
    seen.add(key)
    if (++count > MAX_MEMBERS) return context.note('unsupported')
    yield toMember(found, names, count, context)
  }
}

function* filesIn(text: string): Generator<Found> {
  for (const [, type = '', parameters = '', data = ''] of text.matchAll(DATA_URI)) {
    const bytes = /;base64/i.test(parameters)
      ? Buffer.from(percentDecoded(data).toString('latin1'), 'base64')
      : percentDecoded(data)
    yield { bytes, origin: 'data-uri', declaredType: type.toLowerCase() }
  }
  const makesFile = MAKES_FILE.test(text)
  for (const [pattern, decode, origin] of LITERALS) {
    for (const [, literal = ''] of text.matchAll(pattern)) {
      const bytes = decode(literal)
      if (bytes.length > 0 && (looksLikeFile(bytes) || (makesFile && bytes.length >= 256)))
        yield { bytes, origin, declaredType: '' }
    }
  }
}

const LITERALS: readonly (readonly [RegExp, (literal: string) => Buffer, string])[] = [
  [HEX, (literal) => Buffer.from(joined(literal).replace(/\\x|%/g, ''), 'hex'), 'script.hex'],
  [BASE64, (literal) => Buffer.from(joined(literal).replace(/\\[nr]|\\(?=\/)|\s/g, ''), 'base64'), 'script.base64'],
  [ARRAY, (literal) => Buffer.from(literal.split(',').map((digits) => Number(digits) & 0xff)), 'script.array'],
]

/** Strings that are added are one. */
function joined(literal: string): string {
  return literal.replace(/["'`]\s{0,20}\+\s{0,20}["'`]/g, '')
}

function percentDecoded(text: string): Buffer {
  if (!text.includes('%')) return Buffer.from(text, 'utf8')
  return Buffer.from(
    Buffer.from(text, 'utf8')
      .toString('latin1')
      .replace(/%([0-9A-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16))),
    'latin1',
  )
}

/** Under which names the page offers a file. */
function downloadNames(text: string): Name[] {
  const found = new Set<string>()
  for (const pattern of NAMES) {
    for (const [, name = ''] of text.matchAll(pattern)) {
      if (found.size < 20) found.add(baseName(name))
    }
  }
  found.delete('')
  return [...found].map((value) => ({ value, origin: 'script.download' }))
}

function toMember(
  { bytes, origin, declaredType }: Found,
  names: readonly Name[],
  number: number,
  { share }: OpenContext,
): Member {
  // Pictures that are part of the page are not what it offers.
  const own = declaredType.startsWith('image/') || declaredType.startsWith('font/') ? [] : names
  return memberOf({
    path: own[0]?.value ?? `literal${number}`,
    origin,
    names: own,
    declaredType,
    declaredSize: bytes.length,
    *bytes() {
      share.take(bytes.length)
      yield bytes
    },
  })
}

function textOf(content: Buffer): string {
  if (content[0] === 0xff && content[1] === 0xfe) return content.toString('utf16le', 2)
  if (content[0] === 0xfe && content[1] === 0xff)
    return Buffer.from(content.subarray(2, content.length & ~1))
      .swap16()
      .toString('utf16le')
  return content.toString('latin1')
}
