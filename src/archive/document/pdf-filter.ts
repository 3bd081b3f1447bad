/** Filters of PDF: the two that are text (ISO 32000-1, 7.4.2 and 7.4.3), and what is done before deflate (7.4.4.4). */
import { MemberFault } from '../container.ts'

/** Hexadecimal digits up to `>`. */
export function asciiHex(bytes: Buffer): Buffer {
  const end = bytes.indexOf('>')
  const digits = bytes.toString('latin1', 0, end < 0 ? bytes.length : end).replace(/[^0-9A-Fa-f]/g, '')
  return Buffer.from(digits.length % 2 === 0 ? digits : `${digits}0`, 'hex')
}

/** Five characters for four bytes, `z` for four zeros, up to `~>`. */
export function ascii85(bytes: Buffer): Buffer {
  const out = Buffer.alloc(bytes.length * 4)
  let size = 0
  let value = 0
  let digits = 0
  for (const byte of bytes) {
    if (byte === 0x7e) break
    if (byte === 0x7a && digits === 0) {
      size += 4
      continue
    }
    if (byte < 0x21 || byte > 0x75) continue
    value = value * 85 + (byte - 0x21)
    if (++digits < 5) continue
    out.writeUInt32BE(value % 2 ** 32, size)
    size += 4
    value = 0
    digits = 0
  }
  for (let missing = digits; digits > 1 && missing < 5; missing++) value = value * 85 + 84
  if (digits > 1) {
    out.writeUInt32BE(value % 2 ** 32, size)
    size += digits - 1
  }
  return out.subarray(0, size)
}

/** Longer rows than this no writer makes. */
const MAX_ROW = 1024 * 1024

/** Undoes the predictor that the dictionary tells, as PNG has it; another one than that is not known here. */
export async function* unpredicted(
  pieces: AsyncIterable<Buffer>,
  dictionary: string,
): AsyncGenerator<Buffer, void, undefined> {
  if (/\/(?:DecodeParms|DP)\s*\[?\s*\d+\s+\d+\s+R/.test(dictionary)) throw new MemberFault('unsupported')
  const predictor = parameter(dictionary, 'Predictor', 1)
  if (predictor < 2) {
    yield* pieces
    return
  }
  const pixel = Math.ceil((parameter(dictionary, 'Colors', 1) * parameter(dictionary, 'BitsPerComponent', 8)) / 8)
  const bits = parameter(dictionary, 'Columns', 1) * parameter(dictionary, 'Colors', 1)
  const row = Math.ceil((bits * parameter(dictionary, 'BitsPerComponent', 8)) / 8)
  if (predictor < 10 || !(row > 0 && row <= MAX_ROW)) throw new MemberFault('unsupported')
  let above: Buffer = Buffer.alloc(row)
  let rest: Buffer = Buffer.alloc(0)
  for await (const piece of pieces) {
    rest = rest.length === 0 ? piece : Buffer.concat([rest, piece])
    const rows: Buffer[] = []
    let at = 0
    for (; at + row < rest.length; at += row + 1) {
      above = unfiltered(rest[at] ?? 0, rest.subarray(at + 1, at + 1 + row), above, pixel)
      rows.push(above)
    }
    rest = rest.subarray(at)
    if (rows.length > 0) yield Buffer.concat(rows)
  }
  if (rest.length > 1) yield unfiltered(rest[0] ?? 0, rest.subarray(1), above, pixel)
}

function parameter(dictionary: string, name: string, other: number): number {
  const value = new RegExp(String.raw`\/${name}\s*(\d{1,9})(\s+\d+\s+R)?`).exec(dictionary)
  if (value?.[2] !== undefined) throw new MemberFault('unsupported')
  return value === null ? other : Number(value[1])
}

/** One row of PNG (ISO 15948, 9.2). */
function unfiltered(kind: number, row: Buffer, above: Buffer, pixel: number): Buffer {
  const out = Buffer.alloc(row.length)
  for (let at = 0; at < row.length; at++) {
    const left = out[at - pixel] ?? 0
    const up = above[at] ?? 0
    const corner = above[at - pixel] ?? 0
    const base = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][kind] ?? 0
    out[at] = ((row[at] ?? 0) + base) & 0xff
  }
  return out
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)]
  if (a <= b && a <= c) return left
  return b <= c ? up : corner
}
