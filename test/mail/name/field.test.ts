import assert from 'node:assert/strict'
import test from 'node:test'
import { namesOfDecoded, withName } from '../../../src/mail/name/name.ts'
import { namesIn, utf8 } from './part.ts'

const TYPE = 'Content-Type: application/octet-stream'

/** Fields, the name that most clients show, the origins of all candidates in order. */
const precedence: readonly (readonly [
  what: string,
  fields: readonly string[],
  name: string,
  origins: readonly string[],
])[] = [
  [
    'the disposition before the type',
    [`${TYPE}; name=t.bin`, 'Content-Disposition: attachment; filename=d.bin'],
    'd.bin',
    ['disposition.filename', 'type.name'],
  ],
  [
    'the extended form before the plain one',
    [TYPE, "Content-Disposition: attachment; filename=p.bin; filename*=utf-8''e.bin"],
    'e.bin',
    ['disposition.filename*', 'disposition.filename'],
  ],
  [
    'the plain form of the disposition before the extended one of the type',
    [`${TYPE}; name*=utf-8''t.bin`, 'Content-Disposition: attachment; filename=d.bin'],
    'd.bin',
    ['disposition.filename', 'type.name*'],
  ],
  [
    'the type where the disposition has none',
    [`${TYPE}; name=t.bin`, 'Content-Disposition: attachment'],
    't.bin',
    ['type.name'],
  ],
  [
    'the type where the disposition is empty',
    [`${TYPE}; name=t.bin`, 'Content-Disposition: attachment; filename=""'],
    't.bin',
    ['type.name'],
  ],
  ['the wrong key in the type', [`${TYPE}; filename=t.bin`], 't.bin', ['type.filename']],
  [
    'the right key before the wrong one',
    ['Content-Disposition: attachment; name=n.bin; filename=f.bin'],
    'f.bin',
    ['disposition.filename', 'disposition.name'],
  ],
  [
    'the first of two fields',
    ['Content-Disposition: attachment; filename=one.bin', 'Content-Disposition: attachment; filename=two.bin'],
    'one.bin',
    ['disposition.filename', 'disposition.filename'],
  ],
  [
    'proper syntax before broken syntax',
    [`${TYPE}; name=t.bin`, 'Content-Disposition: attachment filename=d.bin'],
    't.bin',
    ['type.name', 'disposition.filename, broken syntax'],
  ],
  ['a description', [TYPE, 'Content-Description: The annual report.pdf'], 'The annual report.pdf', ['description']],
  [
    'a name before a description',
    [`${TYPE}; name=t.bin`, 'Content-Description: a report'],
    't.bin',
    ['type.name', 'description'],
  ],
  ['an encoded description', ['Content-Description: =?utf-8?Q?=D1=82.exe?='], 'т.exe', ['description']],
  ['a location', [TYPE, 'Content-Location: http://www.src.test/a/b%20c.exe?x=1#y'], 'b c.exe', ['location']],
  ['a location on a disk', ['Content-Location: file:///C:/temp/image001.png'], 'image001.png', ['location']],
  ['a location with a broken percent sign', ['Content-Location: a/50%.exe'], '50%.exe', ['location']],
  [
    'a description before a location',
    ['Content-Location: b.exe', 'Content-Description: a.exe'],
    'a.exe',
    ['description', 'location'],
  ],
  ['the host of a location is no name', [TYPE, 'Content-Location: https://www.src.com?x'], '', []],
  ['a location that is a Content-ID is no name', [TYPE, 'Content-Location: cid:a@src.com'], '', []],
  ['the file of a location', [TYPE, 'Content-Location: file:///C:/tmp/a.exe'], 'a.exe', ['location']],
  ['a Content-ID is no name', [TYPE, 'Content-ID: <image001.png@src.test>'], '', []],
  [
    'a Content-ID beside a name',
    [`${TYPE}; name=t.bin`, 'Content-ID: <image001.png@src.test>'],
    't.bin',
    ['type.name'],
  ],
  ['nothing', [TYPE], '', []],
]

for (const [what, fields, name, origins] of precedence)
  test(`which name is shown: ${what}`, () => {
    const found = namesIn(fields)

    assert.equal(found.name, name)
    assert.deepEqual(found.origins, origins)
  })

test('the name of the container stands in where a part has none', () => {
  assert.deepEqual(namesIn([TYPE], 'outer.zip').origins, ['container'])
  assert.equal(namesIn([TYPE], 'outer.zip').name, 'outer.zip')
  assert.equal(namesIn([`${TYPE}; name=t.bin`], 'outer.zip').name, 't.bin')
})

test('only a name in the disposition or the type makes a text an attachment', () => {
  assert.ok(namesIn(['Content-Type: text/html; name=a.html']).isNamed)
  assert.ok(namesIn(['Content-Type: text/html', 'Content-Disposition: inline filename=a.html']).isNamed)
  assert.ok(
    !namesIn(['Content-Type: text/html', 'Content-Description: a.html', 'Content-ID: <a.html@src.test>']).isNamed,
  )
  assert.ok(!namesIn(['Content-Type: text/html; x="; name=a.html"']).isNamed)
})

test('extensions that differ are a conflict, other spellings of one are none', () => {
  const conflict = (a: string, b: string) =>
    namesIn([`${TYPE}; name="${a}"`, `Content-Disposition: attachment; filename="${b}"`]).oddities.includes(
      'name-conflict',
    )

  assert.ok(conflict('a.exe', 'a.pdf'))
  assert.ok(conflict('a.exe', 'a.pdf.'))
  assert.ok(!conflict('a.jpeg', 'a.jpg'))
  assert.ok(!conflict('a.HTM', 'a.html'))
  assert.ok(!conflict('a.PDF', 'b.pdf'))
  assert.ok(!conflict('a', 'a.pdf'))
  assert.ok(!conflict('Nr. 12. Mai', 'Nr. 12. Mai.pdf'))
})

test('a field that is almost Content-Disposition has a name too', () => {
  const { values } = namesIn([TYPE, 'Content-Disposition : attachment; filename=evil.exe'])

  assert.ok(values.includes('evil.exe'))
})

test('of more names than are told, each extension is', () => {
  const names = Array.from({ length: 60 }, (_, i) => `filename="${i}.pdf"`)
  const field = `Content-Disposition: attachment; ${[...names, 'filename="evil.exe"'].join('; ')}`

  const { values, oddities } = namesIn([TYPE, field])

  assert.equal(values.length, 32)
  assert.equal(values[0], '0.pdf')
  assert.ok(values.includes('evil.exe'))
  assert.ok(oddities.includes('name-conflict'))
})

test('a long name is told by its beginning and its extension, in whole characters', () => {
  const { name, values } = namesIn([TYPE, `Content-Disposition: attachment; filename="${utf8('т'.repeat(3000))}.exe"`])

  assert.ok(name.startsWith('ттт') && name.endsWith('т.exe') && !name.includes('\ufffd'))
  assert.ok(Buffer.byteLength(name) <= 1024 && Buffer.byteLength(name) > 1000)
  assert.ok(values.every((value) => Buffer.byteLength(value) <= 1024))
})

test('a name of 400 letters is told whole', () => {
  const long = `${'ж'.repeat(400)}.exe`

  assert.equal(namesIn([`Content-Disposition: attachment; filename*=utf-8''${encodeURIComponent(long)}`]).name, long)
})

test('all that is told of the names of a part is bounded', () => {
  const fields = Array.from(
    { length: 30 },
    (_, i) => `Content-Disposition: attachment; filename="${i}\\${'x '.repeat(2000)}."`,
  )

  const { values } = namesIn(fields)

  assert.ok(values.length <= 32)
  assert.ok(Buffer.byteLength(values.join()) < 14_000, `${Buffer.byteLength(values.join())}`)
})

test('a name that another reader decoded is told with what it hides', () => {
  const { names, oddities } = namesOfDecoded('a/evil.exe\0.pdf', 'mailparser')

  assert.deepEqual(names[0], { value: 'a/evil.exe\0.pdf', origin: 'mailparser' })
  assert.ok(names.some(({ value }) => value === 'a/evil.exe') && names.some(({ value }) => value === 'evil.exe.pdf'))
  assert.deepEqual(oddities, ['name-control-char', 'name-path'])
  assert.deepEqual(namesOfDecoded('a.pdf', 'mailparser'), {
    names: [{ value: 'a.pdf', origin: 'mailparser' }],
    oddities: [],
  })
  assert.deepEqual(namesOfDecoded('', 'mailparser').names, [])
})

test("another reader's name is added where it is new, within the number that is told", () => {
  const names = [{ value: 'a.pdf', origin: 'type.name' }]

  assert.equal(withName(names, 'a.pdf', 'mailparser'), names)
  assert.equal(withName(names, '', 'mailparser'), names)
  assert.deepEqual(withName(names, 'b.pdf', 'mailparser'), [...names, { value: 'b.pdf', origin: 'mailparser' }])
  const many = Array.from({ length: 32 }, (_, i) => ({ value: `${i}`, origin: 'type.name' }))
  assert.equal(withName(many, 'b.pdf', 'mailparser').length, 32)
})
