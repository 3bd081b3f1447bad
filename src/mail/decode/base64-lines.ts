/**
 * The common form of base64, lines of one length and of nothing but letters, decoded natively. Whatever else is among them is refused,
 * or makes fewer bytes come out than the letters would give.
 */

const CR = 0x0d
const LF = 0x0a
const PAD = 0x3d

/** Lines of one length: bytes of each, with its end, and bytes of the line end. */
export interface Width {
  readonly line: number
  readonly lineEnd: number
}

/** The length of the first line; undefined where none ends in `data[from, to)`, or one that is no whole number of quartets. */
export function widthAt(data: Buffer, from: number, to: number): Width | undefined {
  const newline = data.indexOf(LF, from)
  if (newline < 0 || newline >= to) return undefined
  const lineEnd = newline > from && data[newline - 1] === CR ? 2 : 1
  const line = newline + 1 - from
  return line > lineEnd && (line - lineEnd) % 4 === 0 ? { line, lineEnd } : undefined
}

/** How far lines of exactly that width reach. */
export function linesEnd(data: Buffer, from: number, to: number, { line, lineEnd }: Width): number {
  const isCrlf = lineEnd === 2
  let end = from
  for (let next = end + line; next <= to; next += line) {
    if (data[next - 1] !== LF || (data[next - 2] === CR) !== isCrlf) break
    end = next
  }
  return end
}

/** Decodes `letters` letters, of which the last `padding` are `=`, and line ends into `out`; false unless that is all there is. */
export function decodeLetters(data: Buffer, from: number, to: number, letters: number, padding: number, out: Buffer) {
  return decodeInto(out, data.toString('latin1', from, to)) === (letters / 4) * 3 - padding
}

/** Bytes written; fewer than the letters are worth, or -1, where there is anything but letters and line ends. */
const decodeInto = 'setFromBase64' in Uint8Array.prototype ? decodeExactly : decodeLeniently

function decodeExactly(out: Buffer, text: string): number {
  try {
    const { read, written } = out.setFromBase64(text)
    return read === text.length ? written : -1
  } catch {
    return -1
  }
}

/** Before Node 25; `Buffer` skips what is no letter, stops at the first `=`, and takes `-_` for `+/`. */
function decodeLeniently(out: Buffer, text: string): number {
  return text.includes('-') || text.includes('_') ? -1 : out.write(text, 'base64')
}

/** Decodes a whole content, `data[from, to)`: CRLF lines of one length and perhaps a shorter one; undefined where it is no such. */
export function decodeContent(data: Buffer, from: number, to: number, scratch: Buffer): Buffer | undefined {
  const width = widthAt(data, from, to) ?? { line: 78, lineEnd: 2 }
  if (width.lineEnd !== 2) return undefined
  let end = to
  while (end > from && data[end - 1] === LF && data[end - 2] === CR) end -= 2
  const lines = linesEnd(data, from, end, width)
  const last = Math.max(0, end - lines)
  const padding = data[end - 1] !== PAD || last < 4 ? 0 : data[end - 2] === PAD ? 2 : 1
  const letters = ((lines - from) / width.line) * (width.line - 2) + last
  const size = (letters / 4) * 3 - padding
  if (last % 4 !== 0 || last > width.line - 2 || size <= 0 || size > scratch.length) return undefined
  return decodeLetters(data, from, end, letters, padding, scratch) ? scratch.subarray(0, size) : undefined
}
