/** yEnc (yEnc draft 1.3, 2002), whole files and parts of them. */
import type { Budget, Embedded, Format } from './embedded.ts'
import { type Lines, linesOf, nameText } from './line.ts'

const CR = 0x0d
const LF = 0x0a
const ESCAPE = 0x3d

interface YencPart {
  readonly name: string
  readonly bytes: Buffer
  /** Where in the file it belongs, from `=ypart`; 1 is its beginning, 0 where it is no part. */
  readonly begin: number
  readonly isTalk: boolean
}

/** Words with blanks between them, and far fewer than the file is said to have: somebody writes about the format. */
const WORDS = /^[\t\r\n -~]*$/
const BLANK_SHARE = 1 / 12
const LONGEST_TALK = 4096

export const yenc: Format = {
  *extract(content, _hint, budget) {
    const lines = linesOf(content)
    const parts: YencPart[] = []
    for (let at = lines.find('=ybegin ', 0); at >= 0; ) {
      const next = lines.find('=ybegin ', at + 1)
      if (budget.files-- <= 0) return
      const part = readYenc(content, lines, at, next < 0 ? content.length : next)
      at = next
      if (part.isTalk) continue
      parts.push(part)
      yield fileOf(part)
    }
    yield* joined(parts, budget)
  },
}

function fileOf({ name, bytes }: Pick<YencPart, 'name' | 'bytes'>): Embedded {
  return { kind: 'yenc', name, bytes }
}

/** Parts of one file that follow each other without a gap, put together. */
function* joined(parts: readonly YencPart[], budget: Budget): Generator<Embedded> {
  for (const [name, same] of Map.groupBy(parts, (part) => part.name)) {
    const run: Buffer[] = []
    let length = 0
    for (const { begin, bytes } of same.toSorted((a, b) => a.begin - b.begin)) {
      if (begin !== length + 1) continue
      run.push(bytes)
      length += bytes.length
    }
    if (run.length > 1 && budget.files-- > 0) yield fileOf({ name, bytes: Buffer.concat(run) })
  }
}

/** Reads what begins there; sizes and checksums are not looked at, as most readers only warn. */
function readYenc(content: Buffer, lines: Lines, at: number, limit: number): YencPart {
  const head = lines.at(at)
  const name = / name=(.*)$/s.exec(lines.text(head, 2048))?.[1] ?? ''
  const second = head.next < limit ? lines.at(head.next) : head
  const partLine = lines.text(second, 200)
  const isPart = partLine.startsWith('=ypart ')
  const from = isPart ? second.next : head.next
  const end = lines.find('=yend', from, limit)
  const data = content.subarray(from, end < 0 ? limit : end)
  return {
    name: nameText(Buffer.from(name, 'latin1')).replace(/^"(.+)"$/, '$1'),
    bytes: decodeYenc(data),
    isTalk: isTalk(data, Number(/ size=(\d{1,15})/.exec(lines.text(head, 2048))?.[1] ?? 0)),
    begin: isPart ? Number(/ begin=(\d{1,15})/.exec(partLine)?.[1] ?? 0) : 0,
  }
}

function isTalk(data: Buffer, size: number): boolean {
  if (data.length > LONGEST_TALK || 2 * data.length >= size) return false
  const text = data.toString('latin1')
  return WORDS.test(text) && text.replace(/\S/g, '').length >= BLANK_SHARE * text.length
}

/** Undoes the shift by 42 and the escapes; line ends are none of the data. */
export function decodeYenc(data: Buffer): Buffer {
  const out = Buffer.allocUnsafe(data.length)
  let to = 0
  for (let i = 0; i < data.length; i++) {
    const byte = data[i] as number
    if (byte === CR || byte === LF) continue
    if (byte !== ESCAPE) out[to++] = byte - 42
    else if (++i < data.length) out[to++] = (data[i] as number) - 106
  }
  return Buffer.from(out.subarray(0, to))
}
