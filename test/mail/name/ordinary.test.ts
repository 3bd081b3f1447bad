/** Names as people give them, in the ways in which mail programs write them: one candidate, nothing suspicious. */
import assert from 'node:assert/strict'
import test from 'node:test'
import { namesIn, utf8 } from './part.ts'

const NAMES = [
  'invoice.pdf',
  'report.2024.pdf',
  'Scan 12. Mai.pdf',
  'backup.tar.gz',
  'jquery.min.js',
  'v1.2.3-rc.1.zip',
  'README',
  'Makefile',
  'photo.jpeg',
  'IMG_0001.HEIC',
  'a.b.c.d.txt',
  'Invoice (1).pdf',
  'Angebot Nr. 17 vom 3.5.2026.docx',
  'minutes_2026-03-02_final.odt',
  "O'Brien & Sons.xlsx",
  'C++ primer.pdf',
  '50% off.pdf',
  'a+b=c.txt',
  '#1 plan.ppt',
  'R&D plan [draft].pptx',
  'smime.p7s',
  'winmail.dat',
  'Re: Angebot.eml',
  'Fwd: Einladung: Treffen.eml',
  'meeting 12:30.ics',
  'www.src.test.html',
  'libfoo.so.6',
  'foo.patch.gz',
  'Grüße aus Köln.pdf',
  'Übersicht Prüfung.docx',
  'Straße.txt',
  'résumé.pdf',
  'Année 2026 – bilan.xlsx',
  'contraseñas.txt',
  'São Paulo.pdf',
  'Żółć.pdf',
  'Přehled účtů.xls',
  'Árvíztűrő tükörfúrógép.doc',
  'Türkçe İçerik.pdf',
  'Ærø ålegræs.pdf',
  'Þingvellir.jpg',
  'Ελληνικά.pdf',
  'Отчёт за май.pdf',
  'Договор № 5.docx',
  'Їжак і ґава.txt',
  'Извештај.pdf',
  'Հայերեն.pdf',
  'ქართული.pdf',
  'עברית.pdf',
  'מסמך\u200f (1).pdf',
  'العربية.pdf',
  '\u200fتقرير 2026.docx',
  'می\u200cخواهم.pdf',
  'हिन्दी.pdf',
  'क्\u200dष.pdf',
  'বাংলা.pdf',
  'தமிழ்.pdf',
  'ไทย.pdf',
  'ລາວ.pdf',
  'Tiếng Việt.pdf',
  '合同报告.pdf',
  '測試文件.doc',
  '日本語の資料.xlsx',
  'テスト.txt',
  '보고서 최종.hwp',
  '報告書（最終）.pdf',
  '「見積」.pdf',
  '👍 party 🎉.png',
  '👩\u200d💻.png',
  '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}.png',
  'Screenshot 2026-03-02 at 3.04.05\u202fPM.png',
  'naı̈ve.pdf',
  'e\u0301t\u00e9.pdf',
  '“quoted”.pdf',
  'a\u00a0b.pdf',
]

const WAYS: Readonly<Record<string, (name: string) => readonly string[]>> = {
  'B words in both fields': (name) => both(`"${words(name, 'B')}"`),
  'Q words in both fields': (name) => both(`"${words(name, 'Q')}"`),
  'words without quotes': (name) => both(words(name, 'Q')),
  'raw UTF-8': (name) => both(`"${utf8(name).replaceAll('"', '\\"')}"`),
  'RFC 2231': (name) => [
    `Content-Type: application/octet-stream; name*=UTF-8''${percent(name)}`,
    `Content-Disposition: attachment; filename*=UTF-8''${percent(name)}`,
  ],
  'RFC 2231 in pieces': (name) => [`Content-Disposition: attachment;\r\n ${pieces(name)}`],
  'RFC 2231 beside words': (name) => [
    `Content-Type: application/octet-stream;\r\n name="${words(name, 'B')}"`,
    `Content-Disposition: attachment;\r\n filename*=UTF-8''${percent(name)}; size=17`,
  ],
}

for (const [way, write] of Object.entries(WAYS))
  test(`ordinary names have one value and nothing suspicious: ${way}`, () => {
    for (const name of NAMES) {
      const found = namesIn(write(name))

      assert.equal(found.name, name)
      assert.deepEqual(found.suspicious, [], name)
      // Where two fields have the name it is told of both; a colon or a percent sign may be read in one more way.
      assert.ok(found.values.length <= 3, `${name}: ${found.values}`)
    }
  })

test('ordinary names in ASCII have no anomaly at all', () => {
  for (const name of NAMES.filter((each) => /^[\x20-\x7e]+$/.test(each))) {
    const found = namesIn(both(`"${name}"`))

    assert.equal(found.name, name)
    assert.deepEqual(found.oddities, [], name)
  }
})

test('names in the charsets of their language are read, and nothing is suspicious', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['iso-8859-1', 'Gr=FC=DFe.pdf', 'Grüße.pdf'],
    ['windows-1252', 'a =96 b.pdf', 'a – b.pdf'],
    ['iso-8859-2', '=AF=F3=B3=E6.pdf', 'Żółć.pdf'],
    ['iso-8859-9', 'T=FCrk=E7e.pdf', 'Türkçe.pdf'],
    ['iso-8859-15', '=A4.pdf', '€.pdf'],
    ['koi8-u', '=A6=D6=C1=CB.pdf', 'іжак.pdf'],
    ['windows-1253', '=C5=EB=EB.pdf', 'Ελλ.pdf'],
    ['windows-1255', '=F2=E1=F8.pdf', 'עבר.pdf'],
    ['windows-1256', '=C7=E1=DA.pdf', 'الع.pdf'],
    ['tis-620', '=E4=B7=C2.pdf', 'ไทย.pdf'],
    ['gb18030', '=BA=CF=CD=AC.pdf', '合同.pdf'],
    ['euc-jp', '=C6=FC=CB=DC.pdf', '日本.pdf'],
  ]
  for (const [charset, text, name] of cases) {
    const found = namesIn([`Content-Disposition: attachment; filename="=?${charset}?Q?${text.replaceAll(' ', '_')}?="`])

    assert.deepEqual([found.values, found.oddities], [[name], []], charset)
  }
})

function both(value: string): readonly string[] {
  return [`Content-Type: application/octet-stream; name=${value}`, `Content-Disposition: attachment; filename=${value}`]
}

/** Encoded words of at most 30 bytes each, whole characters in each. */
function words(name: string, encoding: 'B' | 'Q'): string {
  const chunks: string[] = ['']
  for (const char of name) {
    const last = chunks.at(-1) ?? ''
    if (Buffer.byteLength(last + char) > 30) chunks.push(char)
    else chunks[chunks.length - 1] = last + char
  }
  const encode = encoding === 'B' ? (text: string) => Buffer.from(text).toString('base64') : q
  return chunks.map((chunk) => `=?utf-8?${encoding}?${encode(chunk)}?=`).join('\r\n ')
}

function q(text: string): string {
  return Array.from(Buffer.from(text), (byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')
}

function percent(name: string): string {
  return encodeURIComponent(name).replace(/['()*!]/g, (char) => `%${char.charCodeAt(0).toString(16)}`)
}

function pieces(name: string): string {
  const chunks = percent(name).match(/.{1,20}/g) ?? []
  return chunks.map((chunk, i) => `filename*${i}*=${i === 0 ? "UTF-8''" : ''}${chunk}`).join(';\r\n ')
}
