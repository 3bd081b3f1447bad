import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseHeader } from '../../src/mail/header/header.ts'
import { readPart } from '../../src/mail/header/part.ts'
import { PartMemory } from '../../src/mail/strict/part-memory.ts'
import { file, lines, mixed } from './read.ts'
import { readCut, readPlain } from './skeleton.ts'

/** A part as many programs write it, or as only some read it. */
const headers = fc.record({
  type: fc.constantFrom('application/pdf', 'image/png', 'text/plain', 'message/rfc822', 'application/octet-stream'),
  name: fc.constantFrom('report.pdf', 'report 2.pdf', 'a.b.pdf', 'invoice-77.zip', 'letter.eml', 'x', '=?utf-8?Q?a?='),
  form: fc.constantFrom('quoted', 'folded', 'token', 'twice', 'comment', 'extended'),
  encoding: fc.constantFrom('base64', 'base64', 'base64', 'base64', 'BASE64', '7bit', 'x'),
  id: fc.constantFrom('', 'Content-ID: <a.b@c>', 'X-Attachment-Id: f_1', 'Content-Description: some words', 'X-Y: z'),
})
type Form = typeof headers extends fc.Arbitrary<infer T> ? T : never

const FORMS: Readonly<Record<string, (name: string) => string>> = {
  quoted: (name) => `attachment; filename="${name}"`,
  folded: (name) => `attachment;\r\n filename="${name}"`,
  token: (name) => `attachment; filename=${name}`,
  twice: (name) => `attachment; filename="${name}"; filename="other.exe"`,
  comment: (name) => `attachment (x); filename="${name}"`,
  extended: (name) => `attachment; filename*=utf-8''${name}`,
}

function headerOf({ type, name, form, encoding, id }: Form): string {
  const fields = [
    `Content-Type: ${type}; name="${name}"`,
    `Content-Transfer-Encoding: ${encoding}`,
    `Content-Disposition: ${FORMS[form]?.(name)}`,
    id,
  ]
  return `${fields.filter((each) => each !== '').join('\r\n')}\r\n`
}

const contents = fc.oneof(
  fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes).toString('base64').replace(/.{76}/g, '$&\r\n')),
  fc.constantFrom(
    '',
    'QUJD',
    'QQ==QUJD',
    'QU-_',
    'QUJD\nQUJD',
    ' QUJD',
    'U3ViamVjdDogeA0KRGF0ZTogeQ0KDQp6',
    '--x',
    '\r\n',
  ),
)
const parts = fc.record({
  header: headers,
  content: contents,
  delimiter: fc.constantFrom('--b\r\n', '--b\r\n', '--b\r\n', '--b\r\n', '--b \r\n', '--b\n', '--b--\r\n', '--c\r\n'),
})
const mails = fc.record({
  parts: fc.array(parts, { minLength: 1, maxLength: 12 }),
  inner: fc.nat(12),
  chunk: fc.integer({ min: 20, max: 70_000 }),
})

function mailOf(all: readonly { header: Form; content: string; delimiter: string }[], inner: number): string {
  const body = all.map(({ header, content, delimiter }, n) => {
    const opening = n === inner ? '--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n' : ''
    return `${opening}${delimiter}${headerOf(header)}\r\n${content}\r\n`
  })
  return `Received: x\r\nSubject: y\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n${body.join('')}--b--\r\n`
}

test('parts that are left out of the skeleton change nothing, whatever stands beside them', async () => {
  const isSame = fc.asyncProperty(mails, async ({ parts: all, inner, chunk }) => {
    const mail = Buffer.from(mailOf(all, inner), 'latin1')

    assert.deepEqual((await readCut(mail, chunk)).reading, (await readPlain(mail, chunk)).reading)
  })

  await fc.assert(isSame, { numRuns: 250 })
})

test('300 small files are seen by both readings, in order, in whatever chunks', async () => {
  const mail = Buffer.from(
    mixed(...Array.from({ length: 300 }, (_, n) => file(`file-${n}.pdf`, Buffer.alloc(700 + n, n)))),
    'latin1',
  )

  for (const chunk of [1000, 65_536, mail.length]) {
    const cut = await readCut(mail, chunk)
    const plain = await readPlain(mail, chunk)
    assert.deepEqual(cut.reading, plain.reading)
    assert.ok(cut.given < plain.given * 0.1, `${cut.given} of ${plain.given}`)
    assert.ok(cut.reading.attachments.every(({ readings }) => readings.length === 2))
  }
})

const FIELDS = fc.array(
  fc.constantFrom(
    ...[
      'Received: a\r\n\tb',
      'From: x',
      'From x',
      'POST / x',
      'Subject : y',
      'X-Y:',
      '--b: c',
      ' folded',
      '\tz',
      'no field',
    ],
    ...[
      'DKIM-Signature: =?x?Q?y?=',
      'Content-Type: text/html',
      'Content-Type: multipart/mixed; boundary=b',
      'MIME-Version: 1.0',
    ],
    ...[
      'Content-Transfer-Encoding: base64',
      'X: a\rb',
      'X: \0',
      'content-disposition: attachment; filename=a',
      '--b',
      'Content-ID: <x>',
    ],
  ),
  { maxLength: 8 },
)

test('fields that are left out of the skeleton change nothing', async () => {
  const isSame = fc.asyncProperty(FIELDS, fc.constantFrom('\r\n', '\n'), async (fields, lineEnd) => {
    const body = ['', 'QUJD', '--b', 'Content-Type: x/y', '', 'content', '--b--', '']
    const mail = Buffer.from([...fields, ...body].join(lineEnd), 'latin1')

    assert.deepEqual((await readCut(mail, 65_536)).reading, (await readPlain(mail, 65_536)).reading)
  })

  await fc.assert(isSame, { numRuns: 300 })
})

test('a header that is remembered says what it says when it is read', () => {
  const isSame = fc.property(fc.array(headers, { minLength: 2, maxLength: 12 }), (all) => {
    const memory = new PartMemory()
    for (const header of all) {
      const text = headerOf(header)
      const { part } = memory.read(text)
      const read = readPart(parseHeader(Buffer.from(`${text}\r\n`, 'latin1'), -1), false)
      assert.deepEqual(part, read)
    }
  })

  fc.assert(isSame, { numRuns: 500 })
})

test('a name that is no simple one is read each time', () => {
  const memory = new PartMemory()
  const header = (name: string) => lines(`Content-Type: x/y; name="${name}"`, 'Content-Transfer-Encoding: base64', '')

  const names = ['report.pdf', 'letter.pdf', 'invoice.pdf.exe', '../../etc.pdf', 'a.pdf', 'second report.pdf']

  assert.deepEqual(
    names.map((name) => memory.read(header(name)).part.name),
    names.map((name) => readPart(parseHeader(Buffer.from(header(name)), -1), false).name),
  )
})
