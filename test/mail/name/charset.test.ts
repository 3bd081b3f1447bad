/** Names in raw bytes: which charset they are in, by what they look like. */
import assert from 'node:assert/strict'
import test from 'node:test'
import { likelihood } from '../../../src/mail/name/script.ts'
import { namesIn, type Row, testRows, utf8 } from './part.ts'

const raw = (text: string) => `attachment; filename="${text}"`
const bytes = (...values: number[]) => String.fromCharCode(...values)
const RAW = 'name-raw-8bit'

/** What the bytes are in, the bytes, the name, what else is told. */
const rows: readonly Row[] = [
  ['UTF-8, Cyrillic', raw(utf8('отчёт.pdf')), 'отчёт.pdf', '', RAW],
  ['UTF-8, Han', raw(utf8('合同.pdf')), '合同.pdf', '', RAW],
  ['UTF-8, emoji', raw(utf8('📎.pdf')), '📎.pdf', '', RAW],
  ['latin1, one letter', raw('\xe4.bin'), 'ä.bin', 'Д.bin | д.bin', RAW],
  ['latin1, in words', raw('Pr\xfcfung \xdcbersicht.pdf'), 'Prüfung Übersicht.pdf', '', RAW],
  ['latin1, French', raw('r\xe9sum\xe9 d\xe9taill\xe9.doc'), 'résumé détaillé.doc', '', RAW],
  ['latin1, Spanish', raw('contrase\xf1a.txt'), 'contraseña.txt', '', RAW],
  ['windows-1252, a dash', raw('a \x96 b.pdf'), 'a – b.pdf', '', RAW],
  ['windows-1251', raw('\xcf\xf0\xe0\xe9\xf1.xls'), 'Прайс.xls', 'оПЮИЯ.xls', RAW],
  [
    'windows-1251, two words',
    raw('\xc4\xee\xe3\xee\xe2\xee\xf0 \xe0\xf0\xe5\xed\xe4\xfb.doc'),
    'Договор аренды.doc',
    '',
    RAW,
  ],
  ['koi8-r', raw('\xf0\xd2\xc1\xca\xd3.xls'), 'Прайс.xls', 'рТБКУ.xls', RAW],
  [
    'koi8-r, two words',
    raw('\xe4\xcf\xc7\xcf\xd7\xcf\xd2 \xc1\xd2\xc5\xce\xc4\xd9.doc'),
    'Договор аренды.doc',
    '',
    RAW,
  ],
  ['gb18030', raw('\xba\xcf\xcd\xac\xb1\xa8\xb8\xe6.pdf'), '合同报告.pdf', '', RAW],
  ['gb18030, another', raw('\xb2\xe2\xca\xd4\xce\xc4\xbc\xfe.exe'), '测试文件.exe', '', RAW],
  ['big5', raw('\xb3\xf8\xa7i.pdf'), '報告.pdf', '', RAW],
  ['big5, another', raw('\xb4\xfa\xb8\xd5\xa4\xe5\xa5\xf3.exe'), '測試文件.exe', '', RAW],
  ['shift_jis', raw('\x93\xfa\x96\x7b\x8c\xea.exe'), '日本語.exe', '', RAW],
  ['shift_jis, kana', raw('\x83e\x83X\x83g.exe'), 'テスト.exe', '', RAW],
  ['shift_jis with a backslash as half a character', raw('\x95\x5c.exe'), '•.exe', '表.exe', RAW],
  ['euc-kr', raw('\xba\xb8\xb0\xed\xbc\xad.hwp'), '보고서.hwp', '', RAW],
  ['euc-kr, another', raw('\xc3\xb7\xba\xce\xc6\xc4\xc0\xcf.zip'), '첨부파일.zip', '', RAW],
  ['euc-jp', raw('\xc6\xfc\xcb\xdc\xb8\xec\xa5\xc6\xa5\xb9\xa5\xc8.txt'), '日本語テスト.txt', '', RAW],
  ['iso-2022-jp', raw('\x1b$BF|K\\8l\x1b(B.exe'), '日本語.exe', '日妨�.exe', ''],
  ['iso-2022-jp with a quote as half a character', raw('\x1b$B$"$$\x1b(B.exe'), 'あい.exe', '', 'name-malformed'],
  [
    'iso-2022-jp without halves that look like syntax',
    raw('\x1b$BF|K\x5c\x5c8l\x1b(B.exe'),
    '日本語.exe',
    '日本楔�.exe',
    '',
  ],
]

testRows(rows)

/** One byte a character, in scripts of which each has several charsets; the bytes are made of the text. */
const SINGLE: readonly (readonly [charset: string, text: string])[] = [
  ['windows-1253', 'Τιμολόγιο Μαρτίου.pdf'],
  ['iso-8859-7', 'Έγγραφο.doc'],
  ['windows-1255', 'חשבונית מס.pdf'],
  ['windows-874', 'ใบแจ้งหนี้.pdf'],
  ['windows-1256', 'فاتورة مارس.pdf'],
  ['windows-1250', 'Příloha.pdf'],
  ['windows-1250', 'Umowa współpracy.doc'],
  ['iso-8859-2', 'Żółw.exe'],
  ['windows-1254', 'Sözleşme değişikliği.doc'],
  ['windows-1257', 'ataskaita už kovą.exe'],
  ['koi8-u', 'звіт про роботу.exe'],
  ['ibm866', 'Счет за март.pdf'],
  ['iso-8859-5', 'Счет за март.pdf'],
]

for (const [charset, text] of SINGLE) {
  test(`a name in ${charset} is told first: ${text}`, () => {
    assert.equal(namesIn([`Content-Disposition: attachment; filename="${singleBytes(text, charset)}"`]).name, text)
  })
}

/** Every name is among those told, likely or not: short ones may be in several charsets. */
const SHORT: readonly (readonly [charset: string, text: string])[] = [
  ['windows-1251', 'ОТЧЕТ.EXE'],
  ['koi8-r', 'ОТЧЕТ.EXE'],
  ['windows-1253', 'ΤΙΜΟΛΟΓΙΟ.EXE'],
  ['windows-1255', 'דוח.exe'],
  ['windows-1250', 'Račun.pdf'],
  ['iso-8859-2', 'životopis.doc'],
  ['windows-1257', 'rēķins.pdf'],
]

for (const [charset, text] of SHORT) {
  test(`a name in ${charset} is told: ${text}`, () => {
    const { values } = namesIn([`Content-Disposition: attachment; filename="${singleBytes(text, charset)}"`])
    assert.ok(values.includes(text), `${values}`)
  })
}

function singleBytes(text: string, charset: string): string {
  const decoder = new TextDecoder(charset)
  const table = new Map(Array.from({ length: 256 }, (_, byte) => [decoder.decode(Buffer.of(byte)), byte]))
  return bytes(...Array.from(text, (char) => table.get(char) ?? assert.fail(`${char} is not in ${charset}`)))
}

test('the charset that the part declares comes before guesses', () => {
  const disposition = 'Content-Disposition: attachment; filename="\xd4\xc5\xd3\xd4.txt"'

  assert.equal(namesIn(['Content-Type: text/plain; charset=koi8-r', disposition]).name, 'тест.txt')
  assert.equal(namesIn(['Content-Type: text/plain; charset=iso-8859-5', disposition]).name, 'дХгд.txt')
  assert.equal(namesIn(['Content-Type: text/plain; charset=utf-8', disposition]).name, 'тест.txt')
})

test('guesses are few, and all end alike', () => {
  const { values } = namesIn(['Content-Disposition: attachment; filename="\xba\xcf\xcd\xac\xb1\xa8.exe"'])

  assert.ok(values.length > 2 && values.length <= 8, `${values}`)
  assert.ok(values.every((value) => value.endsWith('.exe')))
})

test('bytes that are in no charset are told one character each', () => {
  const { name } = namesIn([`Content-Disposition: attachment; filename="${bytes(0xff, 0xff, 0x81)}.exe"`])

  assert.ok(name.endsWith('.exe') && name.length === 7)
})

test('text in its own charset is likelier than in another', () => {
  assert.ok(likelihood('Договор', 7, 'windows-1251') > likelihood('дНЦНБНП', 7, 'koi8-r'))
  assert.ok(likelihood('ä', 1, 'windows-1252') > likelihood('д', 1, 'windows-1251'))
  assert.ok(likelihood('报告', 4, 'gb18030') > likelihood('괩멩', 4, 'euc-kr'))
})
