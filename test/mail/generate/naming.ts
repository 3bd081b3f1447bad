/** Cases whose riddle is the name of the file. */
import { base64, entity, placed } from './build.ts'
import type { CaseSpec } from './case.ts'

const ENCODED = 'Content-Transfer-Encoding: base64'

/** A part with those fields; the encoding stands last. */
export function namedCase(name: string, why: string, head: readonly string[], names: readonly string[]): CaseSpec {
  return { name, why, names, build: (content) => placed(entity([...head, ENCODED], base64(content))) }
}

/** Parameters of the given word (`filename` or `name`), and the accepted names. */
export type ParameterRow = readonly [
  name: string,
  why: string,
  write: (word: string) => string,
  names: readonly string[],
]

/** Each row as a parameter of the disposition, and as one of the type. */
export function inBothFields(rows: readonly ParameterRow[]): CaseSpec[] {
  return rows.flatMap(([name, why, write, names]) => [
    namedCase(
      `${name}-disposition`,
      why,
      ['Content-Type: application/octet-stream', `Content-Disposition: attachment; ${write('filename')}`],
      names,
    ),
    namedCase(`${name}-type`, why, [`Content-Type: application/octet-stream; ${write('name')}`], names),
  ])
}

/** A name in a character set other than UTF-8. */
export interface Legacy {
  readonly charset: string
  readonly text: string
  /** One character for each byte. */
  readonly raw: string
}

/** Long enough that the character set can be told from the bytes. */
export const LEGACY: readonly Legacy[] = [
  { charset: 'utf-8', text: 'Übersicht über Größe.exe', raw: '\xc3\x9cbersicht \xc3\xbcber Gr\xc3\xb6\xc3\x9fe.exe' },
  { charset: 'iso-8859-1', text: 'Übersicht über Größe.exe', raw: '\xdcbersicht \xfcber Gr\xf6\xdfe.exe' },
  {
    charset: 'koi8-r',
    text: 'отчёт о проделанной работе за март.exe',
    raw: '\xcf\xd4\xde\xa3\xd4 \xcf \xd0\xd2\xcf\xc4\xc5\xcc\xc1\xce\xce\xcf\xca \xd2\xc1\xc2\xcf\xd4\xc5 \xda\xc1 \xcd\xc1\xd2\xd4.exe',
  },
  {
    charset: 'windows-1251',
    text: 'отчёт о проделанной работе за март.exe',
    raw: '\xee\xf2\xf7\xb8\xf2 \xee \xef\xf0\xee\xe4\xe5\xeb\xe0\xed\xed\xee\xe9 \xf0\xe0\xe1\xee\xf2\xe5 \xe7\xe0 \xec\xe0\xf0\xf2.exe',
  },
  {
    charset: 'shift_jis',
    text: '見積書と請求書の一覧.exe',
    raw: '\x8c\xa9\x90\xcf\x8f\x91\x82\xc6\x90\xbf\x8b\x81\x8f\x91\x82\xcc\x88\xea\x97\x97.exe',
  },
  {
    charset: 'iso-2022-jp',
    text: '見積書と請求書の一覧.exe',
    raw: '\x1b$B8+@Q=q$H@A5a=q$N0lMw\x1b(B.exe',
  },
  {
    charset: 'euc-jp',
    text: '見積書と請求書の一覧.exe',
    raw: '\xb8\xab\xc0\xd1\xbd\xf1\xa4\xc8\xc0\xc1\xb5\xe1\xbd\xf1\xa4\xce\xb0\xec\xcd\xf7.exe',
  },
  {
    charset: 'gb18030',
    text: '关于会议的通知和报告.exe',
    raw: '\xb9\xd8\xd3\xda\xbb\xe1\xd2\xe9\xb5\xc4\xcd\xa8\xd6\xaa\xba\xcd\xb1\xa8\xb8\xe6.exe',
  },
  { charset: 'big5', text: '會議通知與報告書.exe', raw: '\xb7|\xc4\xb3\xb3q\xaa\xbe\xbbP\xb3\xf8\xa7i\xae\xd1.exe' },
  {
    charset: 'euc-kr',
    text: '회의 보고서와 견적서.exe',
    raw: '\xc8\xb8\xc0\xc7 \xba\xb8\xb0\xed\xbc\xad\xbf\xcd \xb0\xdf\xc0\xfb\xbc\xad.exe',
  },
]

/** An encoded word in the B encoding (RFC 2047 section 4.1). */
export function wordB(charset: string, raw: string): string {
  return `=?${charset}?B?${Buffer.from(raw, 'latin1').toString('base64')}?=`
}

/** An encoded word in the Q encoding (RFC 2047 section 4.2). */
export function wordQ(charset: string, raw: string): string {
  const text = raw.replace(/[^A-Za-z0-9.]/g, (char) => (char === ' ' ? '_' : hex('=', char)))
  return `=?${charset}?Q?${text}?=`
}

/** Percent-encoded as in RFC 2231 section 4. */
export function percent(raw: string): string {
  return raw.replace(/[^A-Za-z0-9.]/g, (char) => hex('%', char))
}

function hex(sign: string, char: string): string {
  return sign + char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')
}
