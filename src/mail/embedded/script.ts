/**
 * Files that the script of a page puts together from literals in its own text ("HTML smuggling"): base64, hexadecimal digits, lists of
 * numbers.
 */
import type { Format } from './embedded.ts'
import { createGrowing } from './growing.ts'
import { nameText } from './line.ts'

/** Without one of these a script makes no file of a text. */
const MAKES_FILES = /atob|createObjectURL|msSave|fromCharCode|Uint8Array|charCodeAt/
const LETTERS = /[A-Za-z0-9+/_-]{2,}={0,2}/g
/** What may stand between two literals that belong together: sums, lists, continued lines. */
const BETWEEN = /^(?:["'`]\s*[+,]\s*["'`]|\\\r?\n[ \t]*|\s+)$/
const LONGEST_BETWEEN = 64
const FEWEST_LETTERS = 128
const FEWEST_DIGITS = 256
const FEWEST_NUMBERS = 100
const OPENING = /[[(](?=(?:\s*(?:0x[0-9a-f]{1,2}|\d{1,3})\s*,){99})/gi
/** A number, and whether another follows. */
const NUMBER = /\s*(0x[0-9a-f]{1,2}|\d{1,3})\s*(,?)/iy
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
    for (const bytes of [...filesOf(literalsOf(text)), ...listsOf(text)]) {
      if (budget.files-- > 0) yield { kind: 'script', name: nameText(Buffer.from(name, 'latin1')), bytes }
    }
  },
}

/** What literals mean: base64, or hexadecimal digits where they are nothing else. */
function* filesOf(literals: Iterable<string>): Generator<Buffer> {
  for (const letters of literals) {
    const isHex = /^[0-9a-f]+$/i.test(letters)
    if (!isHex) yield Buffer.from(letters, 'base64')
    // Shorter ones are digests and keys.
    else if (letters.length >= FEWEST_DIGITS) yield Buffer.from(letters, 'hex')
  }
}

/** Lists of numbers that are bytes. */
function* listsOf(text: string): Generator<Buffer> {
  const number = new RegExp(NUMBER)
  for (const { index: at } of text.matchAll(OPENING)) {
    const bytes = createGrowing(text.length)
    number.lastIndex = at + 1
    for (let found = number.exec(text); found !== null && Number(found[1]) <= 255; found = number.exec(text)) {
      bytes.push(Number(found[1]))
      if (found[2] === '') break
    }
    if (bytes.length >= FEWEST_NUMBERS) yield bytes.take()
  }
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
  return pieces.reduce((sum, { length }) => sum + length, 0) >= FEWEST_LETTERS
}
