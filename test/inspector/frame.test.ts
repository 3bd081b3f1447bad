import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FrameReader, frame, GarbageError } from '../../src/inspector/frame.ts'

const CAPS = new Map([
  [1, 200_000],
  [2, 0],
  [3, 100],
])

interface Seen {
  readonly type: number
  readonly raw: string
}

function readAll(chunks: readonly Buffer[], caps = CAPS): readonly Seen[] {
  const seen: Seen[] = []
  const reader = new FrameReader(caps, (type, raw) => seen.push({ type, raw: raw.toString('latin1') }))
  for (const chunk of chunks) reader.feed(chunk)
  return seen
}

function cut(bytes: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const places = [0, ...cuts.map((at) => at % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return places.slice(1).map((end, i) => Buffer.from(bytes.subarray(places[i], end)))
}

const frames = fc.array(
  fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((payload) => frame(1, undefined, payload)),
    fc.constant(frame(2)),
    fc.uint8Array({ maxLength: 96 }).map((payload) => frame(3, 7, payload)),
  ),
  { maxLength: 8 },
)

test('frames are the same however the stream was cut', () => {
  fc.assert(
    fc.property(frames, fc.array(fc.nat(), { maxLength: 20 }), (sent, cuts) => {
      const seen = readAll(cut(Buffer.concat(sent), cuts))
      assert.deepEqual(
        seen.map(({ raw }) => raw),
        sent.map((raw) => raw.toString('latin1')),
      )
    }),
  )
})

test('frames are the same byte by byte', () => {
  const sent = Buffer.concat([frame(1, undefined, 'hello'), frame(2), frame(1), frame(3, 9, 'x')])
  assert.deepEqual(readAll([...sent].map((byte) => Buffer.from([byte]))), readAll([sent]))
})

test('a large frame is gathered whole', () => {
  const sent = frame(1, undefined, Buffer.alloc(200_000, 'abc'))
  assert.equal(readAll(cut(sent, [3, 70_000, 199_999]))[0]?.raw, sent.toString('latin1'))
})

const BAD: Readonly<Record<string, Buffer>> = {
  'an unknown type': Buffer.from([0, 0, 0, 1, 9]),
  'a length of zero': Buffer.from([0, 0, 0, 0, 1]),
  'a length of 4 GiB': Buffer.from([255, 255, 255, 255, 1]),
  'one byte more than the cap': Buffer.from([0, 0, 0, 102, 3]),
  'a payload where there is none': Buffer.from([0, 0, 0, 2, 2]),
}

for (const [what, bytes] of Object.entries(BAD)) {
  test(`${what} is garbage as soon as the head is there, however it came`, () => {
    assert.throws(() => readAll([bytes]), GarbageError)
    assert.throws(() => readAll([...bytes].map((byte) => Buffer.from([byte]))), GarbageError)
    assert.throws(() => readAll([Buffer.concat([frame(1, undefined, 'x'), bytes])]), GarbageError)
  })
}

test('no stream of bytes makes anything but frames and garbage', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 10 }), (chunks) => {
      try {
        readAll(chunks.map((chunk) => Buffer.from(chunk)))
      } catch (error) {
        assert.ok(error instanceof GarbageError)
      }
    }),
  )
})

test('a reader that was stopped gives nothing of what it still holds', () => {
  const seen: number[] = []
  const reader = new FrameReader(CAPS, (type) => {
    seen.push(type)
    reader.stop()
  })
  reader.feed(Buffer.concat([frame(2), frame(2), frame(2)]))
  reader.feed(frame(2))
  assert.deepEqual(seen, [2])
})
