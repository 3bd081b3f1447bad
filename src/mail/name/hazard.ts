/** What a name may hide when it is shown or stored, and the names that then appear. */
import type { Oddities } from './charset.ts'

/** Another name that some program makes of a name. */
export interface Variant {
  readonly value: string
  /** What was done, as the origin tells it. */
  readonly how: string
}

/** Names in which nothing can hide; most of those in ASCII. */
const ORDINARY = /^[\w([{#@!~$&'+-](?:[\w ()[\]{}#@!~$&'+,=.-]{0,200}[\w)\]}!'+-])?$/
/** What Windows starts; script hosts, installers, shortcuts included. */
const EXECUTABLE =
  /^(exe|scr|com|pif|bat|cmd|cpl|dll|msi|msp|mst|jar|js|jse|vb|vbe|vbs|wsf|wsh|wsc|sct|hta|ps1|psm1|psc1|lnk|url|reg|inf|scf|chm|hlp|gadget|application|appref-ms|msc|xll|iqy|slk|desktop|command|app|apk)$/i
/** What a name shows before its real extension to look like a document. */
const DOCUMENT =
  /^(pdf|docx?|docm|dotx?|rtf|odt|ods|odp|xlsx?|xlsm|xlsb|csv|pptx?|pps|txt|jpe?g|png|gif|bmp|tiff?|svg|mp3|mp4|avi|mov|wav|zip|rar|7z|html?|eml|msg|xml|ics|vcf)$/i
const CONTROL = /[\0-\x08\x0a-\x1f\x7f]/
const CONTROLS = /[\0-\x1f\x7f]/g
/** Embeddings, overrides and isolates (Unicode UAX 9); the marks LRM, RLM and ALM are ordinary in Hebrew and Arabic names. */
const BIDI = /[\u202a-\u202e\u2066-\u2069]/
/**
 * Zero-width blank, soft hyphen, joiners of words, byte order mark, invisible operators, fillers of Hangul and Braille, tags.
 * ZWJ and ZWNJ belong to Persian, Indic and emoji, and hide only between Latin letters.
 */
const INVISIBLE =
  /\u034f|[\u00ad\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060-\u2064\u206a-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb]|[\x21-\x7e][\u200c\u200d][\x21-\x7e]|(?<!\u{1f3f4})\u{e0001}|(?<![\u{1f3f4}\u{e0020}-\u{e007f}])[\u{e0020}-\u{e007f}]/u
const UNSEEN =
  /\u034f|[\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu
const BLANKS = /[\s\u00a0\u2000-\u200a\u3000]/u
const MANY_BLANKS = /[\s\u00a0\u2000-\u200a\u3000]{11}/u
const BLANKS_BEFORE_EXTENSION = /[\s\u00a0\u2000-\u200a\u3000]{5}\.[^\s.]{1,16}$/u
/** A stream behind a colon: `::$DATA`, or behind a name with an extension. A drive and a clock time are none. */
const STREAM = /::|:\$|\.[a-z][a-z0-9]{0,7}:(?![\s/\\]|\d\d\b)/i
/** Quotes that came out of encoded words, or in a line that has no parameters. */
const QUOTED = /^"[^"]+"$|^'[^']+'$/
const TRAILING = '. \t\u00a0\u3000'

/** Whether nothing can hide in the name: the cheap way for most. */
export function isOrdinary(name: string): boolean {
  if (!ORDINARY.test(name)) return false
  const dot = name.lastIndexOf('.')
  if (dot < 0) return !name.includes('     ')
  return name[dot + 1] !== ' ' && !name.includes('     ') && (name.indexOf('.') === dot || !isDisguised(name))
}

/** Adds what is odd about a name that may be shown. */
export function addHazards(name: string, odd: Oddities): void {
  if (CONTROL.test(name)) odd.add('name-control-char')
  if (BIDI.test(name)) odd.add('name-bidi')
  if (INVISIBLE.test(name) || MANY_BLANKS.test(name)) odd.add('name-invisible')
  if (/\/|\\[^"]/.test(name)) odd.add('name-path')
  if (STREAM.test(name)) odd.add('name-ntfs-stream')
  if (TRAILING.includes(name.slice(-1))) odd.add('name-trailing')
  if (isDisguised(name)) odd.add('name-double-extension')
}

/** Whether the extension that counts hides behind another one, or behind blanks. */
function isDisguised(name: string): boolean {
  const plain = withoutEnd(name.replace(UNSEEN, ''))
  const words = plain.split('.').slice(-3)
  const extension = words.at(-1)?.trim() ?? ''
  if (words.length > 1 && BLANKS_BEFORE_EXTENSION.test(plain)) return true
  return words.length > 2 && EXECUTABLE.test(extension) && DOCUMENT.test(words.at(-2)?.trim() ?? '')
}

/** The names that programs or file systems make of it. */
export function variantsOf(name: string): readonly Variant[] {
  const found: Variant[] = []
  const add = (value: string, how: string): void => {
    if (value !== '' && value !== name && !found.some((each) => each.value === value)) found.push({ value, how })
  }
  const nul = name.indexOf('\0')
  if (nul >= 0) add(name.slice(0, nul), 'cut at NUL')
  const line = name.search(/[\r\n]/)
  if (line >= 0) {
    add(name.slice(0, line), 'cut at line end')
    add(name.replace(/[\r\n]+/g, ' '), 'in one line')
  }
  const printable = name.replace(CONTROLS, '')
  add(printable, 'without control characters')
  const seen = printable.replace(UNSEEN, '')
  add(seen, 'without invisible characters')
  const trimmed = trim(seen)
  add(trimmed, 'trimmed')
  addPaths(name, trimmed, add)
  if (QUOTED.test(trimmed)) add(trim(trimmed.slice(1, -1)), 'without quotes')
  const colon = trimmed.indexOf(':', /^[a-z]:/i.test(trimmed) ? 2 : 0)
  if (colon > 0 && STREAM.test(name)) add(trim(trimmed.slice(0, colon)), 'without stream')
  if (/%[0-9a-f]{2}/i.test(trimmed)) addPercent(trimmed, add)
  // A blank in the extension comes from folding, which some programs undo without one.
  if (/\. {1,3}[a-z0-9]{1,8}$/i.test(trimmed)) add(trimmed.replace(/ +(?=[a-z0-9]+$)/i, ''), 'unfolded')
  return found
}

type Add = (value: string, how: string) => void

function addPaths(name: string, trimmed: string, add: Add): void {
  const path = trimmed.replace(/(?<![\\/])[\\/]{1,8}$/, '')
  const base = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
  if (base !== trimmed) add(trim(base), 'last of path')
  if (!name.includes('\\')) return
  add(name.replaceAll('\\', ''), 'without backslashes')
  // On Unix a backslash is no separator.
  if (trimmed.includes('/')) add(trim(trimmed.slice(trimmed.lastIndexOf('/') + 1)), 'last of path')
}

/** Percent signs in a plain name: browsers and web mail decode them. */
function addPercent(name: string, add: Add): void {
  const bytes = name.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  const text = /[^\0-\xff]/.test(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8')
  if (!text.includes('\ufffd')) add(text, 'percent signs decoded')
}

/** Without the dots and blanks at the end, which Windows drops. */
function withoutEnd(name: string): string {
  let end = name.length
  while (end > 0 && TRAILING.includes(name.charAt(end - 1))) end--
  return name.slice(0, end)
}

function trim(name: string): string {
  const end = withoutEnd(name)
  return BLANKS.test(end.charAt(0)) ? end.trimStart() : end
}

/** The extension by which a system opens the file, lower case; empty where there is none that looks like one. */
export function extensionOf(name: string): string {
  // A quote or backslash that some parser left at the end is no part of it.
  const extension =
    /\.([a-z0-9_~$-]{1,12})["'\\]{0,4}$/i.exec(withoutEnd(name.replace(UNSEEN, '')))?.[1]?.toLowerCase() ?? ''
  return /[a-z]/.test(extension) ? (SAME[extension] ?? extension) : ''
}

/** Extensions of one type that programs change into each other. */
const SAME: Readonly<Record<string, string>> = {
  jpeg: 'jpg',
  jpe: 'jpg',
  htm: 'html',
  tif: 'tiff',
  mpg: 'mpeg',
}
