/** Content of which not every outcome of decoding fits into memory. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { read, sha256 } from '../read.ts'

test('of a long content its first decoding is found, and what was left out is named', async () => {
  const content = Buffer.alloc(19_000_000, 'Content of this file, line by line. ')
  const encoded = content.toString('base64').replace(/.{76}/g, '$&\r\n')
  const head =
    'Content-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64'
  const message = `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n${head}\r\n\r\n${encoded}\r\n--b--\r\n`

  const { attachments, unscannable } = await read(message)

  assert.equal(unscannable, 'readings')
  assert.deepEqual(
    attachments.map((each) => [each.name, each.sha256, each.readings[0]]),
    [
      ['a.zip', sha256(encoded), 'strict'],
      ['a.zip', sha256(content), 'tolerant'],
    ],
  )
})
