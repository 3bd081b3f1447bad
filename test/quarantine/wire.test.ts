import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { withCrlf } from '../../src/quarantine/crlf.ts'
import { framed, splitLine, unframed } from '../../src/quarantine/wire.ts'

async function* pieces(...parts: readonly Uint8Array[]): AsyncGenerator<Buffer> {
  for (const part of parts) yield Buffer.from(part)
}

async function all(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const found: Uint8Array[] = []
  for await (const piece of bytes) found.push(piece)
  return Buffer.concat(found)
}

/** Cuts bytes at the given places. */
function cut(bytes: Buffer, places: readonly number[]): readonly Buffer[] {
  const at = [0, ...places.map((n) => n % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end))
}

test('a line and a message come out as they went in, however they were cut on the way', async () => {
  const parts = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 5 })
  await fc.assert(
    fc.asyncProperty(parts, fc.array(fc.nat(500), { maxLength: 6 }), async (message, places) => {
      const wire = Buffer.concat([Buffer.from('{"ask":1}\n'), await all(framed(pieces(...message)))])
      const chunks = pieces(...cut(wire, places))

      const { line, rest } = await splitLine(chunks)

      assert.equal(line, '{"ask":1}')
      assert.deepEqual(await all(unframed(rest, chunks)), Buffer.concat(message))
    }),
    { numRuns: 100 },
  )
})

test('a message that is cut off anywhere is an error, never a shorter message', async () => {
  const wire = await all(framed(pieces(Buffer.from('one'), Buffer.from('two'))))

  for (let end = 0; end < wire.length; end += 1) {
    await assert.rejects(all(unframed(Buffer.alloc(0), pieces(wire.subarray(0, end)))), /cut off/)
  }
})

test('a piece and a line that claim to be endless are refused', async () => {
  await assert.rejects(all(unframed(Buffer.from('ffffffff', 'hex'), pieces())), /too long/)
  const endless = pieces(...Array.from({ length: 5 }, () => Buffer.alloc(1024 * 1024, 'x')))

  await assert.rejects(splitLine(endless), /too long/)
})

test('every line ends in CRLF, however the message was cut', async () => {
  const text = fc.array(fc.constantFrom('a', '\r', '\n', '\r\n'), { maxLength: 30 }).map((parts) => parts.join(''))
  await fc.assert(
    fc.asyncProperty(text, fc.array(fc.nat(100), { maxLength: 5 }), async (message, places) => {
      const converted = await all(withCrlf(pieces(...cut(Buffer.from(message), places))))

      assert.equal(converted.toString(), message.replace(/\r?\n/g, '\r\n'))
    }),
    { numRuns: 200 },
  )
})
