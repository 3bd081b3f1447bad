/** Files that the script of a page puts together from base64 in its own text ("HTML smuggling"). */
import type { Format } from './embedded.ts'
import { nameText } from './line.ts'

/** Without one of these a script makes no file of a text. */
const MAKES_FILES = /atob|createObjectURL|msSave|fromCharCode|Uint8Array|charCodeAt/
const LETTERS = /[A-Za-z0-9+/_-]{2,}={0,2}/g
/** What may stand between two literals that belong together: sums, lists, continued lines. */
const BETWEEN = /^(?:["'`]\s*[+,]\s*["'`]|\\\r?\n[ \t]*|\s+)$/
const LONGEST_BETWEEN = 64
const FEWEST_LETTERS = 128
const QUOTES = '"\'`'
const NAMES = [
  /\bdownload["'\]]*\s*[=,:]\s*["'`]([^"'`\r\n]{1,255})["'`]/,
  /\b(?:msSave(?:OrOpen)?Blob|saveAs)\s*\([^,()]{1,100},\s*["'`]([^"'`\r\n]{1,255})["'`]/,
  /\bfile_?name["'\]]*\s*[=:]\s*["'`]([^"'`\r\n]{1,255})["'`]/i,
]

export const script: Format = {
  *extract(content, _hint, budget) {
    const text = content.toString('latin1')
    if (!MAKES_FILES.test(text)) return
    const name = NAMES.map((each) => each.exec(text)?.[1]).find((each) => each !== undefined) ?? ''
    for (const letters of literalsOf(text)) {
      const bytes = Buffer.from(letters, 'base64')
      if (bytes.length > 0 && budget.files-- > 0)
        yield { kind: 'script', name: nameText(Buffer.from(name, 'latin1')), bytes }
    }
  },
}

/** Quoted base64, put together from its pieces. */
function* literalsOf(text: string): Generator<string> {
  let pieces: string[] = []
  let begin = 0
  let end = 0
  for (const found of text.matchAll(LETTERS)) {
    const isNext =
      pieces.length > 0 && found.index - end <= LONGEST_BETWEEN && BETWEEN.test(text.slice(end, found.index))
    if (!isNext) {
      if (isLiteral(text, begin, end, pieces)) yield pieces.join('')
      pieces = []
      begin = found.index
    }
    pieces.push(found[0])
    end = found.index + found[0].length
  }
  if (isLiteral(text, begin, end, pieces)) yield pieces.join('')
}

function isLiteral(text: string, begin: number, end: number, pieces: readonly string[]): boolean {
  if (begin === 0 || !QUOTES.includes(text[begin - 1] as string) || !QUOTES.includes(text[end] ?? ' ')) return false
  const letters = pieces.join('')
  return letters.length >= FEWEST_LETTERS && !/^[0-9a-f]+$/i.test(letters)
}
