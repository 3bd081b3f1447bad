/**
 * Where names and declared types disagree with the content. A claim fits when the content is of a type that the claim customarily stands
 * for, or of a relative (see the tables below); everything else is told, in words that rules can match: `name jpg is executable`.
 */

import type { Group } from './catalog/group.ts'
import { TEXT_TYPES } from './catalog/text.ts'
import { CATALOG, type CatalogEntry, groupOf, typesNamed } from './catalog.ts'

/** Declared types that say nothing about the content. */
const EMPTY_CLAIMS =
  /^(?:$|application\/(?:octet-stream|octetstream|binary|x-binary|unknown|x-unknown|force-download|x-download|download|x-forcedownload|save|x-msdownload|data|x-data|any|file|x-file)|\*\/\*|unknown\/unknown|content\/unknown|multipart\/.*)$/

/** Customary other names of types: declared → as the catalog has it. */
const ALIASES: Readonly<Record<string, string>> = {
  'application/x-zip-compressed': 'application/zip',
  'application/x-zip': 'application/zip',
  'application/zip-compressed': 'application/zip',
  'multipart/x-zip': 'application/zip',
  'application/x-compressed': 'application/zip',
  'application/x-rar-compressed': 'application/vnd.rar',
  'application/x-rar': 'application/vnd.rar',
  'application/rar': 'application/vnd.rar',
  'application/7z': 'application/x-7z-compressed',
  'application/x-7z': 'application/x-7z-compressed',
  'application/x-gzip': 'application/gzip',
  'application/x-gzip-compressed': 'application/gzip',
  'application/gzip-compressed': 'application/gzip',
  'application/x-tgz': 'application/gzip',
  'application/x-compressed-tar': 'application/gzip',
  'application/bzip2': 'application/x-bzip2',
  'application/tar': 'application/x-tar',
  'application/x-gtar': 'application/x-tar',
  'application/x-iso9660': 'application/x-iso9660-image',
  'application/x-cd-image': 'application/x-iso9660-image',
  'application/x-pdf': 'application/pdf',
  'text/pdf': 'application/pdf',
  'application/acrobat': 'application/pdf',
  'application/x-bzpdf': 'application/pdf',
  'text/rtf': 'application/rtf',
  'text/richtext': 'application/rtf',
  'application/x-rtf': 'application/rtf',
  'application/doc': 'application/msword',
  'application/vnd.msword': 'application/msword',
  'application/vnd.ms-word': 'application/msword',
  'application/x-msword': 'application/msword',
  'application/winword': 'application/msword',
  'application/excel': 'application/vnd.ms-excel',
  'application/x-excel': 'application/vnd.ms-excel',
  'application/msexcel': 'application/vnd.ms-excel',
  'application/x-msexcel': 'application/vnd.ms-excel',
  'application/xls': 'application/vnd.ms-excel',
  'application/powerpoint': 'application/vnd.ms-powerpoint',
  'application/mspowerpoint': 'application/vnd.ms-powerpoint',
  'application/x-mspowerpoint': 'application/vnd.ms-powerpoint',
  'image/jpg': 'image/jpeg',
  'image/pjpeg': 'image/jpeg',
  'image/x-jpeg': 'image/jpeg',
  'image/x-png': 'image/png',
  'image/x-bmp': 'image/bmp',
  'image/x-ms-bmp': 'image/bmp',
  'image/x-icon': 'image/vnd.microsoft.icon',
  'image/ico': 'image/vnd.microsoft.icon',
  'image/tif': 'image/tiff',
  'image/x-tiff': 'image/tiff',
  'image/svg': 'image/svg+xml',
  'image/x-emf': 'image/emf',
  'image/x-wmf': 'image/wmf',
  'application/x-photoshop': 'image/vnd.adobe.photoshop',
  'audio/mp3': 'audio/mpeg',
  'audio/x-mp3': 'audio/mpeg',
  'audio/x-mpeg': 'audio/mpeg',
  'audio/wav': 'audio/x-wav',
  'audio/wave': 'audio/x-wav',
  'audio/vnd.wave': 'audio/x-wav',
  'audio/x-m4a': 'audio/mp4',
  'audio/m4a': 'audio/mp4',
  'audio/x-flac': 'audio/flac',
  'video/avi': 'video/x-msvideo',
  'video/x-m4v': 'video/mp4',
  'video/x-matroska': 'video/matroska',
  'application/x-shockwave-flash': 'application/vnd.adobe.flash.movie',
  'application/javascript': 'text/javascript',
  'application/x-javascript': 'text/javascript',
  'application/ecmascript': 'text/javascript',
  'text/x-javascript': 'text/javascript',
  'application/x-sh': 'text/x-shellscript',
  'application/x-shellscript': 'text/x-shellscript',
  'text/x-sh': 'text/x-shellscript',
  'application/x-python': 'text/x-python',
  'application/x-perl': 'text/x-perl',
  'application/x-msdos-program': 'application/vnd.microsoft.portable-executable',
  'application/x-dosexec': 'application/vnd.microsoft.portable-executable',
  'application/exe': 'application/vnd.microsoft.portable-executable',
  'application/x-exe': 'application/vnd.microsoft.portable-executable',
  'application/x-ms-dos-executable': 'application/vnd.microsoft.portable-executable',
  'application/x-msi-installer': 'application/x-msi',
  'text/xml': 'application/xml',
  'text/json': 'application/json',
  'text/x-json': 'application/json',
  'text/x-csv': 'text/csv',
  'application/csv': 'text/csv',
  'text/comma-separated-values': 'text/csv',
  'application/xhtml+xml': 'text/html',
  'text/x-vcard': 'text/vcard',
  'text/directory': 'text/vcard',
  'application/ics': 'text/calendar',
  'application/x-pkcs7-signature': 'application/pkcs7-signature',
  'application/x-pkcs7-mime': 'application/pkcs7-mime',
  'application/x-pkcs12': 'application/pkcs12',
  'application/x-x509-ca-cert': 'application/pkix-cert',
  'application/x-x509-user-cert': 'application/pkix-cert',
  'application/ms-tnef': 'application/vnd.ms-tnef',
  'application/pgp': 'application/pgp-encrypted',
  'message/rfc822-headers': 'message/rfc822',
  'text/rfc822-headers': 'message/rfc822',
  'message/global': 'message/rfc822',
  'message/delivery-status': 'text/plain',
  'message/disposition-notification': 'text/plain',
  'message/global-delivery-status': 'text/plain',
  'text/markdown': 'text/plain',
  'text/enriched': 'text/plain',
  'text/x-log': 'text/plain',
}

/** Claims of one of these fit content of another: programs read all of them under either name. */
const FAMILIES: readonly (readonly string[])[] = [
  [
    'application/pkcs7-signature',
    'application/pkcs7-mime',
    'application/x-pkcs7-certificates',
    'application/x-pem-file',
  ],
  ['application/pgp-encrypted', 'application/pgp-signature', 'application/pgp-keys'],
  [
    'application/pkix-cert',
    'application/x-pem-file',
    'application/pkcs10',
    'application/pkcs8',
    'application/pkix-crl',
  ],
  ['application/msword', 'application/rtf', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['image/heic', 'image/heif', 'image/avif'],
  ['image/png', 'image/apng'],
  ['video/mp4', 'video/quicktime', 'audio/mp4', 'video/3gpp', 'video/3gpp2'],
  ['audio/ogg', 'audio/opus', 'video/ogg'],
  ['video/matroska', 'video/webm'],
  ['video/x-ms-asf', 'video/x-ms-wmv', 'audio/x-ms-wma'],
  ['message/rfc822', 'application/mbox', 'application/x-mimearchive'],
  ['application/x-iso9660-image', 'application/x-udf-image'],
  ['application/json', 'application/x-ndjson'],
  ['text/csv', 'text/tab-separated-values', 'text/plain'],
  ['text/calendar', 'text/plain'],
  ['image/x-eps', 'application/postscript', 'application/pdf'],
  ['font/ttf', 'font/otf', 'font/collection'],
]

/** Forms of text outside of the catalog's list of texts. */
const MORE_TEXT =
  /^(?:message\/rfc822|application\/(?:mbox|x-mimearchive|pgp-.*|x-pem-file|rtf|postscript|x-uuencode|x-yenc|mac-binhex40|vnd\.fdf)|text\/x-sylk|image\/vnd\.dxf)$/
/** Groups of texts: a short text of one of these does not show yet what it is. */
const TEXTUAL: readonly Group[] = ['text', 'data', 'source', 'markup', 'calendar', 'crypto', 'message', 'script']
/** Extensions that everybody uses for anything. */
const GENERIC = /^(?:bin|dat|data|raw|tmp|bak|db|file|out)$/
/** Groups whose formats always show themselves: content that shows nothing is not what a name of these says. */
const DEFINITE: readonly Group[] = ['executable', 'office', 'archive', 'image', 'audio', 'video', 'font', 'disk']
/** Formats built on others, which a claim may name instead. */
const BASES: readonly (readonly [base: string, RegExp])[] = [
  [
    'application/zip',
    /openxmlformats|opendocument|macroEnabled|epub\+zip|ms-visio\.|java-archive|android\.package|ms-appx|kmz|oxps|xpinstall|nuget|vsix|wheel|ios-app|iwork|3dmanu|hwp\+zip/,
  ],
  [
    'application/x-ole-storage',
    /^application\/(?:msword|vnd\.ms-(?:excel|powerpoint|publisher|project|works|outlook)|vnd\.visio|x-msi|x-hwp)$/,
  ],
  [
    'application/xml',
    /\+xml$|xhtml|text\/html|x-plist|x-msbuild|x-wsf|scriptlet|x-xsl-script|x-ms-\w{4,5}-2003-xml|flat-opc|x-ms-application|jnlp|xfdf/,
  ],
  ['text/plain', /^text\/(?:plain|csv|calendar|vcard|x-diff|css|ldif|x-ini|tab-separated-values)$/],
]
const TEXTS: ReadonlySet<string> = new Set(Object.values(TEXT_TYPES).flatMap((types) => Object.keys(types)))
const MAX_NAMES = 100

/** Each claim that does not fit the content, as `name EXTENSION is GROUP` or `declared TYPE is GROUP`; none for a content without bytes. */
export function mismatchesOf(
  types: readonly string[],
  names: readonly string[],
  declaredType: string,
): readonly string[] {
  const found = new Set<string>()
  const shown = groupOf(types[0] ?? '') ?? 'unknown'
  for (const name of names.slice(0, MAX_NAMES)) {
    const extension = extensionOf(name)
    const claimed = GENERIC.test(extension) ? [] : typesNamed(extension)
    if (claimed.length > 0 && !fits(types, claimed)) found.add(`name ${extension} is ${shown}`)
  }
  const declared = declaredType.toLowerCase().trim()
  const entry = CATALOG.get(ALIASES[declared] ?? declared)
  if (!EMPTY_CLAIMS.test(declared)) {
    const claimed = entry === undefined ? byTopLevel(declared) : [entry]
    if (claimed.length > 0 && !fits(types, claimed)) found.add(`declared ${declared.slice(0, 100)} is ${shown}`)
  }
  return [...found]
}

/** The last extension; trailing dots and blanks are none, as Windows drops them. */
function extensionOf(name: string): string {
  return /\.([a-z0-9_-]{1,20})[. ]*$/i.exec(name.slice(-60))?.[1]?.toLowerCase() ?? ''
}

/** A declared type that nobody knows still says what it is before its slash. */
function byTopLevel(declared: string): readonly CatalogEntry[] {
  const group = /^(image|audio|video|font|text)\//.exec(declared)?.[1]
  return group === undefined ? [] : [{ type: declared, group: group as Group, extensions: [] }]
}

function fits(types: readonly string[], claimed: readonly CatalogEntry[]): boolean {
  const [type] = types
  if (type === undefined) return !claimed.some(({ group }) => DEFINITE.includes(group))
  return claimed.some((claim) => types.includes(claim.type) || isRelative(type, claim))
}

function isRelative(type: string, claim: CatalogEntry): boolean {
  if (FAMILIES.some((family) => family.includes(type) && family.includes(claim.type))) return true
  if (
    BASES.some(
      ([base, built]) => (claim.type === base && built.test(type)) || (type === base && built.test(claim.type)),
    )
  )
    return true
  // Whatever is text may be called a text, and what is only text so far may be one of a form that shows itself later.
  if (claim.group === 'text') return isText(type)
  if (type === 'text/plain') return TEXTUAL.includes(claim.group) && isText(claim.type)
  return !CATALOG.has(claim.type) && claim.group === groupOf(type)
}

function isText(type: string): boolean {
  return TEXTS.has(type) || MORE_TEXT.test(type)
}
