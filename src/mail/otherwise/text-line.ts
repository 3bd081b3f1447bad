/** Lines of a text by any line end: CR LF, LF, a bare CR, CR CR LF. Each byte is one character. */

const LINE_END = /\r*\n|\r/y
const CR = 0x0d
const LF = 0x0a

/** Where a line ends and where the next one begins. */
export interface Line {
  readonly end: number
  readonly next: number
}

/** The line that begins at a place. */
export function lineAt(text: string, at: number, to: number): Line {
  let end = at
  while (end < to && !isLineEnd(text.charCodeAt(end))) end++
  return { end, next: Math.min(to, afterLineEnd(text, end)) }
}

/** Where the line before the one that begins at `at` begins; `at` itself where there is none after `least`. */
export function lineBefore(text: string, at: number, least: number): number {
  let start = beforeLineEnd(text, least, at)
  if (start === at) return at
  while (start > least && !isLineEnd(text.charCodeAt(start - 1))) start--
  return start
}

/** Where content ends that a delimiter follows: the line end before that belongs to it. */
export function beforeLineEnd(text: string, from: number, at: number): number {
  let end = at
  if (end > from && text.charCodeAt(end - 1) === LF) end--
  if (end > from && text.charCodeAt(end - 1) === CR) end--
  return end
}

/** The same where any number of CR belongs to the line end. */
export function beforeLineEnds(text: string, from: number, at: number): number {
  let end = beforeLineEnd(text, from, at)
  while (end > from && end < at && text.charCodeAt(end - 1) === CR) end--
  return end
}

function afterLineEnd(text: string, at: number): number {
  LINE_END.lastIndex = at
  const match = LINE_END.exec(text)
  return match === null ? at : at + match[0].length
}

function isLineEnd(code: number): boolean {
  return code === LF || code === CR
}
