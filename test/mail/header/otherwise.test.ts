/** What other programs than an RFC reading take for type, encoding and boundary: each row is a form that some program reads so. */
import assert from 'node:assert/strict'
import test from 'node:test'
import { parseHeader } from '../../../src/mail/header/header.ts'
import { type Part, readPart } from '../../../src/mail/header/part.ts'

function part(...lines: readonly string[]): Part {
  return readPart(parseHeader(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), 0), false)
}

const BASE64 = [
  'Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64',
  'Content-Transfer-Encoding: x-none\r\nContent-Transfer-Encoding: base64',
  'Content-Transfer-Encoding: base64, 7bit',
  'Content-Transfer-Encoding: 7bit, base64',
  'Content-Transfer-Encoding: base64;',
  'Content-Transfer-Encoding: base64; x=y',
  'Content-Transfer-Encoding: base64 x',
  'Content-Transfer-Encoding: "base64"',
  "Content-Transfer-Encoding: 'base64'",
  'Content-Transfer-Encoding: (7bit base64',
  'Content-Transfer-Encoding: base64\0',
  'Content-Transfer-Encoding: base64\0junk',
  'Content-Transfer-Encoding: ba\0se64',
  'Content-Transfer-Encoding: 7bit\0base64',
  'Content-Transfer-Encoding: bas\r\n e64',
  'Content-Transfer-Encoding: =?utf-8?q?base64?=',
  'Content-Transfer-Encoding: =?utf-8?b?YmFzZTY0?=',
  'Content-Transfer-Encoding: =?utf-8?q?=62ase64?=',
  'Content-Transfer-Encoding: base645',
  'Content-Transfer-Encoding: x-base64',
  'Content-Transfer-Encoding: base-64',
  'Content-Transfer-Encoding: base 64',
  'Content-Transfer-Encoding: base64base64',
  'Content-Transfer-Encoding: BASE64-',
  'Content-Transfer-Encoding: b',
  'Content-Transfer-Encoding\0: base64',
  'Content-Transfer-\0Encoding: base64',
  'Content-Transfer-Encoding:: base64',
  'Content-Transfer-Encoding base64',
  'Content_Transfer_Encoding: base64',
  'Content-Transfer-Encoding Content-Transfer-Encoding: base64',
  'Content-Transfer-Encoding: Content-Transfer-Encoding: base64',
  'Content\u00e2\u0080\u0090Transfer\u00e2\u0080\u0090Encoding: base64',
  ' Content-Transfer-Encoding: base64',
  'X-A: b\r\n Content-Transfer-Encoding: base64',
  'X-A: b\rContent-Transfer-Encoding: base64',
  'Content-Transfer-Encoding\r\n : base64',
  '\u00ef\u00bb\u00bfContent-Transfer-Encoding: base64',
]

for (const field of BASE64) {
  test(`base64 is seen in ${JSON.stringify(field)}, not by an RFC reading`, () => {
    const read = part('Subject: x', field)

    assert.notEqual(read.encoding, 'base64')
    assert.ok(read.otherEncodings.includes('base64'), JSON.stringify(read.otherEncodings))
    assert.notDeepEqual(read.anomalies, [])
  })
}

for (const [value, ...expected] of [
  ['quoted-printable', 'base64', 'base64'],
  ['base64', 'quoted-printable', 'quoted-printable'],
  ['base64', '8bit', 'identity'],
  ['base64', 'x-unknown', 'identity'],
  ['x-uuencode', '', 'uuencode'],
  ['uue', '', 'uuencode'],
  ['x-yencode', '', 'yenc'],
  ['mac-binhex40', '', 'binhex'],
  ['gzip64', '', 'gzip64'],
  ['quotedprintable', '', 'quoted-printable'],
  ['base64 (comment)', '', 'identity'],
] as const) {
  test(`${value}${expected[0] === '' ? '' : `, then ${expected[0]}`} may also be ${expected[1]}`, () => {
    const second = expected[0] === '' ? [] : [`Content-Transfer-Encoding: ${expected[0]}`]

    const { otherEncodings } = part(`Content-Transfer-Encoding: ${value}`, ...second)

    assert.ok(otherEncodings.includes(expected[1]), JSON.stringify(otherEncodings))
  })
}

for (const field of [
  'Content-Type: text/plain\r\nContent-Type: multipart/mixed; boundary=abc',
  'Content-Type: x/y\r\nContent-Type: x/z\r\nContent-Type: multipart/mixed; boundary=abc',
  'Content-Type: multipart/mixed\0; boundary=abc',
  'Content-Type: multipart/mi\0xed; boundary=abc',
  'Content-Type: "multipart/mixed"; boundary=abc',
  'Content-Type: multipart/mixed boundary=abc',
  'Content-Type: multipart/mixed, boundary=abc',
  'Content-Type: multipart / mixed; boundary=abc',
  'Content-Type: multipart; boundary=abc',
  'Content-Type: ; boundary=abc',
  'Content-Type: text/plain; boundary=abc',
  'Content-Type: =?utf-8?q?multipart/mixed?=; boundary=abc',
  'Content-Type: Content-Type: multipart/mixed; boundary=abc',
  'Content-Type Content-Type: multipart/mixed; boundary=abc',
  'Content-Type:: multipart/mixed; boundary=abc',
  'Content-Type multipart/mixed; boundary=abc',
  'Content_Type: multipart/mixed; boundary=abc',
  'Content Type: multipart/mixed; boundary=abc',
  'ContentType: multipart/mixed; boundary=abc',
  'Content-Type\0: multipart/mixed; boundary=abc',
  'Content\u00e2\u0080\u0093Type: multipart/mixed; boundary=abc',
  ' Content-Type: multipart/mixed;\r\n boundary=abc',
  'X-A: b\rContent-Type: multipart/mixed;\r boundary=abc',
] as const) {
  test(`a multipart is seen in ${JSON.stringify(field)} with its boundary`, () => {
    const read = part('Subject: x', field)

    const types = [read.type, ...read.otherTypes].filter((type) => type.startsWith('multipart/'))
    assert.ok(types.length > 0, JSON.stringify(read))
    assert.ok([read.boundary, ...read.otherBoundaries].includes('abc'), JSON.stringify(read))
    // A boundary beside another type is no error, only of no use.
    if (!field.includes('text/plain; boundary')) assert.notDeepEqual(read.anomalies, [])
  })
}

for (const [declared, strict, ...others] of [
  ['boundary=a; boundary=b', 'a', 'b'],
  ['boundary=a,b', 'a,b', 'a'],
  ['boundary=a, boundary=b', 'a, boundary=b', 'a', 'b'],
  ['boundary=abc (c)', 'abc', 'abc (c)'],
  ['boundary=abc(c)', 'abc(c)', 'abc'],
  ['boundary=(c)abc', '(c)abc', 'abc'],
  ['boundary=(c) abc', '(c) abc', 'abc'],
  ['boundary=a b', 'a b', 'a', 'ab'],
  ['boundary="=?utf-8?q?abc?="', '=?utf-8?q?abc?=', 'abc'],
  ['boundary==?utf-8?b?YWJj?=', '=?utf-8?b?YWJj?=', 'abc'],
  ["boundary=a; boundary*=utf-8''b%63", 'a', 'bc'],
  ['boundary=a; boundary*0=b; boundary*1=c', 'a', 'bc'],
  ["boundary='abc'", "'abc'", 'abc'],
  ['boundary="abc', 'abc', '"abc'],
  ['boundary="abc"def', 'abc', 'abcdef', '"abc"def'],
  ['boundary="a\\bc"', 'abc', 'a\\bc'],
  ['boundary="a;b"', 'a;b'],
  ['boundary=abc\0def', 'abc\0def', 'abc', 'abcdef'],
  ['boundary=ab\u00e4c', 'ab\u00e4c', 'abc', 'ab'],
  [`boundary=${'x'.repeat(80)}`, 'x'.repeat(80), 'x'.repeat(70)],
] as const) {
  test(`the boundary in ${JSON.stringify(declared)} is ${JSON.stringify(strict)}, or else ${others.join(' ')}`, () => {
    const read = part(`Content-Type: multipart/mixed; ${declared}`)

    assert.equal(read.boundary, strict)
    for (const other of others) assert.ok(read.otherBoundaries.includes(other), JSON.stringify(read.otherBoundaries))
  })
}

test('an empty boundary may be a delimiter of two dashes, one that is not declared is none', () => {
  for (const empty of ['boundary=', 'boundary=""', 'boundary= ; x=y'])
    assert.ok(part(`Content-Type: multipart/mixed; ${empty}`).otherBoundaries.includes(''), empty)
  assert.deepEqual(part('Content-Type: multipart/mixed').otherBoundaries, [])
})

test('another disposition is that of a second field or a look-alike', () => {
  assert.deepEqual(part('Content-Disposition: inline', 'Content-Disposition: attachment').otherDispositions, [
    'attachment',
  ])
  assert.deepEqual(part('Content_Disposition: attachment; filename=x').otherDispositions, ['attachment'])
  assert.deepEqual(part('Content-Disposition: attachment').otherDispositions, [])
})

for (const header of [
  [],
  ['Content-Type: text/plain'],
  ['Content-Type: text/plain; charset="utf-8"; format=flowed; delsp=yes', 'Content-Transfer-Encoding: 8Bit'],
  ['Content-Type: multipart/mixed;\r\n\tboundary="----=_NextPart_000_0000_01D"'],
  ['Content-Type: multipart/alternative; boundary=000000000000f7e1f505e1a2b3c4'],
  ['Content-Type: multipart/mixed; boundary="=_MCPart_123 456"; type="text/html"'],
  [
    'Content-Type: application/pdf; name="=?utf-8?B?w6Q=?="',
    'Content-Transfer-Encoding: base64',
    'Content-Disposition: attachment; filename="a.pdf"',
  ],
  ['DKIM-Signature: v=1; h=from:to:\r\n content-type:mime-version:subject;\r\n bh=abc/def='],
  ['X-MS-Exchange-Content-Type: x', 'X-Content-Flags: 1', 'Content-ID: <a@b>', 'Content-Language: en'],
]) {
  test(`an ordinary header is read by all alike: ${header[0] ?? 'none'}`, () => {
    const read = part('From a@b Mon', 'Received: x', ...header)

    assert.deepEqual(
      [read.otherTypes, read.otherEncodings, read.otherBoundaries, read.otherDispositions, read.anomalies],
      [[], [], [], [], []],
    )
  })
}

test('a boundary that should be quoted and is not makes no anomaly, and what is a token of it is tried', () => {
  const read = part('Content-Type: multipart/mixed; boundary=----=_Part_1')

  assert.equal(read.boundary, '----=_Part_1')
  assert.deepEqual(read.otherBoundaries, ['----'])
  assert.deepEqual(read.anomalies, [])
})

test('header bombs cost no more than their bytes', () => {
  const bombs = {
    boundary: `Content-Type: multipart/mixed; ${'boundary=a;'.repeat(90_000)}`,
    'one long boundary': `Content-Type: multipart/mixed; boundary="${'a'.repeat(1_000_000)}`,
    comments: `Content-Type: multipart/mixed; boundary=a ${'('.repeat(1_000_000)}`,
    blanks: `Content-Type: text/plain${' '.repeat(1_000_000)}x`,
    'blanks behind a parameter': `Content-Type: text/plain; a=b${' ;'.repeat(500_000)}x`,
    fields: 'Content-Type: multipart/mixed; boundary=a b\r\n'.repeat(20_000),
    'bare CR': `Content-Type: x\r${'\r Content-Type: a/b'.repeat(50_000)}`,
    encodings: `Content-Transfer-Encoding: ${'base64, '.repeat(120_000)}`,
    'encoded words': `Content-Type: multipart/mixed; boundary=${'=?utf-8?q?a?= '.repeat(70_000)}`,
    'nameless lines': 'content-type\r\n'.repeat(70_000),
  }
  part(bombs.fields)
  for (const [name, bomb] of Object.entries(bombs)) {
    const before = process.cpuUsage()
    part(bomb)
    const { user } = process.cpuUsage(before)

    assert.ok(user < 1_000_000, `${name}: ${user} µs for 1 MB`)
  }
})
