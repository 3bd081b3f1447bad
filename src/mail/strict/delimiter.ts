/** The multiparts that are open in a message, and which lines delimit their parts (RFC 2046 section 5.1.1). */
import { DASH, LF, withoutLineEnd } from './line.ts'

/**
 * So much of a line besides the boundary is waited for: dashes, blanks, the line end. A line that has only blanks up to there is a
 * delimiter, whatever comes then: who reads it otherwise is mailparser, which allows 998 blanks.
 */
const DELIMITER_EXTRA = 1004

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
}

/** The open multiparts, the outermost first, and their boundaries. */
export class Delimiters {
  readonly #open: Multipart[] = []
  readonly #byBoundary = new Map<string, Multipart>()
  /** What others take for a boundary here. */
  readonly #others = new Set<string>()
  readonly #onOther: () => void
  #longest = 0

  /** `onOther` is told of a line that others take for a delimiter. */
  constructor(onOther: () => void) {
    this.#onOther = onOther
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
    return this.of(data.toString('latin1', line + 2, isCut ? cut : newline), isCut ? cut : newline + 1, isCut)
  }

  /** The delimiter that the text of a line is, without its first two dashes. */
  of(text: string, next: number, isCut: boolean): Delimiter | undefined {
    const token = withoutLineEnd(text)
    const opened = this.#byBoundary.get(token)
    if (opened !== undefined) return { owner: opened, isClosing: false, next, isCut }
    if (this.#others.has(token)) this.#onOther()
    const closed = token.endsWith('--') ? this.#byBoundary.get(token.slice(0, -2)) : undefined
    // Before the first part a closing delimiter closes nothing; programs read on.
    return closed === undefined || closed.children === 0 ? undefined : { owner: closed, isClosing: true, next, isCut }
  }
}
