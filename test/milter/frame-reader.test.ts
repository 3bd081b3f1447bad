import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeFrame, type Frame, FrameReader, SMFIC, type Violation } from '../../src/milter/index.ts'
import { piecesOf } from '../../src/milter/testing.ts'
import { ABORT, BODY, EVENTS, OFFER, QUIT } from './support.ts'

function readAll(reader: FrameReader, chunks: readonly Buffer[]): (Frame | Violation)[] {
  const found: (Frame | Violation)[] = []
  for (const chunk of chunks) {
    reader.push(chunk)
    for (let next = reader.next(); next !== undefined; next = reader.next()) {
      found.push(next)
      if (next.kind === 'violation') return found
    }
  }
  return found
}

const shown = (frames: readonly (Frame | Violation)[]) =>
  frames.map((frame) => (frame.kind === 'frame' ? [frame.command, frame.payload.toString('hex')] : frame.violation))

test('frames glued into one chunk come out one by one', () => {
  const frames = readAll(new FrameReader(65536), [Buffer.concat([OFFER, ...EVENTS, ABORT, QUIT])])

  assert.equal(
    frames.map((frame) => (frame.kind === 'frame' ? String.fromCharCode(frame.command) : '!')).join(''),
    'OCHMRTLNBEAQ',
  )
})

for (const size of [1, 2, 3, 5, 7, 64]) {
  test(`frames cut into pieces of ${size} are the same frames`, () => {
    const bytes = Buffer.concat([OFFER, ...EVENTS, encodeFrame(SMFIC.BODY, Buffer.alloc(3000, 'z')), ABORT, QUIT])

    const cut = readAll(new FrameReader(65536), piecesOf(size)(bytes))

    assert.deepEqual(shown(cut), shown(readAll(new FrameReader(65536), [bytes])))
  })
}

test('a frame within a chunk is a view of it and no copy', () => {
  const bytes = Buffer.concat([BODY, BODY])

  const [, second] = readAll(new FrameReader(65536), [bytes])

  assert.ok(second?.kind === 'frame')
  assert.equal(second.payload.buffer, bytes.buffer)
})

test('chunks pushed before earlier ones were read are read in their order', () => {
  const reader = new FrameReader(65536)
  for (const event of EVENTS) for (const piece of piecesOf(3)(event)) reader.push(piece)

  const frames = readAll(reader, [Buffer.alloc(0)])

  assert.deepEqual(shown(frames), shown(readAll(new FrameReader(65536), EVENTS)))
  assert.equal(reader.bufferedBytes, 0)
})

for (const { name, hex, expected } of [
  { name: 'length 0', hex: '00000000', expected: 'empty-frame' },
  { name: 'length 0 before other bytes', hex: '0000000041', expected: 'empty-frame' },
  { name: 'length 512 MiB', hex: '2000000042', expected: 'frame-too-long' },
  { name: 'length 0xffffffff', hex: 'ffffffff42', expected: 'frame-too-long' },
  { name: 'one byte more than allowed', hex: '0001000142', expected: 'frame-too-long' },
]) {
  test(`${name} is the violation ${expected}, whole or byte by byte`, () => {
    const bytes = Buffer.from(hex, 'hex')

    assert.deepEqual(shown(readAll(new FrameReader(65536), [bytes])), [expected])
    assert.deepEqual(shown(readAll(new FrameReader(65536), piecesOf(1)(bytes))), [expected])
  })
}

test('the longest allowed frame passes', () => {
  const frame = encodeFrame(SMFIC.BODY, Buffer.alloc(65535, 1))

  const [read] = readAll(new FrameReader(65536), piecesOf(1000)(frame))

  assert.ok(read?.kind === 'frame')
  assert.equal(read.payload.length, 65535)
})

test('after a violation nothing else comes', () => {
  const reader = new FrameReader(65536)
  readAll(reader, [Buffer.from('00000000', 'hex')])

  reader.push(QUIT)

  assert.equal(reader.next()?.kind, 'violation')
})

test('a claimed length takes no memory before its bytes come', () => {
  const readers = Array.from({ length: 1000 }, () => new FrameReader(1 << 30))
  const before = process.memoryUsage().arrayBuffers

  for (const reader of readers) readAll(reader, [Buffer.from('20000000', 'hex'), Buffer.from('42aa', 'hex')])

  assert.ok(process.memoryUsage().arrayBuffers - before < 16 * 1024 * 1024)
  assert.ok(readers.every((reader) => reader.hasPartialFrame))
})

test('an end within a frame is a violation and an end between frames is none', () => {
  const cut = new FrameReader(65536)
  readAll(cut, [BODY.subarray(0, 7)])
  const whole = new FrameReader(65536)
  readAll(whole, [BODY])

  assert.equal(cut.end()?.violation, 'truncated-frame')
  assert.equal(whole.end(), undefined)
})

test('the allowed length may change between two frames of one chunk', () => {
  const reader = new FrameReader(1024)
  reader.push(Buffer.concat([OFFER, encodeFrame(SMFIC.BODY, Buffer.alloc(2000))]))

  const first = reader.next()
  reader.maxLength = 65536
  const second = reader.next()

  assert.equal(first?.kind, 'frame')
  assert.equal(second?.kind, 'frame')
})
