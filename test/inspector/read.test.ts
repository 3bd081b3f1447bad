import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { mailWith, never, readMessage, startRig } from './rig.ts'

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = []
  for await (const chunk of chunks) all.push(chunk)
  return Buffer.concat(all)
}

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

test('a message goes in and its reading comes out', async (t) => {
  const { inspector } = await startRig(t)
  const content = Buffer.from('some bytes')
  const reading = await readMessage(inspector, mailWith(content, 'x.bin'))
  assert.equal(reading.unscannable, '')
  assert.equal(reading.subject, 'test')
  assert.deepEqual(
    reading.attachments.map(({ name, sha256, size }) => ({ name, sha256, size })),
    [{ name: 'x.bin', sha256: sha256(content), size: content.length }],
  )
})

test('the bytes of a sample come out again as they were, of a message larger than every buffer', async (t) => {
  const { inspector } = await startRig(t)
  const content = Buffer.alloc(3_000_000, 'abcdefg')
  const message = mailWith(content)
  const reading = await readMessage(inspector, message)
  const sample = reading.attachments[0]
  assert.ok(sample)
  assert.equal(sample.sha256, sha256(content))
  const bytes = await collect(inspector.bytes(pieces(message, 100_000), sample.path, never()))
  assert.equal(sha256(bytes), sample.sha256)
})

test('fifty messages at once are each read as they are', async (t) => {
  const { inspector } = await startRig(t, { options: { processes: 2 } })
  const contents = Array.from({ length: 50 }, (_, i) => Buffer.alloc(1000 * (i + 1), `${i}-`))
  const readings = await Promise.all(contents.map((content) => readMessage(inspector, mailWith(content))))
  assert.deepEqual(
    readings.map((reading) => reading.attachments[0]?.sha256),
    contents.map(sha256),
  )
})
