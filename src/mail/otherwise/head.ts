/** Where the header of a part ends and its content begins: programs differ where there is no clean blank line between them. */
import { type Document, kindOf } from './document.ts'
import { lineAt } from './text-line.ts'

/** One way to divide a part: the header ends at `to`, the content begins at `body`. */
export interface Head {
  readonly to: number
  readonly body: number
}

export interface Heads {
  /** Header up to the empty line, up to a line of blanks, up to the first line that is no field. */
  readonly plain: readonly Head[]
  /** The same going on behind a blank line, where MIME fields follow. */
  readonly continued: readonly Head[]
}

/** How often a header may go on. */
const MOST_SECTIONS = 24

/** All ways to divide the part between two places. */
export function headsAt(document: Document, from: number, to: number): Heads {
  const plain = plainHeads(document.text, from, to)
  const continued = plain.flatMap((head) => continuedFrom(document, head, to))
  return { plain, continued: [...new Map(continued.map((head) => [head.body, head])).values()] }
}

/** The header with one more section, and with all. */
function continuedFrom(document: Document, head: Head, to: number): Head[] {
  const found: Head[] = []
  for (let last = head; found.length < MOST_SECTIONS; ) {
    const next = document.headAfter(last.body)
    if (next < 0 || next >= to) break
    last = plainHeads(document.text, next, to).at(-1) as Head
    found.push(last)
  }
  return found.length > 2 ? [found[0] as Head, found.at(-1) as Head] : found
}

/** The RFC's reading first. */
function plainHeads(text: string, from: number, to: number): Head[] {
  let blank: Head | undefined
  let other: Head | undefined
  let at = from
  for (;;) {
    const { end, next } = lineAt(text, at, to)
    const kind = at >= to ? 'empty' : kindOf(text, at, end)
    if (kind === 'empty') break
    if (kind === 'blank') blank ??= { to: at, body: next }
    if (kind === 'other' && !isEnvelopeLine(text, at, from)) other ??= { to: at, body: at }
    at = next
  }
  const clean = { to: at, body: lineAt(text, at, to).next }
  return [clean, ...[blank, other].filter((head) => head !== undefined)]
}

/** The first line of a message in an mbox. */
function isEnvelopeLine(text: string, at: number, from: number): boolean {
  return at === from && /^>?From /.test(text.slice(at, at + 6))
}
