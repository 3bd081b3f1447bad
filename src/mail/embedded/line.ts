/** The lines of a text, one after the other. */

const CR = 0x0d
const LF = 0x0a

/** A line without its end: from `start` to `end`; the next one begins at `next`. */
export interface Line {
  readonly start: number
  readonly end: number
  readonly next: number
}

/** A text as lines. */
export interface Lines {
  /** The line that begins at a place. */
  at(start: number): Line
  /** The next place at or after `from` and before `to` where a line begins with the word; -1 where none does. */
  find(word: string, from: number, to?: number): number
  /** The beginning of a line, one character a byte, at most so many. */
  text(line: Line, most?: number): string
}

/** Reads lines; a text that has no line feed at all is divided by its carriage returns. */
export function linesOf(content: Buffer): Lines {
  const divider = content.includes(LF) ? LF : CR
  return {
    at(start) {
      const found = content.indexOf(divider, start)
      let end = found < 0 ? content.length : found
      while (end > start && content[end - 1] === CR) end--
      return { start, end, next: found < 0 ? content.length : found + 1 }
    },
    find(word, from, to = content.length) {
      const within = content.subarray(0, to)
      for (let at = within.indexOf(word, from, 'latin1'); at >= 0; at = within.indexOf(word, at + 1, 'latin1')) {
        if (at === 0 || content[at - 1] === divider) return at
      }
      return -1
    },
    text: ({ start, end }, most = Number.POSITIVE_INFINITY) =>
      content.toString('latin1', start, Math.min(end, start + most)),
  }
}

/** The text of a name as it stands in the file: UTF-8 where it is valid, else one character a byte. */
export function nameText(bytes: Buffer): string {
  const text = bytes.toString('utf8')
  return (text.includes('\ufffd') ? bytes.toString('latin1') : text).trim()
}
