/** The words of a structured header field (RFC 5322 section 3.2): comments are passed over, quoted strings are one word. Linear. */

/** A word, quoted or not, or a character that parts words. */
export interface Token {
  readonly text: string
  readonly kind: 'word' | 'quoted' | 'mark'
}

const BLANK = /[\0- \x7f]/

/** Takes a value apart; `marks` are the characters that stand for themselves. What is not closed goes to the end. */
export function tokensOf(value: string, marks: string): readonly Token[] {
  const tokens: Token[] = []
  let word = ''
  const endWord = () => {
    if (word !== '') tokens.push({ text: word, kind: 'word' })
    word = ''
  }
  for (let at = 0; at < value.length; ) {
    const character = value.charAt(at)
    if (character === '(' || character === '"') {
      endWord()
      const end = character === '(' ? commentEnd(value, at) : quoteEnd(value, at)
      if (character === '"') tokens.push({ text: unquoted(value.slice(at + 1, end - 1)), kind: 'quoted' })
      at = end
      continue
    }
    if (marks.includes(character)) {
      endWord()
      tokens.push({ text: character, kind: 'mark' })
    } else if (BLANK.test(character)) endWord()
    else word += character
    at++
  }
  endWord()
  return tokens
}

function unquoted(text: string): string {
  return text.replace(/\\(.)/gs, '$1')
}

/** The place after the comment that begins here; comments lie within each other. */
function commentEnd(value: string, start: number): number {
  let depth = 0
  for (let at = start; at < value.length; at++) {
    const character = value.charAt(at)
    if (character === '\\') at++
    else if (character === '(') depth++
    else if (character === ')' && --depth === 0) return at + 1
  }
  return value.length + 1
}

/** The place after the quoted string that begins here. */
function quoteEnd(value: string, start: number): number {
  for (let at = start + 1; at < value.length; at++) {
    const character = value.charAt(at)
    if (character === '\\') at++
    else if (character === '"') return at + 1
  }
  return value.length + 1
}
