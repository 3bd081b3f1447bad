/** Names in further charsets, broken syntax and places. */
import { base64, entity, message, multipart, placed, textPart } from '../build.ts'
import type { CaseClass, CaseSpec } from '../case.ts'
import { inBothFields, namedCase, type ParameterRow, percent, wordB, wordQ } from '../naming.ts'

const N = 'report.exe'
const quoted = (value: string) => (word: string) => `${word}="${value}"`

/** One byte a character: the bytes are those of the decoder's table. */
function singleBytes(text: string, charset: string): string {
  const decoder = new TextDecoder(charset)
  const table = new Map(Array.from({ length: 256 }, (_, byte) => [decoder.decode(Buffer.of(byte)), byte]))
  return Array.from(text, (char) => String.fromCharCode(table.get(char) ?? 0x3f)).join('')
}

const GUESSED = 'programs of its country guess the charset'
const SCRIPTS: readonly (readonly [charset: string, text: string])[] = [
  ['windows-1253', 'Τιμολόγιο Μαρτίου.exe'],
  ['iso-8859-7', 'Παραγγελία.exe'],
  ['windows-1255', 'חשבונית מס.exe'],
  ['windows-1256', 'تقرير عن العمل.exe'],
  ['iso-8859-6', 'فاتورة مارس.exe'],
  ['windows-874', 'ใบแจ้งหนี้.exe'],
  ['windows-1250', 'Příloha smlouvy.exe'],
  ['iso-8859-2', 'Umowa współpracy.exe'],
  ['windows-1254', 'Şirket raporu değişikliği.exe'],
  ['windows-1257', 'ataskaita už kovą.exe'],
  ['koi8-u', 'звіт про роботу.exe'],
  ['ibm866', 'Счет за март.exe'],
  ['iso-8859-5', 'Акт сверки.exe'],
  ['windows-1251', 'ОТЧЕТ.exe'],
  ['koi8-r', 'Счет.exe'],
  ['macintosh', 'Größe.exe'],
  ['x-mac-cyrillic', 'Отчет.exe'],
]
const raws: readonly ParameterRow[] = SCRIPTS.filter(([charset]) => !/mac/.test(charset)).map(([charset, text]) => [
  `raw-${charset}`,
  GUESSED,
  quoted(singleBytes(text, charset)),
  [text],
])
const labelled: readonly ParameterRow[] = SCRIPTS.map(([charset, text]) => [
  `word-${charset}`,
  'RFC 2047; all mail programs decode words in parameters',
  quoted(wordB(charset, singleBytes(text, charset))),
  [text],
])

const extended: readonly ParameterRow[] = SCRIPTS.map(([charset, text]) => [
  `extended-${charset}`,
  'RFC 2231 section 4',
  (word) => `${word}*=${charset}''${percent(singleBytes(text, charset))}`,
  [text],
])

const ALIAS = 'a name of the charset that old programs write'
const RU = 'отчет.exe'
const ALIASES: readonly ParameterRow[] = [
  ['alias-cp1251', ALIAS, quoted(wordQ('cp1251', singleBytes(RU, 'windows-1251'))), [RU]],
  ['alias-cp-1251', ALIAS, quoted(wordQ('cp-1251', singleBytes(RU, 'windows-1251'))), [RU]],
  ['alias-win-1251', ALIAS, quoted(wordQ('win-1251', singleBytes(RU, 'windows-1251'))), [RU]],
  ['alias-windows1251', ALIAS, quoted(wordQ('windows1251', singleBytes(RU, 'windows-1251'))), [RU]],
  ['alias-koi8r', ALIAS, quoted(wordQ('koi8r', singleBytes(RU, 'koi8-r'))), [RU]],
  ['alias-koi8', ALIAS, quoted(wordQ('koi8', singleBytes(RU, 'koi8-r'))), [RU]],
  ['alias-cp866', ALIAS, quoted(wordQ('cp866', singleBytes(RU, 'ibm866'))), [RU]],
  ['alias-x-sjis', ALIAS, quoted(wordQ('x-sjis', '\x95\xf1\x8d\x90.exe')), ['報告.exe']],
  ['alias-ms-kanji', ALIAS, quoted(wordQ('ms_kanji', '\x95\xf1\x8d\x90.exe')), ['報告.exe']],
  ['alias-ks-c-5601', ALIAS, quoted(wordQ('ks_c_5601-1987', '\xba\xb8\xb0\xed\xbc\xad.exe')), ['보고서.exe']],
  ['alias-gb2312', ALIAS, quoted(wordQ('gb2312', '\xb1\xa8\xb8\xe6.exe')), ['报告.exe']],
  ['alias-x-gbk', ALIAS, quoted(wordQ('x-gbk', '\xb1\xa8\xb8\xe6.exe')), ['报告.exe']],
  ['alias-big5-hkscs', ALIAS, quoted(wordQ('big5-hkscs', '\xb3\xf8\xa7i.exe')), ['報告.exe']],
  ['alias-tis-620', ALIAS, quoted(wordQ('tis-620', singleBytes('รายงาน.exe', 'windows-874'))), ['รายงาน.exe']],
  ['alias-iso-8859-8-i', ALIAS, quoted(wordQ('iso-8859-8-i', singleBytes('דוח.exe', 'windows-1255'))), ['דוח.exe']],
  ['alias-latin1', ALIAS, quoted(wordQ('latin1', '\xdcber.exe')), ['Über.exe']],
  ['alias-iso8859-1', ALIAS, quoted(wordQ('iso8859-1', '\xdcber.exe')), ['Über.exe']],
  ['alias-iso-8859-15', ALIAS, quoted(wordQ('ISO-8859-15', '\xdcber \xa4.exe')), ['Über €.exe']],
  ['alias-ansi', ALIAS, quoted(wordQ('ansi', '\xdcber.exe')), ['Über.exe']],
  ['alias-cp850', ALIAS, quoted(wordQ('cp850', '\x9aber.exe')), ['Über.exe']],
  ['alias-ibm437', ALIAS, quoted(wordQ('ibm437', '\x9aber.exe')), ['Über.exe']],
  ['alias-utf8', ALIAS, quoted(wordQ('utf8', '\xc3\x9cber.exe')), ['Über.exe']],
  ['alias-utf_8', ALIAS, quoted(wordQ('utf_8', '\xc3\x9cber.exe')), ['Über.exe']],
  ['alias-unicode-1-1-utf-8', ALIAS, quoted(wordQ('unicode-1-1-utf-8', '\xc3\x9cber.exe')), ['Über.exe']],
  ['alias-quoted', 'quotes around the charset', quoted(`=?'utf-8'?Q?report=2Eexe?=`), [N]],
  ['utf-16be', 'RFC 2781', quoted(wordB('utf-16be', wide('отчет.exe', true))), [RU]],
  ['utf-16le', 'RFC 2781', quoted(wordB('utf-16le', wide('отчет.exe', false))), [RU]],
  ['utf-16-with-mark', 'RFC 2781', quoted(wordB('utf-16', `\xfe\xff${wide('отчет.exe', true)}`)), [RU]],
  ['hz-gb-2312', 'RFC 1843', quoted(wordQ('hz-gb-2312', '~{1(8f~}.exe')), ['报告.exe']],
  ['iso-2022-kr', 'RFC 1557', quoted(wordB('iso-2022-kr', '\x1b$)C\x0e:80m<-\x0f.exe')), ['보고서.exe']],
  ['utf-7-b', 'RFC 2152', quoted(wordB('utf-7', '+BD4EQgRHBDUEQg-.exe')), [RU]],
]

function wide(text: string, isBig: boolean): string {
  const bytes = Buffer.from(text, 'utf16le')
  return (isBig ? bytes.swap16() : bytes).toString('latin1')
}

const BROKEN = 'programs read what is nearly right'
const WORDS: readonly ParameterRow[] = [
  ['word-no-last-equals', BROKEN, quoted('=?utf-8?Q?report.exe?'), [N]],
  ['word-blank-in-base64', BROKEN, quoted('=?utf-8?B?cmVwb3J0 LmV4ZQ==?='), [N]],
  ['word-folded-inside', BROKEN, quoted('=?utf-8?B?cmVwb3J0\r\n LmV4ZQ==?='), [N]],
  ['word-folded-in-q', BROKEN, quoted('=?utf-8?Q?report\r\n .exe?='), [N, 'report .exe']],
  ['word-junk-in-base64', BROKEN, quoted('=?utf-8?B?cmVw*b3J0LmV4ZQ==?='), [N]],
  ['word-q-raw-8bit', BROKEN, quoted('=?utf-8?Q?\xc3\x9cber.exe?='), ['Über.exe']],
  ['word-q-question-mark', BROKEN, quoted('=?utf-8?Q?re?port.exe?='), ['re?port.exe']],
  ['word-in-extended-plain', BROKEN, (word) => `${word}*=${wordB('utf-8', N)}`, [N]],
  [
    'word-in-pieces',
    'Outlook Express divides words between pieces',
    (word) => `${word}*0="=?utf-8?B?cmVwb3J0"; ${word}*1="LmV4ZQ==?="`,
    [N],
  ],
  ['words-in-pieces', BROKEN, (word) => `${word}*0="=?utf-8?Q?report?="; ${word}*1="=?utf-8?Q?.exe?="`, [N]],
  ['words-of-two-encodings', 'RFC 2047 section 6.2', quoted(`=?utf-8?Q?report?= ${wordB('utf-8', '.exe')}`), [N]],
  ['words-with-tab', 'RFC 2047 section 6.2', quoted('=?utf-8?Q?report?=\t=?utf-8?Q?.exe?='), [N]],
  ['words-with-two-line-ends', 'RFC 2047 section 6.2', quoted('=?utf-8?Q?report?=\r\n \r\n =?utf-8?Q?.exe?='), [N]],
  ['word-in-single-quotes', BROKEN, (word) => `${word}='=?utf-8?Q?report.exe?='`, [N, `'${N}'`]],
  ['word-q-soft-break', BROKEN, quoted('=?utf-8?Q?report=\r\n .exe?='), [N, 'report= .exe', 'report=.exe']],
  [
    'word-lower-b-url',
    BROKEN,
    quoted(`=?utf-8?b?${Buffer.from('r\u00ff\u00fe?>.exe').toString('base64url')}?=`),
    ['r\u00ff\u00fe?>.exe'],
  ],
]

const SYNTAX = 'programs search for the parameter'
const FORMS: readonly ParameterRow[] = [
  ['tab-before-word', 'RFC 2045 section 5.1', (word) => `\t${word}="${N}"`, [N]],
  ['newline-before-equals', 'RFC 822 allows blanks', (word) => `${word}\r\n ="${N}"`, [N]],
  ['newline-after-equals', 'RFC 822 allows blanks', (word) => `${word}=\r\n "${N}"`, [N]],
  ['double-equals', SYNTAX, (word) => `${word}=="${N}"`, [N, `="${N}"`, `=${N}`]],
  ['colon-for-equals', SYNTAX, (word) => `${word}: "${N}"; ${word}="${N}"`, [N]],
  ['quoted-word', SYNTAX, (word) => `"${word}"="${N}"`, [N]],
  ['nul-in-word', 'programs that drop NUL', (word) => `${word.slice(0, 2)}\0${word.slice(2)}="${N}"`, [N]],
  ['nul-before-equals', 'programs that drop NUL', (word) => `${word}\0="${N}"`, [N]],
  ['nul-before-value', 'programs that drop NUL', (word) => `${word}="\0${N}"`, [N]],
  ['nul-within-extension', 'programs that drop NUL', (word) => `${word}="report.e\0xe"`, [N, 'report.e']],
  ['cr-within', 'programs that drop control characters', (word) => `${word}="report.e\rxe"`, [N, 'report.e']],
  ['doubled-word', 'the first, the last', (word) => `${word}="a.txt"; ${word}="${N}"; ${word}="b.txt"`, [N]],
  ['extended-no-value', 'RFC 2231; an empty one is none', (word) => `${word}*=; ${word}="${N}"`, [N]],
  ['extended-only-charset', 'an empty one is none', (word) => `${word}*=utf-8''; ${word}="${N}"`, [N]],
  ['extended-upper-hex-charset', 'RFC 2231: charsets have no case', (word) => `${word}*=UTF-8'EN'%72eport%2Eexe`, [N]],
  ['extended-raw-8bit', BROKEN, (word) => `${word}*=utf-8''\xc3\x9cber.exe`, ['Über.exe']],
  ['extended-semicolon-encoded', 'RFC 2231', (word) => `${word}*=utf-8''a%3Bb.exe`, ['a;b.exe']],
  ['extended-quoted-blank', BROKEN, (word) => `${word}*="utf-8''re port.exe"`, ['re port.exe']],
  [
    'pieces-mixed-case',
    'parameter names have no case',
    (word) => `${word.toUpperCase()}*0="rep"; ${word}*1="ort.exe"`,
    [N],
  ],
  ['pieces-with-blanks', BROKEN, (word) => `${word} *0 = "rep"; ${word} *1 = "ort.exe"`, [N]],
  ['pieces-reversed', 'RFC 2231 section 3', (word) => `${word}*2=".exe"; ${word}*1="ort"; ${word}*0="rep"`, [N]],
  [
    'pieces-star-first-only',
    BROKEN,
    (word) => `${word}*0*=utf-8''rep; ${word}*1=ort%2Eexe`,
    ['reportort%2Eexe', 'report%2Eexe', N],
  ],
  [
    'pieces-charset-in-plain',
    BROKEN,
    (word) => `${word}*0="utf-8''rep"; ${word}*1="ort.exe"`,
    [N, "utf-8''report.exe"],
  ],
  [
    'plain-then-pieces',
    'programs differ in which they take',
    (word) => `${word}="a.txt"; ${word}*0="rep"; ${word}*1="ort.exe"`,
    [N],
  ],
  ['comment-between-pieces', 'RFC 822 comments', (word) => `${word}*0="rep" (x); (y) ${word}*1="ort.exe"`, [N]],
  ['nested-quotes', BROKEN, (word) => `${word}=""${N}""`, [N]],
  ['typographic-quotes', 'shown as they stand', (word) => `${word}=\xe2\x80\x9c${N}\xe2\x80\x9d`, [`\u201c${N}\u201d`]],
  ['angle-brackets', 'shown as they stand', (word) => `${word}=<${N}>`, [`<${N}>`, N]],
  ['trailing-percent', BROKEN, (word) => `${word}*=utf-8''report.exe%`, ['report.exe%', N]],
  ['slashes-encoded', 'the last of the path', (word) => `${word}*=utf-8''..%2F..%2Freport.exe`, [N]],
  ['backslashes-encoded', 'the last of the path', (word) => `${word}*=utf-8''C%3A%5Ctmp%5Creport.exe`, [N]],
  ['ideographic-blank', 'shown as it stands', (word) => `${word}*=utf-8''report%E3%80%80.exe`, ['report\u3000.exe']],
  ['full-width', 'Windows takes it as it stands', (word) => `${word}*=utf-8''report%EF%BC%8Eexe`, ['report\uff0eexe']],
  [
    'lone-surrogate',
    'RFC 3629 forbids it',
    (word) => `${word}*=utf-8''r%ED%A0%80eport.exe`,
    ['r\ufffd\ufffd\ufffdeport.exe'],
  ],
  ['overlong', 'RFC 3629 forbids it', (word) => `${word}*=utf-8''report%C0%AEexe`, ['report\ufffd\ufffdexe']],
]

const ENCODED = 'Content-Transfer-Encoding: base64'
const OCTETS = 'Content-Type: application/octet-stream'
const FIELDS: readonly CaseSpec[] = [
  namedCase(
    'disposition-upper-case',
    'field names have no case',
    [OCTETS, `CONTENT-DISPOSITION: ATTACHMENT; FILENAME="${N}"`],
    [N],
  ),
  namedCase(
    'disposition-form-data',
    'RFC 7578',
    [OCTETS, `Content-Disposition: form-data; name="field"; filename="${N}"`],
    [N],
  ),
  namedCase(
    'disposition-quoted-word',
    'programs search for the parameter',
    [OCTETS, `Content-Disposition: "attachment"; filename="${N}"`],
    [N],
  ),
  namedCase(
    'disposition-folded-first',
    'RFC 5322 section 2.2.3',
    [OCTETS, `Content-Disposition:\r\n attachment;\r\n\tfilename="${N}"`],
    [N],
  ),
  namedCase(
    'disposition-blank-line-folded',
    'a folded line of blanks',
    [OCTETS, `Content-Disposition: attachment;\r\n \r\n filename="${N}"`],
    [N],
  ),
  namedCase(
    'disposition-nul-before-colon',
    'programs that drop NUL',
    [OCTETS, `Content-Disposition\0: attachment; filename="${N}"`],
    [N],
  ),
  namedCase(
    'disposition-underscore',
    'nearly the field',
    [OCTETS, `Content_Disposition: attachment; filename="${N}"`],
    [N],
  ),
  namedCase('disposition-as-type', 'the other field', [`Content-Type: application/octet-stream; filename="${N}"`], [N]),
  namedCase(
    'disposition-no-colon',
    'nearly the field',
    [OCTETS, `Content-Disposition attachment; filename="${N}"`],
    [N],
  ),
  namedCase(
    'type-in-quotes',
    'programs search for the parameter',
    [`Content-Type: "application/octet-stream; name=${N}"`],
    [N],
  ),
  namedCase(
    'type-name-folded-no-semicolon',
    'programs search for the parameter',
    [`Content-Type: application/octet-stream\r\n\tname="${N}"`],
    [N],
  ),
  namedCase('type-no-slash', 'programs search for the parameter', [`Content-Type: application; name="${N}"`], [N]),
  namedCase('type-only-name', 'programs search for the parameter', [`Content-Type: name="${N}"`], [N]),
  namedCase(
    'description-word',
    'Pine and Evolution show it',
    [OCTETS, `Content-Description: ${wordB('utf-8', N)}`],
    [N],
  ),
  namedCase(
    'location-percent',
    'the last of the path',
    [OCTETS, 'Content-Location: http://src.test/a/report%2Eexe?x=y'],
    [N],
  ),
  namedCase('location-word', 'RFC 2557 section 4.4.1', [OCTETS, `Content-Location: ${wordQ('utf-8', N)}`], [N]),
  namedCase(
    'x-mac-name',
    'the type of the other fork says nothing',
    [`Content-Type: application/octet-stream; x-mac-type="0"; name="${N}"`],
    [N],
  ),
  namedCase(
    'x-unix-mode-between',
    'other parameters say nothing',
    [OCTETS, `Content-Disposition: attachment; x-unix-mode=0644; filename="${N}"; size=100`],
    [N],
  ),
  namedCase(
    'three-dispositions',
    'each of them',
    [
      OCTETS,
      'Content-Disposition: inline; filename="a.txt"',
      'Content-Disposition: inline; filename="b.txt"',
      `Content-Disposition: attachment; filename="${N}"`,
    ],
    [N],
  ),
  namedCase(
    'type-pieces-disposition-plain',
    'programs differ in which they take',
    [
      'Content-Type: application/octet-stream; name*0="rep"; name*1="ort.exe"',
      'Content-Disposition: attachment; filename="a.txt"',
    ],
    [N],
  ),
]

/** The name of what the file lies in. */
const OUTER: readonly CaseSpec[] = [
  {
    name: 'single-part-subject',
    why: 'a message that is its attachment: programs take the name of the part',
    names: [N],
    build: (content) => message(entity([`${OCTETS}; name="${N}"`, ENCODED], base64(content))),
  },
  {
    name: 'container-named',
    why: 'a multipart with a name: Apple Mail names its parts by it',
    build: (content) =>
      placed(
        multipart([textPart(), entity([OCTETS, ENCODED], base64(content))]).replace('mixed;', `mixed; name="${N}";`),
      ),
  },
  {
    name: 'related-no-name',
    why: 'RFC 2392: a part without a name is shown by its number',
    build: (content) =>
      placed(
        entity(['Content-Type: image/x-none', 'Content-ID: <report.exe@src.test>', ENCODED], base64(content)),
        'related',
      ),
  },
]

export const furtherNames: readonly CaseClass[] = [
  { name: 'further-name-charset', cases: inBothFields([...raws, ...labelled, ...extended]) },
  { name: 'further-name-alias', cases: inBothFields(ALIASES).filter(({ name }) => name.endsWith('disposition')) },
  { name: 'further-name-word', cases: inBothFields(WORDS) },
  { name: 'further-name-form', cases: inBothFields(FORMS) },
  { name: 'further-name-field', cases: [...FIELDS, ...OUTER] },
]
