/** Where a boundary divides a multipart: exactly as RFC 2046 has it, and as some program does. */
import { coreOf, type Dashes, type Document } from './document.ts'
import { beforeLineEnd, beforeLineEnds } from './text-line.ts'

/** The bytes between two places. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** The parts between exact delimiter lines, up to the closing one; LF and CR LF end a line. */
export function exactParts(document: Document, boundary: string, range: Range): Range[] {
  const parts: Range[] = []
  let from = -1
  for (const line of document.dashesWith(coreOf(boundary), range.from, range.to)) {
    const token = line.token.trimEnd()
    const isClosing = token === `${boundary}--`
    if ((token !== boundary && !isClosing) || document.text[line.at] !== '-' || (isClosing && from < 0)) continue
    if (from >= 0) parts.push({ from, to: beforeLineEnd(document.text, from, line.at) })
    from = line.next
    if (isClosing) return parts
  }
  if (from >= 0) parts.push({ from, to: range.to })
  return parts
}

/**
 * The parts between all lines that are almost delimiters: other case, blanks before, other dashes, text behind. None of them closes anything;
 * what follows the last is a part too.
 */
export function likelyParts(document: Document, boundary: string, range: Range): Range[] {
  const core = coreOf(boundary)
  const lines: Dashes[] = [...document.dashesWith(core, range.from, range.to)]
  for (const other of document.coresLike(core)) lines.push(...document.dashesWith(other, range.from, range.to))
  lines.sort((a, b) => a.at - b.at)
  return lines.map((line, i) => {
    const next = lines[i + 1]?.at
    return { from: line.next, to: next === undefined ? range.to : beforeLineEnds(document.text, line.next, next) }
  })
}
