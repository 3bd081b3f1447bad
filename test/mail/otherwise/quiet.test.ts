/** Texts that only look like mail: nothing is made an attachment of them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lines, mixed, read } from '../read.ts'

const KEY = Buffer.alloc(600, 'key')
  .toString('base64')
  .replace(/(.{64})/g, '$1\r\n')

const TEXTS: Readonly<Record<string, string>> = {
  'quotes a header': lines('As you wrote:', '', 'Content-Type: application/json', 'Content-Length: 4', '', '{}', ''),
  'quotes the header of a multipart': lines(
    'My mail has this:',
    '',
    'Content-Type: multipart/mixed; boundary=abc',
    'Content-Transfer-Encoding: 7bit',
    '',
    'Is it right?',
  ),
  'shows a visiting card': lines('BEGIN:VCARD', `PHOTO;ENCODING=b:${'QUJD'.repeat(15)}`, 'END:VCARD'),
  'is YAML': lines('---', 'name: one', 'Content-Type: application/json', '---', 'name: two'),
  'has lines of dashes': lines('--', 'one', '--', 'two', '-----', 'three'),
  'has an armoured key': lines('-----BEGIN CERTIFICATE-----', KEY, '-----END CERTIFICATE-----'),
  'shows source code': lines('const codes = "=41=42=43=44"', 'const begin = 644'),
  'talks of beginning': lines('begin 644 tests with the first file', 'and end', 'them all'),
}

for (const [what, text] of Object.entries(TEXTS)) {
  for (const type of ['Content-Type: text/plain', 'Content-Type: text/html', 'Subject: x']) {
    test(`a text that ${what} is no attachment: ${type}`, async () => {
      for (const message of [lines(type, '', text), mixed(lines(type, '', text))]) {
        const { attachments, anomalies, unscannable } = await read(message)

        assert.deepEqual([attachments, unscannable], [[], ''])
        assert.ok(!anomalies.some(({ severity }) => severity !== 'note'))
      }
    })
  }
}

test('an address of data in plain text is text', async () => {
  const { attachments } = await read(lines('Content-Type: text/plain', '', 'const url = "data:text/html;base64,PGI+"'))

  assert.deepEqual(attachments, [])
})
