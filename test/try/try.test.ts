import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tryAll } from './try.ts'

test('the eight mails of `npm run try` get the answers that the README promises', async () => {
  const rows = await tryAll(() => {})

  const answers = Object.fromEntries(rows.map(({ title, answered }) => [title, answered.slice(0, 9)]))
  assert.deepEqual(answers, {
    clean: '250 2.0.0',
    EICAR: '550 5.7.1',
    'EICAR as image/png, inline': '550 5.7.1',
    'EICAR in a nested message': '550 5.7.1',
    'RFC 2231 name in two charsets': '250 2.0.0',
    '300 attachments': '250 2.0.0',
    'broken MIME structure, EICAR': '550 5.7.1',
    'while the filter is stopped': '451 4.7.1',
  })
  assert.match(rows[4]?.saw ?? '', /Rechnung für März\.txt/)
  assert.match(rows[5]?.saw ?? '', /300 attachment/)
})
