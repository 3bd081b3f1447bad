/** Each anomaly out of a message that has it, with the byte where it stands: that of the line where one is given, else none. */
import assert from 'node:assert/strict'
import test from 'node:test'
import { ANOMALIES, type Anomaly, type AnomalyName, CONTAINER_FAULTS, type Reading } from '../../src/core/index.ts'
import { binHex } from './generate/codec.ts'
import { file, lines, mixed, read } from './read.ts'

type Case = readonly [name: AnomalyName, message: string, mark?: string]

const TEXT = lines('Content-Type: text/plain', '', 'hi')
const LETTERS = Buffer.from(Array.from({ length: 300 }, (_, i) => (i * 7919) % 251)).toString('base64')
const LINE = `${LETTERS.slice(0, 76)}\r\n`
const HEAD = 'Content-Type: x/y; name=n\r\n'

/** A message whose second part has this header, and content. */
function part(head: string, content = 'content'): string {
  return mixed(TEXT, `${head}\r\n\r\n${content}`)
}

function encoded(content: string, encoding = 'base64'): string {
  return part(`${HEAD}Content-Transfer-Encoding: ${encoding}`, content)
}

function named(parameters: string): string {
  return part(`Content-Type: x/y\r\nContent-Disposition: attachment; ${parameters}`)
}

function boundary(parameters: string, delimiter = 'b'): string {
  return lines(`Content-Type: multipart/mixed; ${parameters}`, '', `--${delimiter}`, TEXT, `--${delimiter}--`, '')
}

const FIELDS: readonly Case[] = [
  ['cte-duplicate', encoded('QQ==', 'base64\r\nContent-Transfer-Encoding: 7bit'), 'Content-Transfer-Encoding: 7bit'],
  ['cte-malformed', encoded('QQ==', 'base64;'), 'Content-Transfer-Encoding: base64;'],
  ['cte-unknown', encoded('QQ==', 'x-rot13'), 'Content-Transfer-Encoding: x-rot13'],
  [
    'cte-on-composite',
    boundary('boundary=b\r\nContent-Transfer-Encoding: base64'),
    'Content-Transfer-Encoding: base64',
  ],
  ['ct-duplicate', part(`${HEAD}Content-Type: x/z`), 'Content-Type: x/z'],
  ['ct-malformed', part('Content-Type: word'), 'Content-Type: word'],
  [
    'cd-duplicate',
    part('Content-Disposition: inline\r\nContent-Disposition: attachment'),
    'Content-Disposition: attachment',
  ],
  ['header-malformed', part(`${HEAD}no field`), 'no field'],
  ['header-malformed', part(`${HEAD}Content_Type: a/b`), 'Content_Type: a/b'],
  ['header-control-char', part(`${HEAD}X-A: \0`), '\0'],
  ['bare-cr', part(`${HEAD}X-A: b\rContent-Type: a/b`), '\rContent-Type: a/b'],
]

const STRUCTURE: readonly Case[] = [
  ['boundary-ambiguous', boundary('boundary=b; boundary=c'), 'Content-Type: multipart'],
  ['boundary-ambiguous', boundary('boundary=b (c)'), 'Content-Type: multipart'],
  ['boundary-missing', boundary('x=y'), 'Content-Type: multipart'],
  ['boundary-odd', boundary(`boundary=${'b'.repeat(71)}`, 'b'.repeat(71)), 'Content-Type: multipart'],
  [
    'boundary-reused',
    lines('Content-Type: multipart/mixed; boundary=b', '', '--b', boundary('boundary="b"', 'b'), '--b--', ''),
    'Content-Type: multipart/mixed; boundary="b"',
  ],
  [
    'boundary-odd',
    lines('Content-Type: multipart/mixed; boundary=b', '', '--b', boundary('boundary=bb', 'bb'), '--b--', ''),
    'Content-Type: multipart/mixed; boundary=bb',
  ],
  ['delimiter-odd', boundary('boundary=b').replace('\r\n--b--', '\r\n--b and more\r\n--b--'), '--b and more'],
  ['delimiter-odd', boundary('boundary=b').replace('\r\n--b--', '\r\n--B\r\n--b--'), '--B'],
  ['delimiter-odd', boundary('boundary=b').replace('\r\n--b--', '\r\n--b-\r\n--b--'), '--b-\r'],
  ['unclosed-multipart', boundary('boundary=b').replace('--b--', ''), 'Content-Type: multipart'],
  ['content-outside-parts', `${boundary('boundary=b')}${HEAD}\r\nx`, HEAD],
  ['content-outside-parts', boundary('boundary=b').replace('--b', `${HEAD}\r\nx\r\n--b`), 'Content-Type: multipart'],
  ['header-body-ambiguous', part(`${HEAD} \r\nContent-Disposition: inline`), ' \r\nContent-Disposition'],
  ['header-body-ambiguous', part('X-A: b', 'Content-Type: x/y\r\n\r\nx'), 'X-A: b'],
  ['header-body-ambiguous', part(`${HEAD}\r`), '\r\r\n'],
  ['bare-lf', boundary('boundary=b').replaceAll('\r\n', '\n'), '\n'],
  ['mixed-line-ends', `Subject: x\n${boundary('boundary=b')}`, '\r\n'],
  ['line-too-long', part(HEAD.trim(), 'y'.repeat(1200)), 'yyyy'],
]

const CONTENT: readonly Case[] = [
  ['cte-mismatch', part(HEAD.trim(), `${LETTERS.slice(0, 76)}\r\n`.repeat(3)), HEAD],
  ['cte-mismatch', encoded('This is text, and no base64 at all.\r\n'.repeat(3)), HEAD],
  ['base64-padding-inside', encoded('QQ==\r\nQUJD'), 'QUJD'],
  ['base64-padding-inside', encoded('QUJD=QUJD'), 'QUJD=QUJD'],
  ['base64-junk', encoded('QU.JD'), 'QU.JD'],
  ['base64-url', encoded('QU_-'), 'QU_-'],
  ['base64-trailing-data', encoded('QQ==\r\n-- \r\nscanned by nobody'), '-- \r\n'],
  ['base64-trailing-data', encoded('QQ==\r\nscanned by nobody'), 'scanned'],
  ['base64-partial', encoded('QUJDR'), 'QUJDR'],
  ['base64-junk', encoded(`${LINE.repeat(2000)}QU.JD\r\n${LINE.repeat(9)}`), 'QU.JD'],
  ['base64-padding-inside', encoded(`${LINE.repeat(2000)}QQ==\r\nQUJD\r\n${LINE.repeat(9)}`), 'QUJD\r\n'],
  ['qp-broken', encoded('a=zz', 'quoted-printable'), 'a=zz'],
  ['qp-broken', encoded(`${'a=3D b=\r\n'.repeat(9000)}x =\r\na=zz`, 'quoted-printable'), 'a=zz'],
  ['uu-inline', part('Content-Type: text/plain', 'begin 644 a.bin\r\n#86)C\r\n`\r\nend'), 'Content-Type: text/plain'],
  [
    'yenc-inline',
    part('Content-Type: text/plain', '=ybegin line=128 size=3 name=a.bin\r\n\x8b\x8c\x8d\r\n=yend size=3'),
    'Content-Type: text/plain',
  ],
  [
    'data-uri',
    part('Content-Type: text/html', `<a href="data:application/zip;base64,${LETTERS}">x</a>`),
    'Content-Type: text/html',
  ],
  [
    'html-smuggling',
    part('Content-Type: text/html', `<script>var b = new Blob([atob("${LETTERS.repeat(5)}")])</script>`),
    'Content-Type: text/html',
  ],
  ['tnef', encoded(Buffer.from('\x78\x9f\x3e\x22content', 'latin1').toString('base64')), HEAD],
  ['tnef-broken', part('Content-Type: application/ms-tnef', 'content'), 'Content-Type: application/ms-tnef'],
  ['smime-opaque', part('Content-Type: application/pkcs7-mime; smime-type=signed-data'), 'Content-Type: application'],
  ['encrypted', part('Content-Type: application/pkcs7-mime; smime-type=enveloped-data'), 'Content-Type: application'],
  [
    'encrypted',
    part('Content-Type: application/pkcs7-mime', '\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03\xa0\x80'),
    'Content-Type: application',
  ],
  ['encrypted', boundary('boundary=b').replace('/mixed', '/encrypted'), 'Content-Type: multipart'],
  ['partial-message', part('Content-Type: message/partial; number=1; total=2'), 'Content-Type: message/partial'],
  ['limit-partial-message', part('Content-Type: message/partial; number=1'), 'Content-Type: message/partial'],
  ['external-body', part('Content-Type: message/external-body; access-type=url'), 'Content-Type: message'],
  ['message-disguised', part('Content-Type: x/y', `MIME-Version: 1.0\r\nFrom: a\r\n\r\nx`), 'Content-Type: x/y'],
]

const NAMES: readonly Case[] = [
  ['name-conflict', named('filename=a.txt; filename=a.exe'), 'Content-Disposition: attachment'],
  ['name-malformed', named('filename="a.txt'), 'Content-Disposition: attachment'],
  ['name-2231-odd', named("filename*0*=utf-8''a; filename*2*=.txt"), 'Content-Disposition: attachment'],
  ['name-raw-8bit', named('filename="\xe4.txt"'), 'Content-Disposition: attachment'],
  ['name-bad-charset', named("filename*=x-no-such''a%e4.txt"), 'Content-Disposition: attachment'],
  ['name-control-char', named('filename="a\x1b.txt"'), 'Content-Disposition: attachment'],
  ['name-bidi', named("filename*=utf-8''a%E2%80%AEtxt.exe"), 'Content-Disposition: attachment'],
  ['name-invisible', named("filename*=utf-8''a%E2%80%8B.exe"), 'Content-Disposition: attachment'],
  ['name-path', named('filename="../a.txt"'), 'Content-Disposition: attachment'],
  ['name-ntfs-stream', named('filename="a.txt::$DATA"'), 'Content-Disposition: attachment'],
  ['name-too-long', named(`filename="${'a'.repeat(300)}.txt"`), 'Content-Disposition: attachment'],
  ['name-trailing', named('filename="a.txt. "'), 'Content-Disposition: attachment'],
  [
    'name-conflict',
    part('Content-Type: x/y; name=a.exe\r\nContent-Disposition: attachment; filename=a.txt'),
    'Content-Type: x/y',
  ],
  ['name-double-extension', named('filename="a.pdf.exe"'), 'Content-Disposition: attachment'],
]

const READINGS: readonly Case[] = [
  ['parser-disagreement', encoded('QQ==', 'x').replace('Encoding: x', 'Encoding\r\n : base64')],
  ['unclaimed-content', encoded(LETTERS, 'base64;'), HEAD],
]

const TAKEN_OUT: readonly Case[] = [
  ['binhex', part('Content-Type: text/plain', binHex(Buffer.from('content'), 'a.bin')), 'Content-Type: text/plain'],
]

/** What only some of all messages can have: a limit, a fault of mailparser; see limits.test.ts. Containers are opened elsewhere. */
const ELSEWHERE = /^limit-|^parser-error$/

function all(reading: Reading): readonly Anomaly[] {
  return [reading, ...reading.attachments, ...reading.bodies].flatMap(({ anomalies }) => anomalies)
}

const CASES = [...FIELDS, ...STRUCTURE, ...CONTENT, ...NAMES, ...READINGS, ...TAKEN_OUT]

for (const [i, [name, message, mark]] of CASES.entries()) {
  test(`${name} is found in case ${i}, at its byte`, async () => {
    const found = all(await read(message)).filter((each) => each.name === name)

    const { severity } = ANOMALIES[name]
    const places = found.map(({ offset }) => offset)
    assert.ok(found.length > 0, 'not found')
    assert.ok(found.every((each) => each.severity === severity))
    // The second part begins with what the first begins with.
    const offset = mark === undefined ? -1 : message.lastIndexOf(mark)
    const first = mark === undefined ? -1 : message.indexOf(mark)
    assert.ok(places.includes(offset) || places.includes(first), `${places} and not ${offset} or ${first}`)
    assert.deepEqual(all(await read(message, {}, [1])), all(await read(message)))
  })
}

test('every anomaly has a case here or in the tests of limits', () => {
  const seen = new Set<string>(CASES.map(([name]) => name))

  assert.deepEqual(
    Object.keys(ANOMALIES).filter(
      (name) => !seen.has(name) && !ELSEWHERE.test(name) && !Object.hasOwn(CONTAINER_FAULTS, name),
    ),
    [],
  )
})

test('an ordinary mail has no anomaly', async () => {
  const inner = mixed(TEXT, file('b.bin', LETTERS))
  const html = lines(
    'Content-Type: text/html; charset=utf-8',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    '<p>=C3=A4</p>',
  )
  const message = mixed(
    boundary('boundary="=_inner"', '=_inner')
      .replace('/mixed', '/alternative')
      .replace('--=_inner--', `--=_inner\r\n${html}\r\n--=_inner--`),
    file('report 1.pdf', LETTERS.repeat(100)),
    file('photo.jpg', LETTERS, 'image/jpeg'),
    lines('Content-Type: message/rfc822', '', inner),
  )

  assert.deepEqual(all(await read(message)), [])
})

test('a message that repeats an anomaly tells it a few times only', async () => {
  const part = lines('Content-Type: multipart/mixed; boundary=c', '', '--c', TEXT)

  const { anomalies } = await read(mixed(...Array.from({ length: 500 }, () => part)))

  assert.ok(anomalies.filter(({ name }) => name === 'unclosed-multipart').length < 20)
})
