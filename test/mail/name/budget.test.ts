/** Names draw on what a message may cost: what is beyond it makes the message unscannable, and nothing that was found is lost. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { read } from '../read.ts'

const part = (n: number) =>
  `--b\r\nContent-Type: x/y; name="\xd0\xcf${n}"\r\nContent-Disposition: attachment; filename="\xc4\xe3\xba\xc3${n}.exe"\r\n\r\nx${n}\r\n`

function mailOf(count: number): Buffer {
  const parts = Array.from({ length: count }, (_, n) => part(n)).join('')
  return Buffer.from(`Content-Type: multipart/mixed; boundary=b\r\n\r\n${parts}--b--\r\n`, 'latin1')
}

test('five hundred files with names in two fields in charsets that nobody declares are read in all ways', async () => {
  const { unscannable, attachments } = await read(mailOf(500))

  assert.equal(unscannable, '')
  assert.equal(attachments.length, 500)
  assert.ok(attachments.every(({ names }) => names.some(({ value }) => value.startsWith('你好'))))
})

test('thousands of such names are a limit that is named, and every part is read nevertheless', async () => {
  const { unscannable, attachments } = await read(mailOf(6000))

  assert.equal(unscannable, 'readings')
  assert.equal(attachments.filter(({ readings }) => readings.includes('strict')).length, 6000)
  assert.ok(attachments.every(({ name }) => name.endsWith('.exe')))
})
