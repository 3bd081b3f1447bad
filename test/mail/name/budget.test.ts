/** The names of one message have a budget: what is beyond it makes the message unscannable, and nothing that was found is lost. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { read } from '../read.ts'

const part = (n: number) =>
  `--b\r\nContent-Type: x/y; name="\xd0\xcf${n}"\r\nContent-Disposition: attachment; filename="\xc4\xe3\xba\xc3${n}.exe"\r\n\r\nx${n}\r\n`

function mailOf(count: number): Buffer {
  const parts = Array.from({ length: count }, (_, n) => part(n)).join('')
  return Buffer.from(`Content-Type: multipart/mixed; boundary=b\r\n\r\n${parts}--b--\r\n`, 'latin1')
}

test('some hundred names in a charset that nobody declares are read in all ways', async () => {
  const { unscannable, attachments } = await read(mailOf(250))

  assert.equal(unscannable, '')
  assert.equal(attachments.length, 250)
})

test('thousands of such names are a limit that is named, and what was found before stays', async () => {
  const { unscannable, attachments } = await read(mailOf(4000))

  assert.equal(unscannable, 'readings')
  assert.ok(attachments.length > 500, `${attachments.length}`)
  assert.ok(attachments.some(({ name }) => name.endsWith('.exe')))
})
