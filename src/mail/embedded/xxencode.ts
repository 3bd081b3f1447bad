/**
 * xxencode: uuencode in letters that gateways between ASCII and EBCDIC left alone. WinZip, uudeview and old mail programs read it. It
 * begins and ends as uuencode does, so it is told by its first line: letters only, and exactly as many as the first of them says.
 */
import type { Format } from './embedded.ts'
import { type Line, type Lines, linesOf } from './line.ts'
import { filesOf, LONGEST_BEGIN, readUuLines, uuName } from './uuencode.ts'

const LETTERS = '+-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const DATA = /^[+\-0-9A-Za-z]{5,85}$/
const SPACE = 0x20
/** Each letter as the one of uuencode that means the same, other bytes as they are. */
const TO_UU = uuTable()

export const xxencode: Format = {
  *extract(content, _hint, budget) {
    const lines = linesOf(content)
    for (let at = lines.find('begin', 0); at >= 0; ) {
      const begin = lines.at(at)
      const name = isDataLine(content, lines, begin.next) ? uuName(lines.text(begin, LONGEST_BEGIN)) : undefined
      if (name === undefined) {
        at = lines.find('begin', begin.next)
        continue
      }
      const found = lines.find('end', begin.next)
      const end = found < 0 ? content.length : found
      const data = Buffer.from(content.subarray(begin.next, end))
      for (const [i, byte] of data.entries()) data[i] = TO_UU[byte] as number
      yield* filesOf('xxencode', name, readUuLines(data, linesOf(data), 0), budget)
      at = lines.find('begin', end)
    }
  },
}

function isDataLine(content: Buffer, lines: Lines, at: number): boolean {
  if (at >= content.length) return false
  const line: Line = lines.at(at)
  const text = lines.text(line, 100).trimEnd()
  return DATA.test(text) && text.length === 1 + 4 * Math.ceil(LETTERS.indexOf(text.charAt(0)) / 3)
}

function uuTable(): Uint8Array {
  const table = Uint8Array.from({ length: 256 }, (_, byte) => byte)
  for (const [i, letter] of [...LETTERS].entries()) table[letter.charCodeAt(0)] = SPACE + i
  return table
}
