/** Messages one after the other in one file (RFC 4155). */
import type { Format } from './embedded.ts'
import { type Lines, linesOf } from './line.ts'

const FIELD = /^[!-9;-~]{1,80}[ \t]*:/

/** Whether the bytes begin with a line `From ` and a header. */
export function isMbox(start: Buffer): boolean {
  if (start.toString('latin1', 0, 5) !== 'From ') return false
  const lines = linesOf(start)
  return FIELD.test(lines.text(lines.at(lines.at(0).next), 100))
}

export const mbox: Format = {
  *extract(content, _hint, budget) {
    if (!isMbox(content)) return
    const lines = linesOf(content)
    for (let at = 0; at >= 0; ) {
      const begin = lines.at(at).next
      const next = nextMessage(lines, begin)
      const bytes = content.subarray(begin, next < 0 ? content.length : next)
      if (budget.files-- > 0) yield { kind: 'mbox', name: '', bytes, isMessage: true }
      at = next
    }
  },
}

/** The next line `From ` that a header follows; some writers leave out the blank line before it. */
function nextMessage(lines: Lines, from: number): number {
  for (let at = lines.find('From ', from); at >= 0; at = lines.find('From ', at + 1)) {
    if (FIELD.test(lines.text(lines.at(lines.at(at).next), 100))) return at
  }
  return -1
}
