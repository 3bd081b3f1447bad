/**
 * The strict reading of one message (RFC 2045, 2046, 5322): the first of duplicate fields, CRLF or LF as line ends, delimiter lines
 * exactly as declared. Bytes stream through: what is held is a header or a line that may be a delimiter, never a part.
 * A message within the message is read by another instance, fed with the decoded bytes of its part.
 */
import { firstOf, type Header, parseHeader } from '../header/header.ts'
import { isAttachment, isMultipart, type Part, readPart } from '../header/part.ts'
import { decodeText } from '../name/name.ts'
import { type LeafSink, openLeaf } from './leaf.ts'
import type { InnerMessage, Leaf, StrictContext } from './strict-context.ts'

const LF = 0x0a
const CR = 0x0d
const DASH = 0x2d
const EMPTY = Buffer.alloc(0)
const DELIMITER = Buffer.from('\n--')
/**
 * So much of a line besides the boundary is waited for: dashes, blanks, the line end. A line that has only blanks up to there is a
 * delimiter, whatever comes then: who reads it otherwise is mailparser, which allows 998 blanks.
 */
const DELIMITER_EXTRA = 1004

/** A line has no more (RFC 5322 section 2.1.1). */
const LONGEST_ID = 998
/** Lines and field names up to this length are looked at where a boundary is not known. */
const LONGEST_GUESS = 3000
const LONGEST_FIELD = 80

/** An open multipart. */
interface Multipart {
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
interface Delimiter {
  readonly owner: Multipart
  readonly isClosing: boolean
  /** Where the next line begins; the end of the blanks that were looked at where `isCut`. */
  readonly next: number
  readonly isCut: boolean
}

export class StrictMessage implements InnerMessage {
  readonly #context: StrictContext
  readonly #prefix: string
  readonly #depth: number
  readonly #open: Multipart[] = []
  readonly #byBoundary = new Map<string, Multipart>()
  /** What others take for a boundary here. */
  readonly #others = new Set<string>()
  readonly #bodies = new Set<string>()
  #longest = 0
  #carry: Buffer = EMPTY
  /** Bytes before `#carry`. Offsets within an inner message say nothing about the outer one and are not told. */
  #offset = 0
  #path: string
  #isDigestChild = false
  #isHead = true
  #head: Buffer[] = []
  #headBytes = 0
  #headOffset = 0
  #isLineStart = true
  /** The multipart whose boundaries are found as they come. */
  readonly #guess: Multipart | undefined
  /** Within what is left of a delimiter line of many blanks. */
  #isInCutLine = false
  #leaf: LeafSink | undefined

  /** `isGuess`: the bytes are those of a multipart whose boundary is not known. */
  constructor(context: StrictContext, prefix: string, depth: number, isGuess = false) {
    this.#context = context
    this.#prefix = prefix
    this.#depth = depth
    this.#path = `${prefix}1`
    if (!isGuess) return
    this.#isHead = false
    this.#guess = { prefix, boundaries: [], isDigest: false, offset: -1, level: 1, hidden: [], children: 0 }
    this.#open.push(this.#guess)
  }

  write(chunk: Buffer): void {
    if (this.#context.findings.isStopped) return
    const data = this.#carry.length > 0 ? Buffer.concat([this.#carry, chunk]) : chunk
    let at = 0
    while (at < data.length && !this.#context.findings.isStopped) {
      const next = this.#isInCutLine
        ? this.#skipLine(data, at)
        : this.#isHead
          ? this.#readHead(data, at)
          : this.#readBody(data, at)
      at = next < 0 ? ~next : next
      if (next < 0) break
    }
    // A copy: a slice would keep the whole chunk.
    this.#carry = at < data.length ? Buffer.from(data.subarray(at)) : EMPTY
    this.#offset += at
  }

  end(): void {
    const rest = this.#carry
    this.#carry = EMPTY
    if (this.#context.findings.isStopped) return
    if (this.#isHead) {
      this.#keepHead(rest)
      this.#endHead()
    } else this.#endBody(rest)
    if (this.#context.findings.isStopped) return
    this.#leaf?.end()
    for (const each of this.#open)
      if (each !== this.#guess) this.#context.findings.note('unclosed-multipart', 'note', each.offset)
  }

  /** Passes over the rest of a delimiter line. */
  #skipLine(data: Buffer, from: number): number {
    const newline = data.indexOf(LF, from)
    if (newline < 0) return data.length
    this.#isInCutLine = false
    this.#headOffset = this.#offset + newline + 1
    return newline + 1
  }

  /** Reads header lines; returns where to go on, or ~position when more bytes are needed from there. */
  #readHead(data: Buffer, from: number): number {
    let line = from
    for (let newline = data.indexOf(LF, line); newline >= 0; newline = data.indexOf(LF, line)) {
      const next = newline + 1
      if (newline === line || (newline === line + 1 && data[line] === CR)) {
        this.#keepHead(data.subarray(from, next))
        this.#endHead()
        return next
      }
      const delimiter = this.#delimiterAt(data, line, newline)
      if (delimiter !== undefined) {
        this.#keepHead(data.subarray(from, line))
        this.#endHead()
        if (!this.#context.findings.isStopped) this.#cross(delimiter)
        return delimiter.next
      }
      line = next
    }
    this.#keepHead(data.subarray(from, line))
    if (this.#headBytes + data.length - line > this.#context.limits.headerBytes) this.#stopAtHeader()
    return ~line
  }

  #keepHead(bytes: Buffer): void {
    if (bytes.length === 0) return
    this.#head.push(bytes)
    this.#headBytes += bytes.length
  }

  #stopAtHeader(): void {
    this.#context.findings.stop('header-bytes', this.#told(this.#headOffset))
  }

  #endHead(): void {
    const { findings, limits } = this.#context
    const offset = this.#told(this.#headOffset)
    if (this.#headBytes > limits.headerBytes) this.#stopAtHeader()
    else findings.countPart(offset)
    if (findings.isStopped) return
    const header = parseHeader(this.#head.length === 1 ? (this.#head[0] as Buffer) : Buffer.concat(this.#head), offset)
    this.#head = []
    this.#headBytes = 0
    this.#isHead = false
    this.#isLineStart = true
    if (this.#depth === 0 && this.#open.length === 0) this.#readRoot(header)
    const part = readPart(header, this.#isDigestChild)
    if (isMultipart(part)) this.#openMultipart(part, offset)
    else this.#openLeaf(part, offset, [])
  }

  #readRoot(header: Header): void {
    this.#context.findings.subject = decodeText(firstOf(header, 'subject'))
    this.#context.findings.messageId = firstOf(header, 'message-id').slice(0, LONGEST_ID)
  }

  /** Until its first part comes, a multipart's bytes are kept as if it were one part: without any part, that is what it is. */
  #openMultipart(part: Part, offset: number): void {
    const { findings, limits } = this.#context
    const level = this.#open.length + 1
    findings.deepest = Math.max(findings.deepest, level)
    const boundaries = this.#boundariesOf(part)
    const isUsable = boundaries.length > 0 && level <= limits.mimeDepth
    // Paths name one part only: the first part of the outermost multipart will have the path that this one has now.
    if (isUsable && level === 1) this.#path = `${this.#prefix}0`
    if (level > limits.mimeDepth) findings.reach('mime-depth', offset)
    this.#openLeaf(part, offset, [{ name: 'boundary-missing', severity: 'suspicious', offset }])
    if (!isUsable) return
    const multipart = {
      prefix: this.#open.length === 0 ? this.#prefix : `${this.#path}.`,
      boundaries,
      isDigest: part.type === 'multipart/digest',
      hidden: boundaries.map((each) => this.#byBoundary.get(each)),
      offset,
      level,
      children: 0,
    }
    this.#open.push(multipart)
    for (const each of boundaries) {
      this.#byBoundary.set(each, multipart)
      this.#longest = Math.max(this.#longest, each.length)
    }
    for (const each of part.anomalies) findings.note(each.name, each.severity, each.offset)
  }

  #boundariesOf(part: Part): readonly string[] {
    if (this.#context.choices.has('boundary') && part.otherBoundaries.length > 0) return part.otherBoundaries
    for (const each of part.otherBoundaries) {
      this.#others.add(each)
      this.#longest = Math.max(this.#longest, each.length)
    }
    return part.boundary === '' ? [] : [part.boundary]
  }

  #openLeaf(part: Part, offset: number, anomalies: Leaf['anomalies']): void {
    const isBody = !isAttachment(part) && !this.#bodies.has(part.type)
    if (isBody) this.#bodies.add(part.type)
    const leaf: Leaf = {
      path: this.#path,
      depth: this.#depth,
      part,
      role: !isBody ? 'sample' : this.#depth === 0 ? 'body' : 'inner-body',
      anomalies: [...part.anomalies, ...anomalies],
      content: undefined,
      skeletonDigest: '',
      isMessage: isMultipart(part) ? false : undefined,
      mayHide: isMultipart(part) && this.#open.length < this.#context.limits.mimeDepth,
    }
    this.#leaf = openLeaf(this.#context, leaf, offset)
  }

  /** Reads content up to the next delimiter line; returns as `#readHead` does. */
  #readBody(data: Buffer, from: number): number {
    if (this.#open.length === 0) return this.#emit(data, from, data.length)
    let line = this.#isLineStart ? from : nextDashes(data, from)
    for (; line >= 0; line = nextDashes(data, line)) {
      if (this.#mayContinue(data, line) || this.#mayGuess(data, line))
        return ~this.#emit(data, from, lineBreakBefore(data, from, line))
      const delimiter = this.#delimiterAt(data, line, data.indexOf(LF, line))
      if (delimiter === undefined) continue
      this.#emit(data, from, lineBreakBefore(data, from, line))
      this.#cross(delimiter)
      return delimiter.next
    }
    return ~this.#emit(data, from, heldTail(data, from))
  }

  /** Whether the line at the end of what is there may still turn out to be a delimiter. */
  #mayContinue(data: Buffer, line: number): boolean {
    const length = data.length - line
    if (data[line] !== DASH || (length > 1 && data[line + 1] !== DASH)) return false
    return length <= this.#longest + DELIMITER_EXTRA && data.indexOf(LF, line) < 0
  }

  /**
   * Takes a line for a delimiter of the multipart without a boundary if a header follows it. Whether one does needs the beginning of the
   * next line: true if that is still to come.
   */
  #mayGuess(data: Buffer, line: number): boolean {
    if (this.#guess === undefined || data[line] !== DASH || data[line + 1] !== DASH) return false
    const newline = data.indexOf(LF, line)
    if (newline < 0 || newline - line > LONGEST_GUESS) return false
    const next = data.toString('latin1', newline + 1, newline + 1 + LONGEST_FIELD)
    const text = data.toString('latin1', line + 2, newline)
    if (this.#delimiter(text, newline, false) !== undefined) return false
    if (next.length < LONGEST_FIELD && /^[!-9;-~]*[ \t]*$/.test(next)) return true
    if (!/^[!-9;-~]+[ \t]*:/.test(next)) return false
    // From here on it needs no header, and dashes behind it close.
    const token = withoutLineEnd(text)
    this.#byBoundary.set(token, this.#guess)
    this.#longest = Math.max(this.#longest, token.length)
    return false
  }

  /** The delimiter in the line, if it is one (RFC 2046 section 5.1.1): dashes, boundary, perhaps dashes, blanks, CR. */
  #delimiterAt(data: Buffer, line: number, newline: number): Delimiter | undefined {
    if (data[line] !== DASH || data[line + 1] !== DASH) return undefined
    const cut = line + this.#longest + DELIMITER_EXTRA
    const isCut = newline < 0 || newline > cut
    return this.#delimiter(data.toString('latin1', line + 2, isCut ? cut : newline), isCut ? cut : newline + 1, isCut)
  }

  #delimiter(text: string, next: number, isCut: boolean): Delimiter | undefined {
    const token = withoutLineEnd(text)
    const opened = this.#byBoundary.get(token)
    if (opened !== undefined) return { owner: opened, isClosing: false, next, isCut }
    if (this.#others.has(token)) this.#context.findings.doubts.add('boundary')
    const closed = token.endsWith('--') ? this.#byBoundary.get(token.slice(0, -2)) : undefined
    // Before the first part a closing delimiter closes nothing; programs read on.
    return closed === undefined || closed.children === 0 ? undefined : { owner: closed, isClosing: true, next, isCut }
  }

  #emit(data: Buffer, from: number, to: number): number {
    if (to > from) {
      this.#isLineStart = false
      this.#leaf?.write(data.subarray(from, to), this.#offset + from)
    }
    return to
  }

  /** Goes over a delimiter line: the part ends, and every multipart within its owner. */
  #cross(delimiter: Delimiter): void {
    const { owner, isClosing } = delimiter
    if (owner.children === 0) this.#leaf?.discard()
    else this.#leaf?.end()
    this.#leaf = undefined
    while (this.#open.length > owner.level) {
      this.#context.findings.note('unclosed-multipart', 'note', this.#open.at(-1)?.offset ?? -1)
      this.#closeInnermost()
    }
    this.#isLineStart = true
    this.#isInCutLine = delimiter.isCut
    if (isClosing) {
      this.#closeInnermost()
      return
    }
    owner.children++
    this.#path = `${owner.prefix}${owner.children}`
    this.#isDigestChild = owner.isDigest
    this.#isHead = true
    this.#headOffset = this.#offset + delimiter.next
  }

  #closeInnermost(): void {
    // Another boundary may still come.
    if (this.#open.at(-1) === this.#guess) return
    const closed = this.#open.pop()
    if (closed === undefined) return
    for (const [i, boundary] of closed.boundaries.entries()) {
      const hidden = closed.hidden[i]
      if (hidden === undefined) this.#byBoundary.delete(boundary)
      else this.#byBoundary.set(boundary, hidden)
    }
  }

  /** The last bytes: only a closing delimiter may lack its line end. */
  #endBody(rest: Buffer): void {
    let line = this.#isLineStart && rest[0] === DASH ? 0 : nextDashes(rest, 0)
    for (; line >= 0; line = nextDashes(rest, line)) {
      const newline = rest.indexOf(LF, line)
      const text = rest.toString('latin1', line + 2, newline < 0 ? rest.length : newline)
      const delimiter = this.#delimiter(text, rest.length, false)
      if (delimiter?.isClosing !== true) continue
      this.#emit(rest, 0, lineBreakBefore(rest, 0, line))
      this.#cross(delimiter)
      return
    }
    this.#emit(rest, 0, rest.length)
  }

  #told(offset: number): number {
    return this.#depth === 0 ? offset : -1
  }
}

/** Drops blanks and CR from the end; by hand, as a regular expression would go through each run of blanks again and again. */
function withoutLineEnd(text: string): string {
  let end = text.length
  while (end > 0 && text.charCodeAt(end - 1) === CR) end--
  while (end > 0 && (text[end - 1] === ' ' || text[end - 1] === '\t')) end--
  return text.slice(0, end)
}

/** Where the next line that begins with two dashes begins, -1 if there is none. */
function nextDashes(data: Buffer, from: number): number {
  const newline = data.indexOf(DELIMITER, from)
  return newline < 0 ? -1 : newline + 1
}

/** The line end before a delimiter line belongs to the delimiter. */
function lineBreakBefore(data: Buffer, from: number, line: number): number {
  if (line === from) return from
  return line - 2 >= from && data[line - 2] === CR ? line - 2 : line - 1
}

/** Where the tail begins that may belong to a delimiter line which is still to come: CR, LF, a first dash. */
function heldTail(data: Buffer, from: number): number {
  let end = data.length
  if (data[end - 1] === DASH && end - 2 >= from && data[end - 2] === LF) end--
  if (end - 1 >= from && data[end - 1] === LF) end--
  else if (end !== data.length) return data.length
  if (end - 1 >= from && data[end - 1] === CR) end--
  return end
}
