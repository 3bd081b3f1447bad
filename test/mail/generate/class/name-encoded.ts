/** Names in encoded words (RFC 2047), in extended parameters (RFC 2231), and in bytes whose character set nobody says. */
import type { CaseClass, CaseSpec } from '../case.ts'
import { inBothFields, LEGACY, type ParameterRow, percent, wordB, wordQ } from '../naming.ts'

const N = 'report.exe'
const RU = 'отчёт о проделанной работе за март.exe'
const DE = 'Übersicht über Größe.exe'
const DE_8 = '\xc3\x9cbersicht \xc3\xbcber Gr\xc3\xb6\xc3\x9fe.exe'

const quoted = (value: string) => (word: string) => `${word}="${value}"`
const HABIT = 'RFC 2047 section 5 forbids encoded words in parameters; all mail programs decode them'

const WORDS: readonly ParameterRow[] = [
  [
    'adjacent',
    'RFC 2047 section 6.2: the blank between words is dropped',
    quoted('=?utf-8?Q?report?= =?utf-8?Q?.exe?='),
    [N],
  ],
  ['adjacent-folded', 'RFC 2047 section 6.2', quoted('=?utf-8?Q?report?=\r\n =?utf-8?Q?.exe?='), [N]],
  ['glued', 'programs decode words without a blank between them', quoted('=?utf-8?Q?report?==?utf-8?Q?.exe?='), [N]],
  ['embedded', 'mailparser, GMime, Camel and JSMime decode within a word', quoted('report=?utf-8?Q?.exe?='), [N]],
  ['followed', 'programs decode within a word', quoted('=?utf-8?Q?report?=.exe'), [N]],
  ['unquoted', 'programs decode a bare value', (word) => `${word}==?utf-8?Q?report.exe?=`, [N]],
  ['unquoted-base64', 'programs decode a bare value', (word) => `${word}=${wordB('utf-8', N)}`, [N]],
  [
    'in-extended',
    'nobody should, GMime does',
    (word) => `${word}*=utf-8''${percent('=?utf-8?Q?report.exe?=')}`,
    [N, '=?utf-8?Q?report.exe?='],
  ],
  ['unknown-charset', 'ASCII bytes are the same in most character sets', quoted('=?x-none?Q?report.exe?='), [N]],
  ['empty-charset', 'programs take it for ASCII', quoted('=??Q?report.exe?='), [N]],
  [
    'split-character',
    'RFC 2047 section 5 forbids it; programs join before they decode',
    quoted(`${wordB('utf-8', DE_8.slice(0, 1))} ${wordB('utf-8', DE_8.slice(1))}`),
    [DE],
  ],
  ['language', 'RFC 2231 section 5', quoted('=?utf-8*en?Q?report.exe?='), [N]],
  ['lower-case', 'RFC 2047 section 2: the letters have no case', quoted('=?UTF-8?q?report.exe?='), [N]],
  [
    'lower-case-b',
    'RFC 2047 section 2: the letters have no case',
    quoted(`=?UTF-8?b?${Buffer.from(N).toString('base64')}?=`),
    [N],
  ],
  ['no-padding', 'programs complete the base64', quoted(wordB('utf-8', N).replace(/=+\?=/, '?=')), [N]],
  [
    'blank-within',
    'RFC 2047 section 2 forbids it; programs decode',
    quoted('=?utf-8?Q?re port.exe?='),
    ['re port.exe'],
  ],
  ['underscore', 'RFC 2047 section 4.2: an underscore is a blank', quoted('=?utf-8?Q?re_port.exe?='), ['re port.exe']],
  ['lower-hex', 'programs take lower-case digits too', quoted('=?utf-8?Q?report=2eexe?='), [N]],
  [
    'long',
    'RFC 2047 section 2 allows 75 characters; programs take more',
    quoted(wordQ('utf-8', `${'long '.repeat(30)}.exe`)),
    [`${'long '.repeat(30)}.exe`],
  ],
  ['twice', 'decoded once or twice', quoted(wordQ('utf-8', '=?utf-8?Q?report.exe?=')), [N, '=?utf-8?Q?report.exe?=']],
  ['in-angle-brackets', 'programs decode within a word', quoted('<=?utf-8?Q?report.exe?=>'), ['<report.exe>', N]],
  [
    'utf-7',
    'Python, GMime, Camel and MIME-tools know it (RFC 2152)',
    quoted('=?utf-7?Q?+BD4EQgRHBFEEQg.exe?='),
    ['отчёт.exe'],
  ],
  ['utf-8-said-to-be-ascii', 'valid UTF-8 is UTF-8, whatever is said', quoted(wordB('us-ascii', DE_8)), [DE]],
  ['utf-8-said-to-be-latin', 'valid UTF-8 is UTF-8, whatever is said', quoted(wordB('iso-8859-1', DE_8)), [DE]],
  [
    'latin-said-to-be-utf-8',
    'what is no UTF-8 is something else',
    quoted(wordB('utf-8', '\xdcbersicht \xfcber Gr\xf6\xdfe.exe')),
    [DE],
  ],
  [
    'two-charsets',
    'each word has its own',
    quoted(
      `${wordB('iso-8859-1', '\xdcber')} ${wordB('utf-8', DE_8.slice(1 + 0)).replace(/.*/, wordB('utf-8', '.exe'))}`,
    ),
    ['Über.exe'],
  ],
]

const charsets: readonly ParameterRow[] = LEGACY.flatMap(({ charset, text, raw }): ParameterRow[] => [
  [`b-${charset}`, HABIT, quoted(wordB(charset, raw)), [text]],
  [`q-${charset}`, HABIT, quoted(wordQ(charset, raw)), [text]],
])

const LENIENT = 'programs read what is nearly right'
const EXTENDED: readonly ParameterRow[] = [
  ['whole', 'RFC 2231 section 4', (word) => `${word}*=utf-8''${percent(DE_8)}`, [DE]],
  ['language', 'RFC 2231 section 4', (word) => `${word}*=utf-8'de'${percent(DE_8)}`, [DE]],
  ['pieces', 'RFC 2231 section 3', (word) => `${word}*0="rep"; ${word}*1="ort.exe"`, [N]],
  ['pieces-unquoted', 'RFC 2231 section 3', (word) => `${word}*0=rep; ${word}*1=ort.exe`, [N]],
  ['pieces-encoded', 'RFC 2231 section 4.1', (word) => `${word}*0*=utf-8''re%70; ${word}*1*=%6Frt.exe`, [N]],
  ['pieces-half-encoded', 'RFC 2231 section 4.1', (word) => `${word}*0*=utf-8''re%70; ${word}*1="ort.exe"`, [N]],
  ['pieces-folded', 'RFC 2231 section 3', (word) => `\r\n ${word}*0="rep";\r\n ${word}*1="ort.exe"`, [N]],
  ['out-of-order', 'RFC 2231 section 3: the order says nothing', (word) => `${word}*1="ort.exe"; ${word}*0="rep"`, [N]],
  ['starts-at-one', LENIENT, (word) => `${word}*1="rep"; ${word}*2="ort.exe"`, [N]],
  ['gap', 'some join, some stop', (word) => `${word}*0="report.exe"; ${word}*2=".txt"`, [N, 'report.exe.txt']],
  ['leading-zero', LENIENT, (word) => `${word}*00="rep"; ${word}*01="ort.exe"`, [N]],
  [
    'twelve-pieces',
    'pieces are numbered, not sorted as text',
    (word) => Array.from('reporting.exe', (char, i) => `${word}*${i}="${char}"`).join('; '),
    ['reporting.exe'],
  ],
  ['empty-charset', 'RFC 2231 section 4 allows it', (word) => `${word}*=''report%2Eexe`, [N]],
  ['empty-charset-utf-8', 'valid UTF-8 is UTF-8', (word) => `${word}*=''${percent(DE_8)}`, [DE]],
  ['one-apostrophe', LENIENT, (word) => `${word}*=utf-8'report%2Eexe`, [N, "utf-8'report.exe"]],
  ['no-apostrophe', LENIENT, (word) => `${word}*=report%2Eexe`, [N]],
  ['unknown-charset', LENIENT, (word) => `${word}*=x-none''report%2Eexe`, [N]],
  ['quoted-value', LENIENT, (word) => `${word}*="utf-8''report%2Eexe"`, [N]],
  ['upper-case-word', 'parameter names have no case', (word) => `${word.toUpperCase()}*=UTF-8''report%2Eexe`, [N]],
  ['percent-without-star', 'some decode it all the same', (word) => `${word}="report%2Eexe"`, [N, 'report%2Eexe']],
  [
    'percent-in-plain-piece',
    'RFC 2231 section 4.1: only pieces with a star are encoded',
    (word) => `${word}*0*=utf-8''re; ${word}*1="po%72t.exe"`,
    ['repo%72t.exe', N],
  ],
  ['lone-percent', 'what is no code stays', (word) => `${word}*=utf-8''100%report.exe`, ['100%report.exe']],
  ['lower-hex', 'programs take lower-case digits too', (word) => `${word}*=utf-8''report%2eexe`, [N]],
  [
    'split-character',
    'programs join before they decode',
    (word) => `${word}*0*=utf-8''%C3; ${word}*1*=%9Cber.exe`,
    ['Über.exe'],
  ],
  [
    'charset-in-second-piece',
    LENIENT,
    (word) => `${word}*0="rep"; ${word}*1*=utf-8''ort%2Eexe`,
    [N, "reputf-8''ort.exe"],
  ],
  [
    'same-piece-twice',
    'the first or the last counts',
    (word) => `${word}*0="rep"; ${word}*0="rep"; ${word}*1="ort.exe"`,
    [N],
  ],
  [
    'utf-8-said-to-be-ascii',
    'valid UTF-8 is UTF-8, whatever is said',
    (word) => `${word}*=us-ascii''${percent(DE_8)}`,
    [DE],
  ],
  [
    'latin-said-to-be-utf-8',
    'what is no UTF-8 is something else',
    (word) => `${word}*=utf-8''${percent('\xdcbersicht \xfcber Gr\xf6\xdfe.exe')}`,
    [DE],
  ],
  ['blanks-around-equals', LENIENT, (word) => `${word}* = utf-8''report%2Eexe`, [N]],
]

const extendedCharsets: readonly ParameterRow[] = LEGACY.map(({ charset, text, raw }) => [
  `in-${charset}`,
  'RFC 2231 section 4',
  (word) => `${word}*=${charset}''${percent(raw)}`,
  [text],
])

/** Nothing says the character set; JIS needs none, as it says itself what it is. */
const raw: readonly ParameterRow[] = LEGACY.map(({ charset, text, raw: bytes }) => [
  charset,
  'RFC 6532 section 3.2 for UTF-8; the other sets are guessed by programs of their countries',
  quoted(bytes),
  [text],
])

const russian: readonly CaseSpec[] = inBothFields([
  [
    'plain-beside-extended',
    'RFC 2231 section 5',
    (word) => `${word}="ot4et.exe"; ${word}*=koi8-r''${percent(LEGACY[2]?.raw ?? '')}`,
    [RU],
  ],
])

export const encodedNames: readonly CaseClass[] = [
  { name: 'name-word', cases: inBothFields([...WORDS, ...charsets]) },
  { name: 'name-extended', cases: [...inBothFields([...EXTENDED, ...extendedCharsets]), ...russian] },
  { name: 'name-raw', cases: inBothFields(raw) },
]
