/** Where lines begin and end in the bytes of a message, looked for natively. */

export const LF = 0x0a
export const CR = 0x0d
export const DASH = 0x2d
const DASHES = Buffer.from('\n--')

/** Drops blanks and CR from the end; by hand, as a regular expression would go through each run of blanks again and again. */
export function withoutLineEnd(text: string): string {
  let end = text.length
  while (end > 0 && text.charCodeAt(end - 1) === CR) end--
  while (end > 0 && (text[end - 1] === ' ' || text[end - 1] === '\t')) end--
  return text.slice(0, end)
}

/** Where the next line that begins with two dashes begins, -1 if there is none. */
export function nextDashes(data: Buffer, from: number): number {
  // Most content has no dash at all, and one byte is found much faster than three.
  const dash = data.indexOf(DASH, from)
  const newline = dash < 0 ? -1 : data.indexOf(DASHES, Math.max(from, dash - 1))
  return newline < 0 ? -1 : newline + 1
}

/** The line end before a delimiter line belongs to the delimiter. */
export function lineBreakBefore(data: Buffer, from: number, line: number): number {
  if (line === from) return from
  return line - 2 >= from && data[line - 2] === CR ? line - 2 : line - 1
}

/** Where the tail begins that may belong to a delimiter line which is still to come: CR, LF, a first dash. */
export function heldTail(data: Buffer, from: number): number {
  let end = data.length
  if (data[end - 1] === DASH && end - 2 >= from && data[end - 2] === LF) end--
  if (end - 1 >= from && data[end - 1] === LF) end--
  else if (end !== data.length) return data.length
  if (end - 1 >= from && data[end - 1] === CR) end--
  return end
}
