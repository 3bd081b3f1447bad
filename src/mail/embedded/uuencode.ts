/**
 * uuencode (POSIX.1 `uuencode`), as a whole text or between lines of text, as Outlook shows it. One text may hold several files; the
 * end of the last may be missing.
 */
import type { Budget, Embedded, Format } from './embedded.ts'
import { createGrowing, type Growing } from './growing.ts'
import { type Line, type Lines, linesOf, nameText } from './line.ts'

const BEGIN = /^begin(-encoded)?[ \t]+(?:\d{1,7}[ \t]+)?([^\r\n]+)/
/** Lines of zeros whose blanks are lost are short: more may come out than goes in, up to this. */
const MOST_GROWN = 16 * 1024 * 1024
const HIGHEST_GROWTH = 22
const SPACE = 0x20
const BACKTICK = 0x60
/** Bytes of a line that begins a file which are looked at. */
export const LONGEST_BEGIN = 2048

/** A file and where the text goes on. */
interface Read {
  readonly bytes: Buffer
  /** What stands before the first line that is no data, where data comes after it. */
  readonly unbroken: Buffer | undefined
  readonly next: number
  readonly isFile: boolean
  /** More would have come out than may. */
  readonly isCut: boolean
}

export const uuencode: Format = {
  *extract(content, _hint, budget) {
    const lines = linesOf(content)
    for (let at = lines.find('begin', 0); at >= 0; ) {
      const begin = lines.at(at)
      const name = uuName(lines.text(begin, LONGEST_BEGIN))
      const read = name === undefined ? undefined : readUuLines(content, lines, begin.next)
      if (read?.isFile) yield* filesOf('uuencode', name ?? '', read, budget)
      at = lines.find('begin', read?.isFile ? read.next : begin.next)
    }
  },
}

/** The file, and where a line that is no data stands in it also what stands before. */
export function* filesOf(
  kind: 'uuencode' | 'xxencode',
  name: string,
  { bytes, unbroken, isCut }: Read,
  budget: Budget,
): Generator<Embedded> {
  for (const each of unbroken === undefined ? [bytes] : [unbroken, bytes]) {
    if (budget.files-- > 0) yield { kind, name, bytes: each, ...(isCut ? { anomaly: 'decoded-bytes' } : {}) }
  }
}

/** The name in a line that begins a file; GNU sharutils can write it in base64. */
export function uuName(text: string): string | undefined {
  const found = BEGIN.exec(text)
  if (found === null) return undefined
  const name = found[2] as string
  return nameText(Buffer.from(name, found[1] === undefined ? 'latin1' : 'base64'))
}

/** Decodes the data lines from there; lines that are none are passed over, as more may follow. */
export function readUuLines(content: Buffer, lines: Lines, from: number): Read {
  const bytes = createGrowing(Math.max(content.length, Math.min(MOST_GROWN, HIGHEST_GROWTH * content.length)))
  let unbroken = -1
  let dataLines = 0
  let next = from
  let isEnded = false
  while (next < content.length && !isEnded && !bytes.isFull) {
    const line = lines.at(next)
    const text = lines.text(line, 8).trimEnd()
    isEnded = text === 'end'
    if (text.startsWith('begin')) break
    next = line.next
    if (isEnded || text === '' || text === '`') continue
    if (isUuLine(content, line)) {
      decodeUuLine(content, line, bytes)
      dataLines++
    } else if (dataLines === 0) break
    else if (unbroken < 0) unbroken = bytes.length
  }
  const whole = bytes.take()
  const isBroken = unbroken >= 0 && unbroken < whole.length
  const isFile = dataLines > 0 || isEnded
  return {
    bytes: whole,
    unbroken: isBroken ? whole.subarray(0, unbroken) : undefined,
    next,
    isFile,
    isCut: bytes.isFull,
  }
}

/** Whether only letters of uuencode stand there and not more than the first says; blanks at the end may be lost. */
function isUuLine(content: Buffer, { start, end }: Line): boolean {
  const count = ((content[start] as number) - SPACE) & 63
  if (count === 0 || end - start - 1 > Math.ceil(count / 3) * 4 + 3) return false
  for (let i = start; i < end; i++) {
    const byte = content[i] as number
    if (byte < SPACE || byte > BACKTICK) return false
  }
  return true
}

function decodeUuLine(content: Buffer, { start, end }: Line, bytes: Growing): void {
  let left = ((content[start] as number) - SPACE) & 63
  let bits = 0
  for (let i = 0; left > 0; i++) {
    const at = start + 1 + i
    bits = ((bits << 6) | (at < end ? ((content[at] as number) - SPACE) & 63 : 0)) & 0xffffff
    if (i % 4 === 0) continue
    bytes.push((bits >> (6 - 2 * (i % 4))) & 0xff)
    left--
  }
}
