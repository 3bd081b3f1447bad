/** The multiparts that are open in a message, and which lines delimit their parts (RFC 2046 section 5.1.1). */
import { CR, DASH, LF, withoutLineEnd } from './line.ts'

/**
 * So much of a line besides the boundary is waited for: dashes, blanks, the line end. A line that has only blanks up to there is a
 * delimiter, whatever comes then: who reads it otherwise is mailparser, which allows 998 blanks.
 */
const DELIMITER_EXTRA = 1004

/** Lines that are almost delimiters are looked for in so many multiparts. */
const MOST_COMPARED = 4

/** What is odd about the boundary of a multipart: it is that of one around it, or one of the two begins with the other. */
export function oddityWithin(
  boundary: string,
  outer: readonly string[],
): 'boundary-reused' | 'boundary-odd' | undefined {
  if (boundary === '') return undefined
  if (outer.includes(boundary)) return 'boundary-reused'
  const isBegun = outer.some((each) => each !== '' && (each.startsWith(boundary) || boundary.startsWith(each)))
  return isBegun ? 'boundary-odd' : undefined
}

/** An open multipart. */
export interface Multipart {
  /** What the paths of its children begin with. */
  readonly prefix: string
  readonly boundaries: readonly string[]
  readonly isDigest: boolean
  readonly offset: number
  readonly level: number
  /** The outer multiparts with the same boundaries, which this one hides. */
  readonly hidden: readonly (Multipart | undefined)[]
  children: number
}

/** A delimiter line. */
export interface Delimiter {
  readonly owner: Multipart
  readonly isClosing: boolean
  /** Where the next line begins; the end of the blanks that were looked at where `isCut`. */
  readonly next: number
  readonly isCut: boolean
  /** Dashes, boundary, CRLF and nothing else. */
  readonly isPlain: boolean
}

/** The open multiparts, the outermost first, and their boundaries. */
export class Delimiters {
  readonly #open: Multipart[] = []
  readonly #byBoundary = new Map<string, Multipart>()
  /** What others take for a boundary here. */
  readonly #others = new Set<string>()
  readonly #onOther: () => void
  readonly #onOdd: (line: number) => void
  #longest = 0

  /** `onOther` is told of a line that others take for a delimiter, `onOdd` where one begins that is almost a delimiter. */
  constructor(onOther: () => void, onOdd: (line: number) => void) {
    this.#onOther = onOther
    this.#onOdd = onOdd
  }

  get depth(): number {
    return this.#open.length
  }

  get innermost(): Multipart | undefined {
    return this.#open.at(-1)
  }

  get open(): readonly Multipart[] {
    return this.#open
  }

  push(multipart: Omit<Multipart, 'hidden'>): void {
    const { boundaries } = multipart
    const opened = { ...multipart, hidden: boundaries.map((each) => this.#byBoundary.get(each)) }
    this.#open.push(opened)
    for (const each of boundaries) this.add(each, opened)
  }

  pop(): void {
    const closed = this.#open.pop()
    if (closed === undefined) return
    for (const [i, boundary] of closed.boundaries.entries()) {
      const hidden = closed.hidden[i]
      if (hidden === undefined) this.#byBoundary.delete(boundary)
      else this.#byBoundary.set(boundary, hidden)
    }
  }

  add(boundary: string, owner: Multipart): void {
    this.#byBoundary.set(boundary, owner)
    this.#longest = Math.max(this.#longest, boundary.length)
  }

  addOther(boundary: string): void {
    this.#others.add(boundary)
    this.#longest = Math.max(this.#longest, boundary.length)
  }

  /** Whether the line at the end of what is there may still turn out to be a delimiter. */
  mayContinue(data: Buffer, line: number): boolean {
    const length = data.length - line
    if (data[line] !== DASH || (length > 1 && data[line + 1] !== DASH)) return false
    return length <= this.#longest + DELIMITER_EXTRA && data.indexOf(LF, line) < 0
  }

  /** The delimiter in the line, if it is one: dashes, boundary, perhaps dashes, blanks, CR. */
  at(data: Buffer, line: number, newline: number): Delimiter | undefined {
    if (data[line] !== DASH || data[line + 1] !== DASH) return undefined
    const cut = line + this.#longest + DELIMITER_EXTRA
    const isCut = newline < 0 || newline > cut
    const text = data.toString('latin1', line + 2, isCut ? cut : newline)
    const found = this.of(text, isCut ? cut : newline + 1, isCut)
    if (found === undefined && this.#isOdd(text)) this.#onOdd(line)
    return found
  }

  /** Whether the text begins with the boundary of one of the innermost multiparts, in whatever case, blanks before it passed over. */
  #isOdd(text: string): boolean {
    const least = text.trimStart().toLowerCase()
    return this.#open.slice(-MOST_COMPARED).some(({ boundaries, children }) => {
      const boundary = boundaries[0]?.toLowerCase() ?? ''
      if (boundary === '' || !least.startsWith(boundary)) return false
      // A closing delimiter before the first part is passed over by all.
      return children > 0 || withoutLineEnd(text) !== `${boundaries[0]}--`
    })
  }

  /** The delimiter that the text of a line is, without its first two dashes. */
  of(text: string, next: number, isCut: boolean): Delimiter | undefined {
    const token = withoutLineEnd(text)
    const opened = this.#byBoundary.get(token)
    const isPlain = !isCut && text.length === token.length + 1 && text.charCodeAt(token.length) === CR
    if (opened !== undefined) return { owner: opened, isClosing: false, next, isCut, isPlain }
    if (this.#others.has(token)) this.#onOther()
    const closed = token.endsWith('--') ? this.#byBoundary.get(token.slice(0, -2)) : undefined
    // Before the first part a closing delimiter closes nothing; programs read on.
    if (closed === undefined || closed.children === 0) return undefined
    return { owner: closed, isClosing: true, next, isCut, isPlain }
  }
}
