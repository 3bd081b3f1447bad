/** Changes to bytes and lines that formats have been broken by. Each takes what it gets and gives something new. */
import type { Random } from '../bench/random.ts'
import { few, pick } from './target.ts'

type Change = (bytes: Buffer, random: Random) => Buffer

const ODD_BYTES = [0x00, 0x09, 0x0a, 0x0d, 0x1b, 0x20, 0x22, 0x2d, 0x3a, 0x3d, 0x7f, 0x80, 0xc3, 0xff]

const BYTE_CHANGES: readonly Change[] = [
  (bytes, random) => changed(bytes, random, (byte) => byte ^ (1 << random.below(8))),
  (bytes, random) => changed(bytes, random, () => random.below(256)),
  (bytes, random) => changed(bytes, random, () => pick(random, ODD_BYTES)),
  (bytes, random) => splice(bytes, random.below(bytes.length + 1), 0, Buffer.from([pick(random, ODD_BYTES)])),
  (bytes, random) => splice(bytes, random.below(bytes.length + 1), few(random, 40)),
  (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1)),
  (bytes, random) => {
    const at = random.below(bytes.length + 1)
    return splice(bytes, at, 0, bytes.subarray(at, at + few(random, 200)))
  },
]

/** A few changes that know nothing of the format. */
export function mutateBytes(bytes: Buffer, random: Random): Buffer {
  let result = bytes
  for (let n = few(random, 5); n > 0; n -= 1) result = pick(random, BYTE_CHANGES)(result, random)
  return result
}

/** Bytes with some taken out at a place and others put in. */
export function splice(bytes: Buffer, at: number, without: number, put: Uint8Array = Buffer.alloc(0)): Buffer {
  return Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + without)])
}

function changed(bytes: Buffer, random: Random, change: (byte: number) => number): Buffer {
  if (bytes.length === 0) return bytes
  const copy = Buffer.from(bytes)
  const at = random.below(copy.length)
  copy[at] = change(copy[at] ?? 0)
  return copy
}

/** One change to a text of lines, given with their ends. `words` are what the format's own parsers look for. */
export function mutateLines(lines: readonly string[], random: Random, words: readonly string[]): string[] {
  const at = random.below(lines.length + 1)
  const line = lines[at] ?? ''
  const run = lines.slice(at, at + few(random, 8))
  switch (random.below(8)) {
    case 0:
      return lines.toSpliced(at, 0, ...run)
    case 1:
      return lines.toSpliced(at, run.length)
    case 2:
      return lines.toSpliced(at, 1, pick(random, lines), line)
    case 3:
      return lines.toSpliced(at, 0, `${pick(random, words)}\r\n`)
    case 4:
      return lines.toSpliced(at, 1, inserted(line, random, pick(random, words)))
    case 5:
      return lines.toSpliced(at, 1, line.slice(0, random.below(line.length + 1)))
    case 6:
      return lines.toSpliced(at, 1, line.replace(/[\r\n]*$/, pick(random, ['\n', '\r', '\r\n', '', '\r\r\n', '\n\r'])))
    default:
      return lines.toSpliced(random.below(lines.length + 1), 0, ...run)
  }
}

/** The same lines very often: what is linear stays fast. */
export function pump(lines: readonly string[], random: Random, times: number): string[] {
  const at = random.below(lines.length + 1)
  const run = lines.slice(at, at + few(random, 4)).join('')
  return lines.toSpliced(at, 0, run.repeat(Math.min(times, Math.floor(1_000_000 / (run.length + 1)))))
}

function inserted(line: string, random: Random, word: string): string {
  const at = random.below(line.length + 1)
  return line.slice(0, at) + word + line.slice(at)
}

/** Lines with their ends, of whatever kind. */
export function linesOf(text: string): string[] {
  return text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? []
}
