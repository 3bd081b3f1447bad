/**
 * The strict reading of one message (RFC 2045, 2046, 5322): the first of duplicate fields, CRLF or LF as line ends, delimiter lines
 * exactly as declared. Bytes stream through: what is held is a header or a line that may be a delimiter, never a part.
 * A message within the message is read by another instance, fed with the decoded bytes of its part.
 */
import { hash } from 'node:crypto'
import { anomaly } from '../../core/index.ts'
import { firstOf, type Header, parseHeader } from '../header/header.ts'
import { LineEnds } from '../header/line-end.ts'
import { isAttachment, isMultipart, type Part, readPart } from '../header/part.ts'
import { decodeText } from '../name/name.ts'
import { type Delimiter, Delimiters, type Multipart, oddityWithin } from './delimiter.ts'
import { guessBoundary, guessedMultipart } from './guess.ts'
import { Head, isBlank } from './head.ts'
import { type LeafSink, openLeaf, openOutside } from './leaf.ts'
import { DASH, heldTail, LF, lineBreakBefore, nextDashes } from './line.ts'
import type { InnerMessage, Leaf, StrictContext } from './strict-context.ts'
import { type WholePart, WholeParts } from './whole-part.ts'

const EMPTY = Buffer.alloc(0)
/** A line has no more (RFC 5322 section 2.1.1). */
const LONGEST_ID = 998

export class StrictMessage implements InnerMessage {
  readonly #context: StrictContext
  readonly #prefix: string
  readonly #depth: number
  readonly #delimiters: Delimiters
  readonly #bodies = new Set<string>()
  #carry: Buffer = EMPTY
  /** Bytes before `#carry`. Offsets within an inner message say nothing about the outer one and are not told. */
  #offset = 0
  #path: string
  #isDigestChild = false
  #isHead = true
  readonly #head = new Head()
  #headOffset = 0
  /** Where the delimiter line before the header begins, and whether it is exactly as it should be. */
  #headLine = 0
  #isPlainHead = false
  #isLineStart = true
  /** Reads parts that are there whole; absent where each part is to go the long way. */
  readonly #wholeParts: WholeParts | undefined
  #mayBeWhole = false
  /** The multipart whose boundaries are found as they come. */
  readonly #guess: Multipart | undefined
  /** Within what is left of a delimiter line of many blanks. */
  #isInCutLine = false
  #leaf: LeafSink | undefined
  readonly #lineEnds = new LineEnds()

  /** `isGuess`: the bytes are those of a multipart whose boundary is not known. */
  constructor(context: StrictContext, prefix: string, depth: number, isGuess = false) {
    this.#context = context
    this.#prefix = prefix
    this.#depth = depth
    this.#path = `${prefix}1`
    this.#delimiters = new Delimiters(
      () => context.findings.doubt(),
      (line) => context.findings.note('delimiter-odd', this.#told(this.#offset + line)),
    )
    if (!isGuess && !context.isTapped) this.#wholeParts = new WholeParts(context)
    if (!isGuess) return
    this.#isHead = false
    this.#delimiters.push(guessedMultipart(prefix))
    this.#guess = this.#delimiters.innermost
  }

  /** What stands before this was read and is not read again. */
  get settled(): number {
    return this.#isHead ? this.#headLine : this.#offset
  }

  write(chunk: Buffer): void {
    if (this.#context.findings.isStopped) return
    this.#read(this.#carry.length > 0 ? Buffer.concat([this.#carry, chunk]) : chunk, false)
  }

  #read(data: Buffer, isEnd: boolean): void {
    let at = 0
    while (at < data.length && !this.#context.findings.isStopped) {
      const next = this.#isInCutLine
        ? this.#skipLine(data, at)
        : this.#isHead
          ? this.#mayBeWhole
            ? this.#readWhole(data, at, isEnd)
            : this.#readHead(data, at)
          : this.#readBody(data, at)
      at = next < 0 ? ~next : next
      if (next < 0) break
    }
    // A copy: a slice would keep the whole chunk.
    this.#carry = at < data.length ? Buffer.from(data.subarray(at)) : EMPTY
    this.#offset += at
  }

  end(): void {
    if (this.#mayBeWhole && !this.#context.findings.isStopped) this.#read(this.#carry, true)
    const rest = this.#carry
    this.#carry = EMPTY
    if (this.#context.findings.isStopped) return
    if (this.#isHead) {
      this.#head.keep(rest)
      this.#endHead()
    } else this.#endBody(rest)
    if (this.#context.findings.isStopped) return
    this.#leaf?.end()
    for (const each of this.#delimiters.open)
      if (each !== this.#guess) this.#context.findings.note('unclosed-multipart', each.offset)
    if (this.#depth === 0) this.#lineEnds.tell(this.#context.findings)
  }

  /** Passes over the rest of a delimiter line. */
  #skipLine(data: Buffer, from: number): number {
    const newline = data.indexOf(LF, from)
    if (newline < 0) return data.length
    this.#isInCutLine = false
    this.#headOffset = this.#offset + newline + 1
    return newline + 1
  }

  /** Reads a part that is there whole, if it is one of those; returns as `#readHead` does. */
  #readWhole(data: Buffer, from: number, isEnd: boolean): number {
    const place = { path: this.#path, depth: this.#depth }
    const found = this.#wholeParts?.read(data, from, this.#delimiters, place)
    if (found === 'unfinished' && !isEnd) return ~from
    this.#mayBeWhole = false
    return found === undefined || found === 'unfinished' ? from : this.#takeWhole(found)
  }

  #takeWhole({ leaf, from, to, line, delimiter, lineEnd }: WholePart): number {
    const { findings, skeleton } = this.#context
    const offset = this.#told(this.#headOffset)
    findings.countPart(offset)
    if (findings.isStopped) return delimiter.next
    findings.add(leaf)
    this.#isHead = false
    this.#lineEnds.add({ lineEnds: { crlf: lineEnd, lf: -1 }, offset })
    const owner = this.#isPlainHead ? this.#delimiters.innermost : undefined
    const at = this.#offset
    const token = skeleton?.cutPart(leaf, owner, this.#headLine, { from: at + from, to: at + to, next: at + line })
    if (token !== undefined) leaf.skeletonDigest = hash('sha256', token, 'hex')
    this.#cross(delimiter, line)
    return delimiter.next
  }

  /** Reads header lines; returns where to go on, or ~position when more bytes are needed from there. */
  #readHead(data: Buffer, from: number): number {
    let line = this.#head.lineFrom(data, from)
    for (let newline = data.indexOf(LF, line); newline >= 0; newline = data.indexOf(LF, line)) {
      const next = newline + 1
      if (isBlank(data, line, newline)) {
        this.#head.keep(data.subarray(from, next))
        this.#endHead()
        return next
      }
      const delimiter = this.#delimiters.at(data, line, newline)
      if (delimiter !== undefined) {
        this.#head.keep(data.subarray(from, line))
        this.#endHead()
        if (!this.#context.findings.isStopped) this.#cross(delimiter, line)
        return delimiter.next
      }
      line = next
    }
    this.#head.keep(data.subarray(from, line))
    if (this.#head.bytes + data.length - line > this.#context.limits.headerBytes) this.#stopAtHeader()
    return ~line
  }

  #stopAtHeader(): void {
    this.#context.findings.stop('header-bytes', this.#told(this.#headOffset))
  }

  #endHead(): void {
    const { findings, limits } = this.#context
    const offset = this.#told(this.#headOffset)
    if (this.#head.bytes > limits.headerBytes) this.#stopAtHeader()
    else findings.countPart(offset)
    if (findings.isStopped) return
    const block = this.#head.take()
    const header = parseHeader(block, offset)
    this.#isHead = false
    this.#isLineStart = true
    if (this.#depth === 0 && this.#delimiters.depth === 0) {
      this.#readRoot(header)
      this.#context.skeleton?.cutHeader(header, block)
    }
    this.#lineEnds.add(header)
    const part = readPart(header, this.#isDigestChild, '', findings.budget)
    if (findings.budget.isSpent) findings.reach('readings', offset)
    if (isMultipart(part)) this.#openMultipart(part, offset)
    else this.#openLeaf(part, offset, [])
  }

  #readRoot(header: Header): void {
    this.#context.findings.root = header.fields
    this.#context.findings.subject = decodeText(firstOf(header, 'subject'))
    this.#context.findings.messageId = firstOf(header, 'message-id').slice(0, LONGEST_ID)
  }

  /** Until its first part comes, a multipart's bytes are kept as if it were one part: without any part, that is what it is. */
  #openMultipart(part: Part, offset: number): void {
    const { findings, limits } = this.#context
    const level = this.#delimiters.depth + 1
    findings.deepest = Math.max(findings.deepest, level)
    const boundaries = this.#boundariesOf(part)
    const isUsable = boundaries.length > 0 && level <= limits.mimeDepth
    // Paths name one part only: the first part of the outermost multipart will have the path that this one has now.
    if (isUsable && level === 1) this.#path = `${this.#prefix}0`
    if (level > limits.mimeDepth) findings.reach('mime-depth', offset)
    this.#openLeaf(part, offset, [anomaly('boundary-missing', offset)])
    if (!isUsable) return
    const outer = this.#delimiters.open.flatMap((each) => each.boundaries[0] ?? [])
    this.#delimiters.push({
      prefix: level === 1 ? this.#prefix : `${this.#path}.`,
      boundaries,
      isDigest: part.type === 'multipart/digest',
      offset,
      level,
      children: 0,
    })
    for (const each of part.anomalies) findings.tell(each)
    const oddity = oddityWithin(part.boundary, outer)
    if (oddity !== undefined) findings.note(oddity, offset)
  }

  #boundariesOf(part: Part): readonly string[] {
    for (const each of part.otherBoundaries) this.#delimiters.addOther(each)
    return part.boundary === '' ? [] : [part.boundary]
  }

  #openLeaf(part: Part, offset: number, anomalies: Leaf['anomalies']): void {
    const isBody = !isAttachment(part) && !this.#bodies.has(part.type)
    if (isBody) this.#bodies.add(part.type)
    if (part.anomalies.some(({ name }) => name === 'partial-message'))
      this.#context.findings.reach('partial-message', offset)
    const leaf: Leaf = {
      path: this.#path,
      depth: this.#depth,
      part,
      role: isBody ? 'body' : 'sample',
      anomalies: [...part.anomalies, ...anomalies],
      content: undefined,
      skeletonDigest: '',
      isMessage: isMultipart(part) ? false : undefined,
      mayHide: isMultipart(part) && this.#delimiters.depth < this.#context.limits.mimeDepth,
    }
    this.#leaf = openLeaf(this.#context, leaf, offset)
  }

  /** Reads content up to the next delimiter line; returns as `#readHead` does. */
  #readBody(data: Buffer, from: number): number {
    const delimiters = this.#delimiters
    if (delimiters.depth === 0) return this.#emit(data, from, data.length)
    let line = this.#isLineStart ? from : nextDashes(data, from)
    for (; line >= 0; line = nextDashes(data, line)) {
      if (delimiters.mayContinue(data, line) || this.#mayGuess(data, line))
        return ~this.#emit(data, from, lineBreakBefore(data, from, line))
      const delimiter = delimiters.at(data, line, data.indexOf(LF, line))
      if (delimiter === undefined) continue
      this.#emit(data, from, lineBreakBefore(data, from, line))
      this.#cross(delimiter, line)
      return delimiter.next
    }
    return ~this.#emit(data, from, heldTail(data, from))
  }

  #mayGuess(data: Buffer, line: number): boolean {
    return this.#guess !== undefined && guessBoundary(this.#delimiters, this.#guess, data, line)
  }

  #emit(data: Buffer, from: number, to: number): number {
    if (to > from) {
      this.#isLineStart = false
      this.#leaf?.write(data.subarray(from, to), this.#offset + from)
    }
    return to
  }

  /** Goes over a delimiter line: the part ends, and every multipart within its owner. */
  #cross(delimiter: Delimiter, line: number): void {
    const { owner, isClosing } = delimiter
    if (owner.children === 0) this.#leaf?.discard()
    else this.#leaf?.end()
    this.#leaf = undefined
    while (this.#delimiters.depth > owner.level) {
      this.#context.findings.note('unclosed-multipart', this.#delimiters.innermost?.offset ?? -1)
      this.#closeInnermost()
    }
    this.#isLineStart = true
    this.#isInCutLine = delimiter.isCut
    if (isClosing) {
      this.#closeInnermost()
      this.#leaf = openOutside(this.#context, this.#depth === 0)
      return
    }
    owner.children++
    this.#path = `${owner.prefix}${owner.children}`
    this.#isDigestChild = owner.isDigest
    this.#isHead = true
    this.#headOffset = this.#offset + delimiter.next
    this.#headLine = this.#offset + line
    this.#isPlainHead = delimiter.isPlain
    this.#mayBeWhole = this.#wholeParts !== undefined && !owner.isDigest && !delimiter.isCut
  }

  #closeInnermost(): void {
    // Another boundary may still come.
    if (this.#delimiters.innermost !== this.#guess || this.#guess === undefined) this.#delimiters.pop()
  }

  /** The last bytes: only a closing delimiter may lack its line end. */
  #endBody(rest: Buffer): void {
    let line = this.#isLineStart && rest[0] === DASH ? 0 : nextDashes(rest, 0)
    for (; line >= 0; line = nextDashes(rest, line)) {
      const newline = rest.indexOf(LF, line)
      const text = rest.toString('latin1', line + 2, newline < 0 ? rest.length : newline)
      const delimiter = this.#delimiters.of(text, rest.length, false)
      if (delimiter?.isClosing !== true) continue
      this.#emit(rest, 0, lineBreakBefore(rest, 0, line))
      this.#cross(delimiter, line)
      return
    }
    this.#emit(rest, 0, rest.length)
  }

  #told(offset: number): number {
    return this.#depth === 0 ? offset : -1
  }
}
