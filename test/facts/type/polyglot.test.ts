import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cat, changed, latin, le32, noise } from './bytes.ts'
import { ole, zip } from './containers.ts'
import { pe } from './samples/program.ts'
import { typesOf } from './types-of.ts'

const PDF = latin('%PDF-1.4\n%\xe2\xe3\n1 0 obj\n')
const PROGRAM = 'application/vnd.microsoft.portable-executable'
const archive = zip([['a.txt', 'a']])
const jar = zip([['META-INF/MANIFEST.MF', 'x']])

/** Contents of several formats at once, and everything that they show. */
const POLYGLOTS: readonly (readonly [name: string, content: Buffer, types: readonly string[]])[] = [
  ['a PDF file before a zip file', zip([['a.txt', 'a']], { before: PDF }), ['application/pdf', 'application/zip']],
  ['a PDF file within a zip file', zip([['a.pdf', PDF]], { store: true }), ['application/pdf', 'application/zip']],
  ['a program before a zip file', pe({ appended: archive }), [PROGRAM, 'application/zip']],
  [
    'a large program before a 7z archive',
    pe({ code: 300_000, appended: cat('7z\xbc\xaf\x27\x1c\0\x04', noise(400_000)) }),
    [PROGRAM, 'application/x-7z-compressed'],
  ],
  [
    'a large program before a RAR archive',
    pe({ code: 90_000, appended: cat('Rar!\x1a\x07\x01\0', noise(200_000)) }),
    [PROGRAM, 'application/vnd.rar'],
  ],
  [
    'a program before a cabinet',
    pe({ appended: cat('MSCF\0\0\0\0', noise(300)) }),
    [PROGRAM, 'application/vnd.ms-cab-compressed'],
  ],
  [
    'a Java class before a jar',
    cat('\xca\xfe\xba\xbe\0\0\0\x34\0\x10', noise(60), jar),
    ['application/java-vm', 'application/java-archive'],
  ],
  [
    'an installer of Windows before a jar',
    cat(ole([], { classId: '84100c0000000000c000000000000046' }), jar),
    ['application/x-msi', 'application/java-archive'],
  ],
  [
    'a GIF picture that is script',
    latin('GIF89a/*\0\0\x80\0\0 picture */=1;alert(1);'),
    ['image/gif', 'text/javascript'],
  ],
  [
    'a GIF picture whose mark is a variable',
    latin('GIF89a=1;alert(document.cookie)//\0\0'),
    ['image/gif', 'text/javascript'],
  ],
  [
    'a BMP picture that is script',
    cat('BM/*\0\0', le32(0, 54, 40), noise(60), '*/=1;x()'),
    ['image/bmp', 'text/javascript'],
  ],
  ['an HTML page that is an application', latin('<html><hta:application id="x">'), ['application/hta', 'text/html']],
  ['a PDF mark behind HTML', cat('<html><script>x</script></html>', PDF), ['application/pdf', 'text/html']],
  ['a picture before a zip file', cat('\x89PNG\r\n\x1a\n', noise(900), archive), ['image/png', 'application/zip']],
  ['a zip file with a long comment', zip([['a', 'b']], { comment: 'c'.repeat(65_000) }), ['application/zip']],
  ['a PDF file behind a kilobyte of junk', cat(noise(1000, 3), PDF), ['application/pdf']],
  ['a GIF picture before a zip file', cat('GIF89a\x01\0\x01\0', noise(500), archive), ['image/gif', 'application/zip']],
  [
    'a zip file behind a script',
    zip([['a.txt', 'a']], { before: latin('#!/bin/sh\nexec unzip "$0"\n') }),
    ['application/zip', 'text/x-shellscript'],
  ],
  [
    'a zip file behind commands',
    cat('@echo off\r\nstart "" calc\r\nexit /b\r\n', archive),
    ['application/zip', 'application/x-bat'],
  ],
  [
    'a JPEG picture with code in a comment',
    cat('\xff\xd8\xff\xfe\0\x20<?php echo 1; ?>', noise(9000)),
    ['image/jpeg', 'application/x-php'],
  ],
  [
    'a JPEG picture with code behind it',
    cat('\xff\xd8\xff\xe0', noise(90_000), '<?php echo 1;'),
    ['image/jpeg', 'application/x-php'],
  ],
  [
    'a JPEG picture with a page in it',
    cat('\xff\xd8\xff\xfe\0\x20', '<html><script>x</script>', noise(900)),
    ['image/jpeg', 'text/html'],
  ],
  [
    'a PNG picture with an application in it',
    cat('\x89PNG\r\n\x1a\n', noise(90), '<hta:application id=x>', noise(90)),
    ['image/png', 'application/hta'],
  ],
  ['a program with the tag of sound', cat(pe({}), noise(500), 'TAG', Buffer.alloc(125)), [PROGRAM, 'audio/mpeg']],
  [
    'sound with a program behind its tag',
    cat('ID3\x03\0\0\0\0\x01\x00', Buffer.alloc(128), pe({})),
    ['audio/mpeg', PROGRAM],
  ],
  ['a WAVE file that is script', latin('RIFF=1/*WAVEfmt */;alert(1);'), ['audio/x-wav', 'text/javascript']],
  [
    'a workbook behind a kilobyte of junk',
    zip(
      [
        [
          '[Content_Types].xml',
          '<Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>',
        ],
        ['xl/workbook.xml', 'x'],
      ],
      { before: noise(1000, 5) },
    ),
    ['application/vnd.ms-excel.sheet.macroEnabled.12'],
  ],
  [
    'an encrypted document of Office',
    ole([['EncryptedPackage'], ['EncryptionInfo']]),
    ['application/x-ole-encrypted-package'],
  ],
]

for (const [name, content, types] of POLYGLOTS) {
  test(`${name} shows everything that it is`, () => {
    const found = typesOf(content)
    assert.deepEqual(
      types.filter((type) => !found.includes(type)),
      [],
      found.join(),
    )
  })
}

test('a picture whose data happen to have a sign of markup is a picture alone', () => {
  for (const text of ['<htmlx', '<x:xmpmeta xmlns:x="adobe:ns:meta/">', 'a <b', '<?xpacket begin=""?>'])
    assert.deepEqual(typesOf(cat('\xff\xd8\xff\xe1', text, noise(900))), ['image/jpeg'])
})

test('a directory that lies where nothing was kept leaves the container, and nothing wrong', () => {
  const content = ole([['WordDocument', noise(5000)]], { padding: 900 })
  const directory = content.readUInt32LE(48)
  const lost = Buffer.concat([content, noise(200_000)])
  lost.fill(0, (directory + 1) * 512, (directory + 1) * 512 + 512)

  assert.deepEqual(typesOf(lost), ['application/x-ole-storage'])
})

test('a header that points beyond the end, or at itself, is no trouble', () => {
  for (const place of [48, 49, 50, 76, 77, 30]) {
    for (const value of [0, 1, 0x7f, 0xff]) assert.ok(typesOf(changed(ole([['Workbook']]), place, value)).length > 0)
  }
})

test('what is kept does not depend on the pieces in which the bytes come', () => {
  for (const [, content] of POLYGLOTS) {
    const whole = typesOf(content, content.length)
    for (const size of [1000, 4095, 65_537]) assert.deepEqual(typesOf(content, size), whole)
  }
  assert.deepEqual(
    typesOf(pe({ code: 70_000, appended: archive }), 7),
    typesOf(pe({ code: 70_000, appended: archive })),
  )
})
