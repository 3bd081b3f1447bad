import assert from 'node:assert/strict'
import test from 'node:test'
import { file, lines, mixed, read } from './read.ts'

async function namesOf(...fields: string[]): Promise<{ name: string; names: [string, string][] }> {
  const [sample] = (await read(lines(...fields, '', 'content'))).attachments
  return { name: sample?.name ?? '', names: (sample?.names ?? []).map((each) => [each.origin, each.value]) }
}

const TYPE = 'Content-Type: application/octet-stream'

/** Fields of the part, and the name that most clients show. */
const cases: readonly (readonly [string, string, string])[] = [
  ['a plain name', 'attachment; filename=plain.bin', 'plain.bin'],
  ['a quoted name with blanks and a semicolon', 'attachment; filename="a b; c.bin"', 'a b; c.bin'],
  ['escaped quotes', 'attachment; filename="a\\"b.bin"', 'a"b.bin'],
  ['an unclosed quote', 'attachment; filename="a.bin', 'a.bin'],
  ['unquoted blanks', 'attachment; filename=a b.bin', 'a b.bin'],
  ['brackets that are no comment', 'attachment; filename=Invoice(1).pdf', 'Invoice(1).pdf'],
  ['a comment behind the name', 'attachment; filename=a.bin (a comment)', 'a.bin'],
  ['an encoded word', 'attachment; filename="=?utf-8?Q?=C3=A4.bin?="', 'ä.bin'],
  ['adjacent encoded words', 'attachment; filename="=?utf-8?B?w6Q=?= =?utf-8?Q?b.bin?="', 'äb.bin'],
  ['an extended name', "attachment; filename*=utf-8''%E2%82%AC.bin", '€.bin'],
  ['an extended name in latin1', "attachment; filename*=iso-8859-1'de'%E4.bin", 'ä.bin'],
  ['an extended name without a charset', "attachment; filename*=''%C3%A4.bin", 'ä.bin'],
  ['an unknown charset', "attachment; filename*=x-none''abc.bin", 'abc.bin'],
  ['pieces', 'attachment; filename*0=long; filename*1=name.bin', 'longname.bin'],
  ['pieces out of order', 'attachment; filename*1=name.bin; filename*0=long', 'longname.bin'],
  ['pieces, some encoded', "attachment; filename*0*=utf-8''%C3%A4; filename*1=b.bin", 'äb.bin'],
  ['a character divided between pieces', "attachment; filename*0*=utf-8''%C3; filename*1*=%A4.bin", 'ä.bin'],
  ['pieces in two charsets', "attachment; filename*0*=utf-8''%C3%A4; filename*1*=iso-8859-1''%F6.bin", 'äö.bin'],
  ['raw UTF-8', 'attachment; filename="\xc3\xa4.bin"', 'ä.bin'],
  ['raw latin1', 'attachment; filename="\xe4.bin"', 'ä.bin'],
  ['broken percent signs', "attachment; filename*=utf-8''%zz%4.bin", '%zz%4.bin'],
  ['a folded name', 'attachment;\r\n\tfilename="a\r\n b.bin"', 'a b.bin'],
]

for (const [what, disposition, name] of cases) {
  test(`${what}: the name is ${name}`, async () => {
    assert.equal((await namesOf(TYPE, `Content-Disposition: ${disposition}`)).name, name)
  })
}

test('a name in two charsets is shown in its extended form, the other stays a candidate', async () => {
  const disposition = `attachment; filename="=?iso-8859-1?Q?Gr=FC=DFe.exe?="; filename*=utf-8''Gr%C3%BC%C3%9Fe.pdf`

  const { name, names } = await namesOf(TYPE, `Content-Disposition: ${disposition}`)

  assert.equal(name, 'Grüße.pdf')
  assert.deepEqual(names, [
    ['disposition.filename*', 'Grüße.pdf'],
    ['disposition.filename', 'Grüße.exe'],
  ])
})

test('every name of every copy of both fields is a candidate', async () => {
  const { names } = await namesOf(
    `${TYPE}; name=t.bin; name*=utf-8''te.bin`,
    'Content-Disposition: attachment; filename=one.bin; filename=two.exe',
    'Content-Disposition: attachment; filename=three.exe',
  )

  assert.deepEqual(names, [
    ['disposition.filename', 'one.bin'],
    ['disposition.filename', 'two.exe'],
    ['disposition.filename', 'three.exe'],
    ['type.name*', 'te.bin'],
    ['type.name', 't.bin'],
  ])
})

test('a name of 900,000 bytes keeps its beginning and its end', async () => {
  const { name } = await namesOf(TYPE, `Content-Disposition: attachment; filename="begin${'x'.repeat(900_000)}.exe"`)

  assert.ok(name.startsWith('beginxxx') && name.endsWith('xxx.exe') && name.length === 1024)
})

test('50,000 pieces of a name are put together in time', async () => {
  const pieces = Array.from({ length: 50_000 }, (_, i) => `filename*${i}=p`).join(';')

  assert.equal((await namesOf(TYPE, `Content-Disposition: attachment; ${pieces}`)).name.length, 1024)
})

test('of a long name the beginning and the extension are told, and that it was long', async () => {
  const name = `${'x'.repeat(3000)}.${'y'.repeat(20)}.exe`

  const [sample] = (await read(mixed(file(name, 'a')))).attachments

  assert.equal(sample?.name, `${'x'.repeat(1020)}.exe`)
  assert.equal(sample?.names[0]?.value.length, 1024)
  assert.deepEqual(sample?.anomalies, [
    { name: 'name-too-long', severity: 'note', offset: sample?.anomalies[0]?.offset },
  ])
})

test('what is told of one part is bounded, whatever its header has', async () => {
  const many = Array.from(
    { length: 200 },
    (_, i) => `Content-Disposition: attachment; filename="${i}${'n'.repeat(2000)}"`,
  )
  const broken = `Content-Type: x/${'t'.repeat(20_000)}; charset=${'c'.repeat(20_000)}; name="${'m'.repeat(20_000)}"`

  const reading = await read(mixed(lines(broken, ...many, 'Content-Transfer-Encoding: base64', '', 'Q=UJD')))

  for (const sample of reading.attachments) {
    assert.ok(sample.names.length <= 32)
    assert.ok(sample.anomalies.length <= 16)
    assert.ok(JSON.stringify(sample).length < 20_000)
  }
})
