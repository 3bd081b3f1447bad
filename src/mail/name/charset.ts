/** Bytes of a name to text: by the charset that is declared, by the one that they show, by those that they may be in. */
import libmime from 'libmime'
import type { AnomalyName } from '../../core/index.ts'
import type { Budget } from '../budget.ts'
import type { Structured } from '../header/parameter.ts'
import { likelihood } from './script.ts'

/** Gathers what is odd about names. */
export interface Oddities {
  add(name: AnomalyName): unknown
}

/** The reading of the names of one part. */
export interface Work {
  /** The charset that the part declares. */
  readonly charset: string
  /** What is odd about the names is gathered here. */
  readonly odd: Oddities
  /** The field that is being read. */
  field: Structured | undefined
  /** So many bytes are still read in all ways; further ones only as most clients do. */
  room: number
  /** What the message may cost: once that is spent, everything is read only as most clients do. */
  readonly budget: Budget
}

/** Charsets that mail programs wrote names in without saying so, before UTF-8 was common; some still do. */
const GUESSES = (
  'windows-1252 windows-1251 koi8-u gb18030 big5 shift_jis euc-kr euc-jp windows-1250 iso-8859-2 windows-1253 iso-8859-7 ' +
  'windows-1254 windows-1255 windows-1256 windows-874 windows-1257 iso-8859-6 iso-8859-5 ibm866'
).split(' ')
const DECODERS = GUESSES.map((label) => ({ label, decoder: new TextDecoder(label, { ignoreBOM: true }) }))
const MOST_GUESSES = 8
/** What a text costs besides its bytes: looked at in many charsets, in one, in one that nobody knows. */
const STEPS_PER_GUESS = 300
const STEPS_PER_CHARSET = 60
const STEPS_PER_UNKNOWN = 200
const STEPS_PER_BYTE = 1
/** Guesses of a longer text are not remembered. */
const LONGEST_REMEMBERED = 256
/** The beginning of a text shows its language. */
const WEIGHED = 128

/** Names that Windows, Python and old mail programs give to charsets which the Encoding Standard calls otherwise. */
const ALIASES: Readonly<Record<string, string>> = {
  cp932: 'shift_jis',
  'windows-932': 'shift_jis',
  cp936: 'gbk',
  ms936: 'gbk',
  'gb2312-80': 'gbk',
  cp949: 'euc-kr',
  ms949: 'euc-kr',
  cp950: 'big5',
  big5_tw: 'big5',
  eucgb2312_cn: 'gbk',
  euckr: 'euc-kr',
  eucjp: 'euc-jp',
  cp65001: 'utf-8',
  ks_c_5601: 'euc-kr',
  cp866: 'ibm866',
  utf8mb4: 'utf-8',
  '7bit': 'us-ascii',
  '8bit': 'us-ascii',
}
interface Switched {
  readonly pairs: RegExp
  readonly passedOver: RegExp
  readonly charset: string
}

/** Charsets of two bytes a character that switch to them and back, which the Encoding Standard refuses: RFC 1843, RFC 1557. */
const SWITCHED: Readonly<Record<string, Switched>> = {
  'hz-gb-2312': { pairs: /~\{([\x21-\x7e\s]*?)(?:~\}|$)/g, passedOver: /~\r?\n/g, charset: 'gb18030' },
  'iso-2022-kr': { pairs: /\x0e([^\x0f]*)\x0f?/g, passedOver: /\x1b\$\)C/g, charset: 'euc-kr' },
}

const MULTIBYTE = /^(gb|big5|shift|euc|iso-2022|utf-16)/

/**
 * The texts that bytes may be, what most clients show first. Valid UTF-8 wins over a label that is wrong, then the label, then what they
 * look like. `label` is the charset that is declared for these bytes.
 */
export function textsOf(bytes: Buffer, label: string, work: Work): readonly string[] {
  work.room -= bytes.length
  work.budget.takeSteps(STEPS_PER_BYTE * bytes.length)
  const latin1 = bytes.toString('latin1')
  const isHigh = /[\x80-\xff]/.test(latin1)
  const charset = label
    .trim()
    .replace(/^["']|["']$/g, '')
    .toLowerCase()
  if (!isHigh && (charset === '' || /^(us-ascii|ascii|utf-?8)$/.test(charset))) return escaped(latin1, bytes)
  if (work.budget.isOverdrawn) return [latin1]
  if (work.room < 0 || work.budget.isSpent)
    return [utf8Of(bytes) ?? decodeCounted(bytes, charset === '' ? 'latin1' : charset, work) ?? latin1]
  if (charset === '') return unlabelled(bytes, work)
  return labelled(bytes, charset, isHigh, work)
}

function escaped(latin1: string, bytes: Buffer): readonly string[] {
  // ISO-2022-JP and -KR switch by escape sequences, which nothing else in a name has.
  const label = latin1.includes('\x1b$)C') ? 'iso-2022-kr' : 'iso-2022-jp'
  const text = /\x1b[$(]/.test(latin1) ? (decodeAs(bytes, label) ?? latin1) : latin1
  return isBroken(text) ? [text, latin1] : [text]
}

function unlabelled(bytes: Buffer, work: Work): readonly string[] {
  const { charset, odd } = work
  odd.add('name-raw-8bit')
  const utf8 = utf8Of(bytes)
  if (utf8 !== undefined) return [utf8]
  const own = charset === '' || isAscii(charset) ? undefined : decodeCounted(bytes, charset, work)
  return distinct([...(own === undefined || isBroken(own) ? [] : [own]), ...guesses(bytes, work)])
}

function labelled(bytes: Buffer, charset: string, isHigh: boolean, work: Work): readonly string[] {
  const { odd } = work
  const utf8 = isHigh ? utf8Of(bytes) : undefined
  if (isAscii(charset)) {
    if (utf8 !== undefined && /^utf-?8$/.test(charset)) return [utf8]
    odd.add('name-bad-charset')
    return utf8 === undefined ? guesses(bytes, work) : [utf8]
  }
  const own = decodeCounted(bytes, charset, work)
  if (own === undefined) {
    odd.add('name-bad-charset')
    if (!isHigh) return [bytes.toString('latin1')]
    return utf8 === undefined ? guesses(bytes, work) : [utf8]
  }
  if (utf8 !== undefined) {
    if (!isBroken(own) && isLikelier(own, utf8, charset)) return [own, utf8]
    odd.add('name-bad-charset')
    return [utf8, own]
  }
  if (!isBroken(own)) return [own]
  odd.add('name-bad-charset')
  return distinct([own, ...(isHigh ? guesses(bytes, work) : [bytes.toString('latin1')])])
}

/** Whether the label is right although the bytes are UTF-8 too, which pairs of bytes may be by chance and triples are not. */
function isLikelier(own: string, utf8: string, charset: string): boolean {
  if (/[\u0800-\uffff]/.test(utf8)) return false
  return MULTIBYTE.test(charset) || likelihood(own, 1, '') > likelihood(utf8, 1, '')
}

/** The plausible charsets of bytes, the likeliest first. */
function guesses(bytes: Buffer, work: Work): readonly string[] {
  const latin1 = bytes.toString('latin1')
  const known = work.budget.guessed(latin1)
  if (known !== undefined) return known
  work.room -= STEPS_PER_GUESS
  work.budget.takeSteps(STEPS_PER_GUESS)
  const high = latin1.slice(0, WEIGHED).replace(/[^\x80-\xff]+/g, '').length
  const found: { text: string; value: number }[] = []
  for (const { label, decoder } of DECODERS) {
    const text = decoder.decode(bytes)
    if (!isBroken(text)) found.push({ text, value: likelihood(text.slice(0, WEIGHED), high, label) })
  }
  found.sort((a, b) => b.value - a.value)
  const best = distinct(found.map(({ text }) => text)).slice(0, MOST_GUESSES)
  const texts = best.length === 0 ? [latin1] : best
  if (latin1.length <= LONGEST_REMEMBERED) work.budget.remember(latin1, texts)
  return texts
}

/** As `decodeAs`, at the cost of the message. */
export function decodeCounted(bytes: Buffer, charset: string, { budget }: Work): string | undefined {
  const text = decodeAs(bytes, charset)
  budget.takeSteps(text === undefined ? STEPS_PER_UNKNOWN : STEPS_PER_CHARSET)
  return text
}

/** Bytes in a charset, what is invalid replaced; nothing for a charset that nobody knows. */
export function decodeAs(bytes: Buffer, label: string): string | undefined {
  const name = label.trim().toLowerCase()
  if (/^(x-)?(unicode-1-1-)?utf-?7$/.test(name)) return decodeUtf7(bytes.toString('latin1'))
  if (Object.hasOwn(SWITCHED, name)) return decodeSwitched(bytes, SWITCHED[name] as Switched)
  const decoder = newDecoder(ALIASES[name] ?? name, false) ?? newDecoder(name.replaceAll('_', '-'), false)
  if (decoder !== undefined) return decoder.decode(name === 'iso-2022-jp' ? withoutIdleEscapes(bytes) : bytes)
  if (!libmime.createDecodeStream(name).supported) return undefined
  return libmime.decodeWord(name, 'B', bytes.toString('base64'))
}

/** Words put together switch back and forth between them, which the Encoding Standard takes for an error. */
function withoutIdleEscapes(bytes: Buffer): Buffer {
  const latin1 = bytes.toString('latin1').replace(/\x1b[$(][@-J](?=\x1b[$(])/g, '')
  return Buffer.from(latin1, 'latin1')
}

function strictly(bytes: Buffer, label: string): string | undefined {
  try {
    return newDecoder(label, true)?.decode(bytes)
  } catch {
    return undefined
  }
}

function newDecoder(label: string, fatal: boolean): TextDecoder | undefined {
  try {
    return new TextDecoder(label, { fatal, ignoreBOM: true })
  } catch {
    return undefined
  }
}

/** The text of bytes that are valid UTF-8. */
export function utf8Of(bytes: Buffer): string | undefined {
  const text = bytes.toString('utf8')
  return text.includes('\ufffd') && strictly(bytes, 'utf-8') === undefined ? undefined : text
}

/** Pairs of seven bits between two marks are characters of the charset that has them in eight. */
function decodeSwitched(bytes: Buffer, { pairs, passedOver, charset }: Switched): string | undefined {
  const eight = bytes
    .toString('latin1')
    .replace(passedOver, '')
    .replace(pairs, (_, text: string) =>
      text.replace(/[\x21-\x7e]/g, (char) => String.fromCharCode(char.charCodeAt(0) | 0x80)),
    )
  return newDecoder(charset, false)?.decode(Buffer.from(eight, 'latin1'))
}

/** RFC 2152. Outlook and Thunderbird read it in names; libmime refuses it. */
function decodeUtf7(text: string): string {
  return text.replace(/\+([A-Za-z0-9+/]*)-?/g, (_, units: string) => {
    if (units === '') return '+'
    const bytes = Buffer.from(units, 'base64')
    return bytes
      .subarray(0, bytes.length & ~1)
      .swap16()
      .toString('utf16le')
  })
}

function isAscii(charset: string): boolean {
  return /^(us-ascii|ascii|ansi_x3\.4-1968|utf-?8|iso646-us|iso-ir-6|us)$/i.test(charset)
}

function isBroken(text: string): boolean {
  return text.includes('\ufffd')
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)]
}
