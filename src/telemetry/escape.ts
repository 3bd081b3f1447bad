/**
 * Characters of strangers' names and addresses that a terminal or a reader of lines does not take as text: controls, line and paragraph
 * separators, bidirectional overrides, invisible ones, tags, lone surrogates.
 */
export const UNSAFE =
  /[\p{Cc}\p{Zl}\p{Zp}\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]|\p{Cs}/gu

/** JSON text of one line in which they are escaped; it means the same. */
export function escapeJson(line: string): string {
  return line.replace(UNSAFE, (character) => {
    const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i))
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
  })
}
