import assert from 'node:assert/strict'
import test from 'node:test'
import { testStrings } from '../../src/facts/index.ts'
import { extract, file, lines, mixed, named, read, sha256 } from './read.ts'

const eicar = testStrings.eicar
const text = lines('Content-Type: text/plain', '', 'the body')

test('a text part that has a name is a sample with its raw bytes in both readings', async () => {
  const part = lines('Content-Type: text/plain; charset=iso-8859-1; name="a.txt"', '', 'Gr\xfc\xdfe')

  const reading = await read(mixed(text, part))

  const sample = named(reading, 'a.txt')
  assert.equal(sample.sha256, sha256(Buffer.from('Gr\xfc\xdfe', 'latin1')))
  assert.deepEqual(sample.readings, ['strict', 'mailparser'])
  assert.equal(sample.names[0]?.origin, 'type.name')
  assert.deepEqual(
    reading.bodies.map(({ role, path, size, sha256: digest }) => ({ role, path, size, sha256: digest })),
    [{ role: 'body', path: '1', size: 8, sha256: sha256('the body') }],
  )
  assert.deepEqual(reading.anomalies, [])
})

test('the first text and the first html are bodies, any further one is a sample', async () => {
  const html = lines('Content-Type: text/html', '', '<p>the body</p>')
  const footer = lines('Content-Type: text/plain', '', 'footer')

  const reading = await read(mixed(text, html, footer))

  assert.deepEqual(
    reading.bodies.map((body) => body.type),
    ['text/plain', 'text/html'],
  )
  assert.deepEqual(
    reading.attachments.map((sample) => [sample.path, sample.sha256]),
    [['3', sha256('footer')]],
  )
})

test('a text that is an attachment by disposition, or by one that nobody knows, is a sample', async () => {
  const attached = lines('Content-Type: text/plain', 'Content-Disposition: attachment', '', 'one')
  const unknown = lines('Content-Type: text/plain', 'Content-Disposition: x-strange', '', 'two')

  const reading = await read(mixed(attached, unknown))

  assert.deepEqual(
    reading.attachments.map((sample) => [sample.sha256, sample.disposition]),
    [
      [sha256('one'), 'attachment'],
      [sha256('two'), 'attachment'],
    ],
  )
  assert.deepEqual(reading.bodies, [])
})

test('EICAR sent as an inline image is found by its content', async () => {
  const part = lines('Content-Type: image/png', 'Content-Disposition: inline; filename=logo.png', '', eicar)

  const reading = await read(mixed(text, part))

  const sample = named(reading, 'logo.png')
  assert.equal(sample.testString, 'eicar')
  assert.equal(sample.declaredType, 'image/png')
  assert.equal(sample.disposition, 'inline')
})

test('a message that is nothing but an attachment is one sample at path 1', async () => {
  const reading = await read(file('whole.bin', 'content'))

  assert.deepEqual(
    reading.attachments.map((sample) => [sample.path, sample.name, sample.sha256]),
    [['1', 'whole.bin', sha256('content')]],
  )
  assert.deepEqual(reading.bodies, [])
})

test('all of 300 attachments are found, in order, by both readings', async () => {
  const contents = Array.from({ length: 300 }, (_, i) => `content of ${i} `.repeat(i))

  const reading = await read(mixed(text, ...contents.map((content, i) => file(`${i}.bin`, content))))

  assert.deepEqual(
    reading.attachments.map((sample) => [sample.name, sample.sha256]),
    contents.map((content, i) => [`${i}.bin`, sha256(content)]),
  )
  assert.ok(reading.attachments.every((sample) => sample.readings.length === 2))
})

test('parts are numbered as IMAP numbers them', async () => {
  const inner = lines(
    'Content-Type: multipart/related; boundary=i',
    '',
    '--i',
    file('a', '1'),
    '--i',
    file('b', '2'),
    '--i--',
  )

  const reading = await read(mixed(text, inner, file('c', '3')))

  assert.deepEqual(
    reading.attachments.map((sample) => [sample.name, sample.path]),
    [
      ['a', '2.1'],
      ['b', '2.2'],
      ['c', '3'],
    ],
  )
})

test('subject and message id are told, the subject decoded', async () => {
  const reading = await read(lines('Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=', ' again', 'Message-Id: <x@y>', '', 'body'))

  assert.equal(reading.subject, 'Grüße again')
  assert.equal(reading.messageId, '<x@y>')
})

test('the bytes of an attachment come out of the message again', async () => {
  const content = Buffer.alloc(300_000, 'abcdefg')

  const bytes = await extract(mixed(text, file('a.bin', content), file('b.bin', 'other')), '2')

  assert.equal(sha256(bytes), sha256(content))
})

test('asking for a part that the message does not have is an error that names it', async () => {
  await assert.rejects(extract(mixed(text), '7.3'), /no part 7\.3/)
})
