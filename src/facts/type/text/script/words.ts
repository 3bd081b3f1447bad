/** The words that grammars ask for, found in a text before they are cut out of it: most words of a letter are none of them. */
export type Words = readonly (readonly string[] | undefined)[]

const SIZE = 8192

/** Words by a number that is got from two of their letters and their length. */
export function wordsOf(all: Iterable<string>): Words {
  const words = new Array<string[] | undefined>(SIZE).fill(undefined)
  for (const word of all) {
    const at = placeOf(word, 0, word.length)
    words[at] = [...(words[at] ?? []), word]
  }
  return words
}

/** The word that stands there, if it is one of them. */
export function wordAt(words: Words, text: string, at: number, length: number): string | undefined {
  const alike = words[placeOf(text, at, length)]
  if (alike === undefined) return undefined
  for (const word of alike) if (word.length === length && text.startsWith(word, at)) return word
  return undefined
}

function placeOf(text: string, at: number, length: number): number {
  const second = length > 1 ? text.charCodeAt(at + 1) : 0
  return (text.charCodeAt(at) * 37 + second * 5 + length * 1031) & (SIZE - 1)
}
