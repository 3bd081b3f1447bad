/**
 * A gzip file that holds itself. Its blocks copy (stored, RFC 1951 3.2.4) and repeat (fixed codes, 3.2.6) in turn, so that each prints what
 * the blocks before it did not; all blocks but the last take five bytes. The checksum within solves 32 linear equations.
 */
import { crc32 } from 'node:zlib'

const BLOCK = 5
const REPEATED = 4 * BLOCK
/** Its trailer: checksum and length. */
const TRAILER = 8

/** The file; its only member is the file again, for ever. */
export function makeQuine(): Buffer {
  const size = fileWith(0, 0).length
  const crc = solved((guess) => crc32(fileWith(guess, size)) ^ guess)
  return fileWith(crc, size)
}

function fileWith(crc: number, size: number): Buffer {
  const header = Buffer.from('\x1f\x8b\x08\x08\0\0\0\0\0\x03q\0', 'latin1')
  const trailer = Buffer.alloc(TRAILER)
  trailer.writeUInt32LE(crc >>> 0)
  trailer.writeUInt32LE(size, 4)
  const last = repeat([12], 12, true)
  const head = header.length + BLOCK
  const first = [repeat([head - 10, 10], head), copy(BLOCK), copy(BLOCK), copy(REPEATED)]
  const second = [repeat([10, 10], REPEATED), copy(REPEATED), repeat([10, 10], REPEATED), copy(REPEATED)]
  const third = [repeat([10, 10], REPEATED), copy(0), copy(0), copy(last.length + TRAILER)]
  const start = [header, copy(head)]
  return Buffer.concat([
    ...[...start, ...start, repeat([head - 10, 10], head)],
    ...[copy(BLOCK), repeat([head - 10, 10], head), copy(BLOCK), copy(BLOCK)],
    ...[copy(REPEATED), ...first, repeat([10, 10], REPEATED)],
    ...[copy(REPEATED), ...second, repeat([10, 10], REPEATED)],
    ...[copy(REPEATED), ...third, ...third],
    ...[last, trailer, last, trailer],
  ])
}

/** Copies what follows it. */
function copy(bytes: number): Buffer {
  const block = Buffer.alloc(BLOCK)
  block.writeUInt16LE(bytes, 1)
  block.writeUInt16LE(~bytes & 0xffff, 3)
  return block
}

/** Prints again what was printed so many bytes before, in matches of these lengths (3 to 18 bytes). */
function repeat(lengths: readonly number[], distance: number, isLast = false): Buffer {
  const bits = [isLast ? 1 : 0, 1, 0]
  for (const length of lengths) bits.push(...lengthBits(length), ...distanceBits(distance))
  bits.push(0, 0, 0, 0, 0, 0, 0)
  const block = Buffer.alloc(Math.ceil(bits.length / 8))
  for (const [n, bit] of bits.entries()) block[n >> 3] = (block[n >> 3] ?? 0) | (bit << (n & 7))
  return block
}

function lengthBits(length: number): number[] {
  if (length <= 10) return code(length - 2, 7)
  return [...code(9 + ((length - 11) >> 1), 7), (length - 11) & 1]
}

/** Distances of 9 to 32 (RFC 1951 3.2.5): two codes for each number of further bits. */
function distanceBits(distance: number): number[] {
  const further = distance <= 16 ? 2 : 3
  const base = (1 << (further + 1)) + 1
  const half = (distance - base) >> further
  const rest = (distance - base) & ((1 << further) - 1)
  return [...code(2 * further + 2 + half, 5), ...Array.from({ length: further }, (_, n) => (rest >> n) & 1)]
}

/** Codes begin with their highest bit, numbers with their lowest. */
function code(value: number, bits: number): number[] {
  return Array.from({ length: bits }, (_, n) => (value >> (bits - 1 - n)) & 1)
}

/** Where an affine function of 32 bits is zero, by elimination; throws where it nowhere is. */
function solved(affine: (x: number) => number): number {
  const constant = affine(0)
  const rows = Array.from({ length: 32 }, (_, bit) => ({
    from: (1 << bit) >>> 0,
    to: affine((1 << bit) >>> 0) ^ constant,
  }))
  let [x, left] = [0, constant]
  for (let bit = 0; bit < 32; bit++) {
    const at = rows.findIndex(({ to }) => ((to >>> bit) & 1) === 1)
    const [pivot] = at < 0 ? [] : rows.splice(at, 1)
    if (pivot === undefined) continue
    for (const row of rows) {
      if (((row.to >>> bit) & 1) === 0) continue
      row.from ^= pivot.from
      row.to ^= pivot.to
    }
    if (((left >>> bit) & 1) === 0) continue
    x ^= pivot.from
    left ^= pivot.to
  }
  if (left !== 0) throw new Error('no checksum fits this file')
  return x >>> 0
}
