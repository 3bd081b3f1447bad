import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mismatchesOf } from '../../../src/facts/index.ts'

const EXE = ['application/vnd.microsoft.portable-executable']
const DOCX = ['application/vnd.openxmlformats-officedocument.wordprocessingml.document']

/** Content, names, declared type, and what does not fit. */
const LIES: readonly (readonly [
  types: readonly string[],
  names: readonly string[],
  declared: string,
  found: readonly string[],
])[] = [
  [EXE, ['photo.jpg'], 'image/jpeg', ['name jpg is executable', 'declared image/jpeg is executable']],
  [EXE, ['a.PDF', 'a.exe'], '', ['name pdf is executable']],
  [EXE, ['notes.txt'], 'text/plain', ['name txt is executable', 'declared text/plain is executable']],
  [
    EXE,
    ['smime.p7s'],
    'application/pkcs7-signature',
    ['name p7s is executable', 'declared application/pkcs7-signature is executable'],
  ],
  [['application/zip'], [], 'text/plain', ['declared text/plain is archive']],
  [['application/x-ms-shortcut'], ['invoice.pdf. '], '', ['name pdf is shortcut']],
  [
    ['text/html'],
    ['list.xls'],
    'application/vnd.ms-excel',
    ['name xls is markup', 'declared application/vnd.ms-excel is markup'],
  ],
  [['image/png'], ['a.jpg'], 'image/jpeg', ['name jpg is image', 'declared image/jpeg is image']],
  [['application/rtf'], ['a.docx'], '', []],
  [['application/x-iso9660-image'], ['a.pdf'], 'video/x-own', ['name pdf is disk', 'declared video/x-own is disk']],
  [[], ['a.png'], 'image/png', ['name png is unknown', 'declared image/png is unknown']],
  [['application/java-archive'], ['a.docx'], '', ['name docx is archive']],
]

for (const [types, names, declared, found] of LIES) {
  test(`${types[0] ?? 'nothing known'} called ${names.join()} and ${declared || 'nothing'} shows ${found.length} lies`, () => {
    assert.deepEqual(mismatchesOf(types, names, declared), found)
  })
}

/** What people and programs customarily call things. */
const CUSTOMARY: readonly (readonly [types: readonly string[], names: readonly string[], declared: string])[] = [
  [EXE, ['a.exe', 'b.dll', 'c.scr', 'd.com'], 'application/octet-stream'],
  [EXE, ['setup.exe'], 'application/x-msdownload'],
  [['image/jpeg'], ['a.JPG', 'a.jpeg'], 'image/jpg'],
  [['application/zip'], ['a.zip'], 'application/x-zip-compressed'],
  [DOCX, ['a.docx'], 'application/zip'],
  [DOCX, ['a.zip', 'a.doc'], 'application/msword'],
  [['application/vnd.oasis.opendocument.text'], ['a.odt'], 'application/vnd.oasis.opendocument.text'],
  [['text/x-python'], ['a.txt', 'a.py'], 'text/plain'],
  [['text/html'], ['a.txt', 'a.htm'], 'text/html'],
  [['text/plain'], ['a.csv', 'a.log', 'a.md', 'a.js', 'a.html'], 'text/x-own'],
  [['application/xml'], ['a.xml'], 'text/xml'],
  [['image/svg+xml'], ['a.svg'], 'application/xml'],
  [['application/pdf'], ['a.pdf', 'no extension', 'a.own', ''], 'application/x-pdf'],
  [['application/pkcs7-mime'], ['smime.p7m', 'a.p7s'], 'application/x-pkcs7-mime'],
  [['application/pgp-signature'], ['signature.asc'], 'application/pgp-signature'],
  [['application/rtf'], ['a.doc'], 'application/msword'],
  [['application/vnd.ms-tnef'], ['winmail.dat'], 'application/ms-tnef'],
  [['message/rfc822'], ['a.eml'], 'message/rfc822'],
  [['text/plain'], [], 'message/delivery-status'],
  [['video/mp4'], ['a.mov'], 'video/quicktime'],
  [['application/x-ole-encrypted-package'], ['a.docx', 'b.xlsx'], ''],
  [['application/x-ole-storage'], ['a.doc'], 'application/msword'],
  [['text/calendar'], ['invite.ics'], 'application/ics'],
  [['application/vnd.ms-excel', 'application/x-vba-project'], ['a.xls', 'a.xla'], 'application/vnd.ms-excel'],
  [['image/gif', 'text/javascript'], ['a.gif', 'a.js'], 'image/gif'],
  [[], ['a.dat', 'a.bin', 'a.txt'], 'application/octet-stream'],
  [['application/gzip'], ['a.tgz', 'a.svgz', 'a.gz'], 'application/x-gzip'],
  [['application/x-dosexec'], ['a.exe'], ''],
]

for (const [types, names, declared] of CUSTOMARY) {
  test(`${types[0] ?? 'nothing known'} called ${names.join()} and ${declared || 'nothing'} is no lie`, () => {
    assert.deepEqual(mismatchesOf(types, names, declared), [])
  })
}

test('very many and very long names cost no time', () => {
  const names = Array.from({ length: 100_000 }, (_, n) => `${'.'.repeat(200)}${n}.jpg`)
  const before = process.threadCpuUsage().user

  assert.deepEqual(mismatchesOf(EXE, names, 'x'.repeat(100_000)), ['name jpg is executable'])
  assert.ok((process.threadCpuUsage().user - before) / 1000 < 200)
})
