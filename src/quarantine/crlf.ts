/** A message as its queue file gives it, in LF lines, becomes what the filter was given first: CRLF lines (milter8.c sends them so). */
const CR = 0x0d
const LF = 0x0a

/** Each LF without a CR before it gets one; any split of the input gives the same. */
export async function* withCrlf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let last = 0
  for await (const piece of bytes) {
    if (piece.length === 0) continue
    yield converted(Buffer.from(piece.buffer, piece.byteOffset, piece.length), last)
    last = piece.at(-1) ?? 0
  }
}

function converted(piece: Buffer, before: number): Buffer {
  const out = Buffer.alloc(piece.length * 2)
  let length = 0
  let last = before
  for (const byte of piece) {
    if (byte === LF && last !== CR) out[length++] = CR
    out[length++] = byte
    last = byte
  }
  return out.subarray(0, length)
}
