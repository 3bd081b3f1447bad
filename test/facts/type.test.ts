import assert from 'node:assert/strict'
import test from 'node:test'
import type { Content } from '../../src/core/index.ts'
import { createContentMeter } from '../../src/facts/index.ts'
import { ole as compound } from './type/containers.ts'

function typesOf(content: Buffer): readonly string[] {
  return contentOf(content).types
}

function contentOf(content: Buffer): Content {
  const meter = createContentMeter()
  meter.write(content)
  return meter.end()
}

/** Bytes of latin1 text, at a place where the format has its mark. */
function at(place: number, text: string, length = place + 64): Buffer {
  const bytes = Buffer.alloc(length)
  bytes.write(text, place, 'latin1')
  return bytes
}

/** A zip file of empty members with these names: local headers, then the directory. */
function zip(names: readonly string[], stored = ''): Buffer {
  const locals: Buffer[] = []
  const entries: Buffer[] = []
  for (const name of names) {
    const local = at(0, 'PK\x03\x04', 30)
    const entry = at(0, 'PK\x01\x02', 46)
    const data = locals.length === 0 ? stored : ''
    local.writeUInt32LE(data.length, 18)
    local.writeUInt16LE(name.length, 26)
    entry.writeUInt16LE(name.length, 28)
    locals.push(local, Buffer.from(name), Buffer.from(data))
    entries.push(entry, Buffer.from(name))
  }
  return Buffer.concat([...locals, ...entries, at(0, 'PK\x05\x06', 22)])
}

function ole(stream: string): Buffer {
  return compound([[stream]])
}

function pe(): Buffer {
  const bytes = at(0, 'MZ', 256)
  bytes.writeUInt32LE(128, 60)
  bytes.write('PE\0\0', 128)
  return bytes
}

function bmp(): Buffer {
  const bytes = at(0, 'BM', 200)
  bytes.writeUInt32LE(54, 10)
  bytes.writeUInt32LE(40, 14)
  return bytes
}

const oox = ['[Content_Types].xml', '_rels/.rels']
const office = 'application/vnd.openxmlformats-officedocument'
const genuine: readonly (readonly [string, Buffer])[] = [
  ['application/pdf', at(0, '%PDF-1.7\n%\xe2\xe3')],
  ['application/zip', zip(['a.txt'])],
  ['application/zip', at(0, 'PK\x05\x06', 22)],
  [`${office}.wordprocessingml.document`, zip([...oox, 'word/document.xml'])],
  [`${office}.spreadsheetml.sheet`, zip([...oox, 'xl/workbook.xml'])],
  [`${office}.presentationml.presentation`, zip([...oox, 'ppt/presentation.xml'])],
  ['application/vnd.ms-word.document.macroEnabled.12', zip([...oox, 'word/document.xml', 'word/vbaProject.bin'])],
  ['application/vnd.oasis.opendocument.text', zip(['mimetype', 'a'], 'application/vnd.oasis.opendocument.text')],
  ['application/java-archive', zip(['META-INF/MANIFEST.MF', 'A.class'])],
  ['application/msword', ole('WordDocument')],
  ['application/vnd.ms-excel', ole('Workbook')],
  ['application/vnd.ms-outlook', ole('__nameid_version1.0')],
  ['application/x-ole-storage', ole('Something')],
  ['application/rtf', Buffer.from('{\\rtf1\\ansi x}')],
  ['image/gif', at(0, 'GIF89a')],
  ['image/png', at(0, '\x89PNG\r\n\x1a\n')],
  ['image/jpeg', at(0, '\xff\xd8\xff\xe0\0\x10JFIF')],
  ['image/webp', at(0, 'RIFF\0\0\0\0WEBPVP8 ')],
  ['image/bmp', bmp()],
  ['image/tiff', at(0, 'II*\0')],
  ['image/svg+xml', Buffer.from('<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>')],
  ['text/html', Buffer.from('\ufeff\n<!-- x --><!DOCTYPE html><html>')],
  ['text/html', Buffer.from('<script>alert(1)</script>')],
  ['text/html', Buffer.from('<?xml version="1.0"?><!DOCTYPE html PUBLIC "x"><html/>')],
  ['image/svg+xml', Buffer.from('<!DOCTYPE svg PUBLIC "x"><!-- x --><svg>')],
  ['application/xml', Buffer.from('<?xml version="1.0"?><a/>')],
  ['application/gzip', at(0, '\x1f\x8b\x08')],
  ['application/x-7z-compressed', at(0, '7z\xbc\xaf\x27\x1c')],
  ['application/vnd.rar', at(0, 'Rar!\x1a\x07\x01\0')],
  ['application/x-xz', at(0, '\xfd7zXZ\0')],
  ['application/x-bzip2', at(0, 'BZh91AY&SY')],
  ['application/x-tar', at(257, 'ustar\x0000', 512)],
  ['application/x-iso9660-image', at(32_769, 'CD001')],
  ['application/vnd.microsoft.portable-executable', pe()],
  ['application/x-dosexec', at(0, 'MZ', 64)],
  ['application/x-elf', at(0, '\x7fELF\x02')],
  ['application/x-mach-binary', at(0, '\xcf\xfa\xed\xfe')],
  ['application/x-ms-shortcut', at(0, 'L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0F')],
  ['application/onenote', at(0, '\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3')],
  ['application/pkcs7-signature', Buffer.from(`3080${'06092a864886f70d010702'}a080`, 'hex')],
  ['application/pgp-encrypted', Buffer.from('-----BEGIN PGP MESSAGE-----\n\nx')],
  ['audio/mpeg', at(0, 'ID3\x03')],
  ['audio/mpeg', at(0, '\xff\xfb\x90\x64')],
  ['video/mp4', at(0, '\0\0\0\x18ftypisom')],
  ['text/calendar', Buffer.from('BEGIN:VCALENDAR\r\nVERSION:2.0\r\n')],
  ['text/vcard', Buffer.from('BEGIN:VCARD\r\nVERSION:3.0\r\n')],
  ['message/rfc822', Buffer.from('From: a@b.c\r\nMIME-Version: 1.0\r\n\r\nbody')],
  ['text/plain', Buffer.from('Grüße')],
  ['text/plain', Buffer.from('Gr\xfc\xdfe aus der Stadt', 'latin1')],
  ['text/plain', Buffer.from('\ufeffHallo', 'utf16le')],
]

for (const [type, content] of genuine) {
  test(`${type} is known by its bytes (${JSON.stringify(content.toString('latin1', 0, 12))})`, () => {
    assert.equal(contentOf(content).type, type)
    assert.equal(typesOf(content)[0], type)
  })
}

/** What looks a little like a format, and the type that it must not be given. */
const nearMisses: readonly (readonly [string, Buffer])[] = [
  ['application/pdf', Buffer.from('PDF-1.7')],
  ['application/zip', Buffer.from('PK is short for Phil Katz')],
  ['image/bmp', Buffer.from('BMW is a car and this is a text that is long enough')],
  ['application/x-dosexec', Buffer.from('MZ')],
  ['application/x-bzip2', Buffer.from('BZh of no size')],
  ['audio/mpeg', Buffer.from('\xff\xff\xff\xff\xff', 'latin1')],
  ['message/rfc822', Buffer.from('Note: buy milk\r\nDate: today\r\n')],
  ['text/plain', Buffer.from('binary\0zero')],
  ['text/html', Buffer.from('I like <b>markup</b>')],
  ['application/x-iso9660-image', at(100, 'CD001')],
]

for (const [type, content] of nearMisses) {
  test(`${JSON.stringify(content.toString('latin1', 0, 16))} is not ${type}`, () => {
    assert.ok(!typesOf(content).includes(type), typesOf(content).join())
  })
}

test('a polyglot shows all its types', () => {
  assert.deepEqual(typesOf(Buffer.concat([at(0, '%PDF-1.4\n'), zip(['a.txt'])])), [
    'application/pdf',
    'application/zip',
  ])
  assert.deepEqual(typesOf(Buffer.concat([pe(), zip(['a.txt'])])), [
    'application/vnd.microsoft.portable-executable',
    'application/zip',
  ])
})

test('thousands of comments, closed or not, cost no time', () => {
  for (const comment of ['<!-- -->', '<!--', '<?x?>', '<!DOCTYPE svg>'])
    assert.ok(typesOf(Buffer.from(comment.repeat(20_000))).length > 0, comment)
})

test('text of header-like lines without end costs no time', () => {
  assert.deepEqual(typesOf(Buffer.from('a:\r\n '.repeat(20_000))), ['text/plain'])
})
