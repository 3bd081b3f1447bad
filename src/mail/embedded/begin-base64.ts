/** Base64 between a line `begin-base64` and one of four equals signs (POSIX.1 `uuencode -m`). */
import type { Format } from './embedded.ts'
import { type Lines, linesOf, nameText } from './line.ts'
import { LONGEST_BEGIN } from './uuencode.ts'

const BEGIN = /^begin-base64(-encoded)?[ \t]+(?:[0-7]{1,7}[ \t]+)?([^\r\n]+)/
const DATA = /^[A-Za-z0-9+/_-]+={0,2}$/

export const beginBase64: Format = {
  *extract(content, _hint, budget) {
    const lines = linesOf(content)
    for (let at = lines.find('begin-base64', 0); at >= 0; ) {
      const begin = lines.at(at)
      const found = BEGIN.exec(lines.text(begin, LONGEST_BEGIN))
      const { next, bytes } = readBase64Lines(content, lines, begin.next)
      if (found !== null && budget.files-- > 0) {
        const name = Buffer.from(found[2] as string, found[1] === undefined ? 'latin1' : 'base64')
        yield { kind: 'begin-base64', name: nameText(name), bytes }
      }
      at = lines.find('begin-base64', next)
    }
  },
}

/** The lines of base64 up to the first that is none, each run of them up to its padding. */
export function readBase64Lines(content: Buffer, lines: Lines, from: number): { next: number; bytes: Buffer } {
  const pieces: Buffer[] = []
  let letters: string[] = []
  let next = from
  while (next < content.length) {
    const line = lines.at(next)
    const text = lines.text(line).trim()
    if (text !== '' && !DATA.test(text)) break
    next = line.next
    letters.push(text)
    if (!text.endsWith('=')) continue
    pieces.push(Buffer.from(letters.join(''), 'base64'))
    letters = []
  }
  pieces.push(Buffer.from(letters.join(''), 'base64'))
  return { next, bytes: Buffer.concat(pieces) }
}
