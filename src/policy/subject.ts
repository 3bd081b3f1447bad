/** The subject of mail that is tagged. */

/** Longest value that is put into a header; Postfix cuts off what is beyond 60,000 bytes. */
const LONGEST_BYTES = 50_000
/** Bytes of one encoded word (RFC 2047 2: at most 75 letters, base64 and its frame included). */
const WORD_BYTES = 42

/** A subject with the prefix; undefined where it has it already, or would be too long. */
export function taggedSubject(subject: string, prefix: string): string | undefined {
  const shown = /\s$/.test(prefix) ? prefix : `${prefix} `
  const encoded = /^[ -~]*$/.test(shown) ? shown : `${encodedWords(shown)} `
  const value = subject.replace(/^[ \t]/, '')
  if (value.startsWith(encoded.trimEnd())) return undefined
  return Buffer.byteLength(value) + encoded.length > LONGEST_BYTES ? undefined : `${encoded}${value}`
}

/** White space between encoded words is not shown, so that behind the prefix stands within the last. */
function encodedWords(text: string): string {
  const words: string[] = []
  let current = ''
  for (const character of text) {
    if (Buffer.byteLength(current + character) > WORD_BYTES) {
      words.push(current)
      current = ''
    }
    current += character
  }
  return [...words, current].map((word) => `=?utf-8?B?${Buffer.from(word).toString('base64')}?=`).join(' ')
}
