/** Builders of bytes for the samples of types. */

/** Bytes of one character each. */
export function latin(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

/** Bytes of text at a place, zeros before it, and zeros behind it up to a length. */
export function at(place: number, text: string, length = 0): Buffer {
  const mark = latin(text)
  const bytes = Buffer.alloc(Math.max(length, place + mark.length))
  mark.copy(bytes, place)
  return bytes
}

/** Pieces put together; numbers are single bytes. */
export function cat(...pieces: readonly (Buffer | string | number)[]): Buffer {
  return Buffer.concat(
    pieces.map((piece) =>
      typeof piece === 'number' ? Buffer.from([piece]) : Buffer.isBuffer(piece) ? piece : latin(piece),
    ),
  )
}

/** Little-endian, 16 bits. */
export function le16(...numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * numbers.length)
  for (const [n, number] of numbers.entries()) bytes.writeUInt16LE(number & 0xffff, 2 * n)
  return bytes
}

/** Little-endian, 32 bits. */
export function le32(...numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * numbers.length)
  for (const [n, number] of numbers.entries()) bytes.writeUInt32LE(number >>> 0, 4 * n)
  return bytes
}

/** Big-endian, 32 bits. */
export function be32(...numbers: readonly number[]): Buffer {
  return le32(...numbers).swap32()
}

/** Big-endian, 16 bits. */
export function be16(...numbers: readonly number[]): Buffer {
  return le16(...numbers).swap16()
}

/** Bytes without any form, the same for the same seed. */
export function noise(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length)
  let state = seed * 2654435761
  for (let n = 0; n < length; n++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    bytes[n] = state >>> 24
  }
  return bytes
}

/** The same bytes with one of them changed. */
export function changed(bytes: Buffer, place: number, to: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[place] = to
  return copy
}
