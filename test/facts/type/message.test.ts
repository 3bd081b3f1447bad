import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cat, latin, noise } from './bytes.ts'
import { factsOf, typesOf } from './types-of.ts'

const BARE =
  'From: a@own.invalid\r\nTo: b@own.invalid\r\nSubject: hello\r\nDate: Mon, 1 Jan 2024 10:00:00 +0000\r\n\r\nHello there\r\n'
const MAIL = `Return-Path: <a@own.invalid>\r\nMessage-ID: <1@own.invalid>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n${BARE}`
const SEPARATOR = 'From a@own.invalid Mon Jan  1 10:00:00 2024\n'
const MESSAGE = 'message/rfc822'

/** Messages as careless or ill-meaning programs send them, and their first type. */
const MESSAGES: readonly (readonly [what: string, content: Buffer, type: string])[] = [
  ['as it should be', latin(MAIL), MESSAGE],
  ['without a field of any mail program', latin(BARE), MESSAGE],
  ['without a date', latin(BARE.replace(/Date:.*\r\n/, '')), MESSAGE],
  ['with a zero byte in its header', latin(MAIL.replace('hello', 'he\0llo')), MESSAGE],
  ['with forty of them', latin(MAIL.replace('hello', '\0'.repeat(40))), MESSAGE],
  ['behind a zero byte', latin(`\0${MAIL}`), MESSAGE],
  ['with zero bytes in its body', latin(MAIL + '\0'.repeat(300)), MESSAGE],
  ['with a binary body', cat(MAIL, noise(9000)), MESSAGE],
  ['with control characters in its header', latin(MAIL.replace('hello', 'he\x07llo\x01')), MESSAGE],
  ['with 8-bit characters in its header', latin(BARE.replace('hello', 'Gr\xfc\xdfe')), MESSAGE],
  ['behind blank lines', latin(`\r\n\r\n${MAIL}`), MESSAGE],
  ['behind a byte order mark', Buffer.from(`\ufeff${MAIL}`), MESSAGE],
  ['with lines ended by carriage returns', latin(MAIL.replaceAll('\r\n', '\r')), MESSAGE],
  ['with lines ended by line feeds', latin(MAIL.replaceAll('\r\n', '\n')), MESSAGE],
  ['in characters of 16 bits', Buffer.from(`\ufeff${MAIL}`, 'utf16le'), MESSAGE],
  ['in such characters without a mark', Buffer.from(MAIL, 'utf16le'), MESSAGE],
  ['behind a quoted separator', latin(`>${SEPARATOR}${MAIL}`), MESSAGE],
  ['in a mailbox', latin(SEPARATOR + MAIL), 'application/mbox'],
  ['in a mailbox, with few fields', latin(SEPARATOR + BARE), 'application/mbox'],
  ['with markup in its body', latin(`${MAIL}<html><script>x()</script></html>`), MESSAGE],
]

for (const [what, content, type] of MESSAGES) {
  test(`a message ${what} is known as one`, () => {
    assert.equal(typesOf(content)[0], type)
  })
}

test('a message that has the mark of another format is both', () => {
  const types = typesOf(latin(MAIL.replace('hello', '%PDF-1.4')))

  assert.ok(types.includes('application/pdf') && types.includes(MESSAGE), types.join())
})

test('what only talks of fields is no message', () => {
  for (const text of [
    'From: Smith, John\nSent: Monday, 1 January 2024 10:00\nTo: Miller, Anna\nSubject: Plans\n\nHello\n',
    'From: the beginning\nTo: the end\n',
    'Subject: a word for what one talks about\nDate: a fruit\n',
    'From here on we go, 10:00\nto there: ok\n',
  ])
    assert.deepEqual(factsOf(latin(text)), { types: ['text/plain'], charset: 'us-ascii' })
})

test('a very long header costs time that grows with its length', () => {
  const before = process.threadCpuUsage().user
  for (const unit of ['a: b\0\r', '\0', 'From \r', ' \r\n']) typesOf(latin(`From: a\r\n${unit.repeat(50_000)}`))

  assert.ok((process.threadCpuUsage().user - before) / 1000 < 500)
})
