/**
 * Headers of attachments in the form that nobody reads differently: whole lines of ASCII, each field once, each value well-formed and
 * without comments, encoded words or escapes. mailparser and libmime read the same type, encoding, disposition and name in them.
 */
import libmime from 'libmime'

/** The fields that such a header may have; of all others it is not known what a reader takes them for. */
const FIELD =
  /^(?:(Content-Type): ([a-z]+\/[a-z0-9.+-]+)|(Content-Transfer-Encoding): base64|(Content-Disposition): (?:attachment|inline)|(Content-ID): <[\w.@$%+=-]+>|(X-Attachment-Id): [\w.@$%+=-]+|(Content-Description): [\w.,&$%+-]+(?: [\w.,&$%+-]+)*)((?:; (?:name|filename|charset|size|creation-date|modification-date|read-date|x-unix-mode)=(?:[\w.+-]+|"[\w.,:;@#&!$%+-]+(?: [\w.,:;@#&!$%+-]+)*"))*)$/i
const PARAMETER = /; ([a-z-]+)=(?:"[^"]*"|[^;"]*)/gi
/** Types that are structure. */
const STRUCTURE = /^(?:multipart|message)\//i

/** The header of a base64 attachment, without the blank line; its last line has its end. */
export function isCanonical(text: string): boolean {
  const seen = new Set<string>()
  let type = ''
  let encodings = 0
  for (const line of text
    .replaceAll(/;\r\n[ \t](?=[^ \t])/g, '; ')
    .slice(0, -2)
    .split('\r\n')) {
    const match = FIELD.exec(line)
    if (match === null) return false
    const name = (match[1] ?? match[3] ?? match[4] ?? match[5] ?? match[6] ?? match[7] ?? '').toLowerCase()
    if (seen.has(name) || !areDistinct(match[8] ?? '')) return false
    seen.add(name)
    if (match[2] !== undefined) type = match[2]
    if (match[3] !== undefined) encodings++
  }
  return type !== '' && !STRUCTURE.test(type) && encodings === 1
}

function areDistinct(parameters: string): boolean {
  if (parameters === '') return true
  const names = [...parameters.matchAll(PARAMETER)].map((match) => match[1]?.toLowerCase())
  return new Set(names).size === names.length
}

/** The type that mailparser tells for such a part: where the declared one says nothing, it looks at the name. */
export function toldType(type: string, name: string): string {
  return type === 'application/octet-stream' && name !== '' ? libmime.detectMimeType(name) || type : type
}
