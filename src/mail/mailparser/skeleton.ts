/**
 * The message as mailparser is given it, whose time goes into lines, parts and fields: without what cannot make a difference to it.
 *
 * - Of a run of base64 lines one line is left. No reader can find structure in such a run (`-`, `:` and blanks are no letters).
 * - Of lines of text that stand as they are, and do not begin with two dashes, one line is left. No reader delimits parts by others.
 * - Of sibling parts with headers in a form that nobody reads differently, all content such base64, the first is left.
 * - Fields that say nothing about parts are left out.
 *
 * That it makes no difference is checked for each message: a part that mailparser saw must be to the byte what the strict reading
 * decodes from the skeleton, at the same place where others stood behind it; then its content is what the strict reading decodes from
 * the message itself. Where any part is not, mailparser reads the message itself.
 *
 * The lines that stand for others are random, so that no sender can write one, and no two are alike.
 */
import { randomUUID } from 'node:crypto'
import type { Header } from '../header/header.ts'
import type { Leaf } from '../strict/strict-context.ts'
import { irrelevantFields } from './irrelevant.ts'

/** A shorter run is not worth a second digest. */
const LEAST_BYTES = 2048
/** What the longest line of RFC 2045 (76 letters) decodes to. */
const TOKEN_BYTES = 57
/** So much is handed on at once. */
const PORTION = 16_384
/** A line up to this length is handed on as a whole: it may begin a run. */
const LONGEST_LINE = 1000
const LF = 0x0a
const EMPTY = Buffer.alloc(0)

/** Bytes that are left out, as absolute offsets, and what is in their place. */
interface Cut {
  readonly from: number
  readonly to: number
  readonly line: Buffer
}

/** Siblings of which the first alone is in the skeleton. */
export interface LeftOut {
  readonly first: Leaf
  readonly others: Leaf[]
  /** What so-manieth part of its multipart the first is. */
  readonly number: number
  /** Parts of the same multipart that were left out before. */
  readonly before: number
}

/** Where a part ends: its content, and the line behind it. */
export interface PartEnd {
  readonly from: number
  readonly to: number
  readonly next: number
}

export class Skeleton {
  readonly leftOut: LeftOut[] = []
  /** By what the paths of the parts begin with. */
  readonly #byPrefix = new Map<string, LeftOut[]>()
  /** Where the part behind the last of them would begin, and what multipart it would be in. */
  #nextLine = -1
  #owner: object | undefined
  #nonce: string | undefined
  #serial = 0
  #isUsed = false
  /** What was written and not handed on, and where it begins. */
  #chunks: Buffer[] = []
  #at = 0
  #cuts: Cut[] = []
  /** Where the last cut ends, and the line end of its run; empty if it was no run. */
  #cutTo = 0
  #lineEnd = ''
  #ready: Buffer[] = []
  #readyBytes = 0

  /** Whether the skeleton differs from the message. */
  get isUsed(): boolean {
    return this.#isUsed
  }

  /** The next bytes of the message. */
  add(chunk: Buffer): void {
    if (chunk.length > 0) this.#chunks.push(chunk)
  }

  /**
   * Leaves out a run of base64 lines; returns what its line decodes to (nothing where it goes on with the run before), undefined where
   * it is too short and stays.
   */
  cutLines(from: number, to: number, lineEnd: string): Buffer | undefined {
    if (from === this.#cutTo && lineEnd === this.#lineEnd && this.drop(from, to)) {
      this.#lineEnd = lineEnd
      return EMPTY
    }
    return to - from < LEAST_BYTES || lineEnd === '' ? undefined : this.cutContent(from, to, lineEnd)
  }

  /** Leaves out base64 of any length; returns what the line in its place decodes to. */
  cutContent(from: number, to: number, lineEnd: string): Buffer | undefined {
    const token = this.#nextToken()
    if (!this.#cut(from, to, Buffer.from(token.toString('base64') + lineEnd))) return undefined
    this.#lineEnd = lineEnd
    return token
  }

  /**
   * Leaves out whole lines of text; returns the line in their place. It is another one for whom undoes base64, quoted-printable or blanks
   * at the end of a line.
   */
  cutText(from: number, to: number): Buffer | undefined {
    const line = Buffer.from(`${this.#nextToken().toString('base64')}=41 \r\n`)
    return this.#cut(from, to, line) ? line : undefined
  }

  /**
   * Leaves out the content of a part that begins with the delimiter line at `line`, or the whole part where it stands behind such a one;
   * `owner` is the multipart if the line is nothing but its delimiter. Returns what the content is in the skeleton.
   */
  cutPart(leaf: Leaf, owner: object | undefined, line: number, { from, to, next }: PartEnd): Buffer | undefined {
    const isNext = owner !== undefined && owner === this.#owner && line === this.#nextLine
    this.#nextLine = next
    this.#owner = owner
    if (isNext && this.drop(line, next)) {
      this.leftOut.at(-1)?.others.push(leaf)
      return undefined
    }
    const token = this.cutContent(from, to, '')
    if (token === undefined) this.#owner = undefined
    else this.#begin(leaf)
    return token
  }

  /** The path in the message of the part that has this number in the skeleton, as far as the skeleton is known. */
  pathOf(number: string): string {
    let prefix = ''
    for (const each of number.split('.')) prefix += `${this.#realNumber(prefix, Number(each))}.`
    return prefix.slice(0, -1)
  }

  #begin(first: Leaf): void {
    const dot = first.path.lastIndexOf('.') + 1
    const prefix = first.path.slice(0, dot)
    const siblings = this.#byPrefix.get(prefix) ?? []
    const last = siblings.at(-1)
    const before = last === undefined ? 0 : last.before + last.others.length
    const begun = { first, others: [], number: Number(first.path.slice(dot)), before }
    siblings.push(begun)
    this.#byPrefix.set(prefix, siblings)
    this.leftOut.push(begun)
  }

  #realNumber(prefix: string, number: number): number {
    const siblings = this.#byPrefix.get(prefix) ?? []
    let low = 0
    let high = siblings.length
    while (low < high) {
      const middle = (low + high) >> 1
      const { number: real, before } = siblings[middle] as LeftOut
      if (real - before < number) low = middle + 1
      else high = middle
    }
    const last = siblings[low - 1]
    return last === undefined ? number : number + last.before + last.others.length
  }

  /** Leaves out what says nothing about parts in the header of the message. */
  cutHeader(header: Header, block: Buffer): void {
    for (const { from, to } of irrelevantFields(header, block)) this.drop(header.offset + from, header.offset + to)
  }

  /** Leaves out bytes that make no difference; false where they were handed on. */
  drop(from: number, to: number): boolean {
    return this.#cut(from, to, EMPTY)
  }

  /** What can be handed on when all up to `settled` was looked at: nothing, or enough to be worth it. */
  take(settled: number): Buffer | undefined {
    this.#release(settled)
    return this.#readyBytes < PORTION ? undefined : this.#takeReady()
  }

  /** All that was not handed on. */
  rest(): Buffer {
    this.#release(Number.POSITIVE_INFINITY)
    return this.#takeReady()
  }

  #nextToken(): Buffer {
    this.#nonce ??= randomUUID()
    return Buffer.from(`${++this.#serial} `.padEnd(TOKEN_BYTES - this.#nonce.length) + this.#nonce, 'latin1')
  }

  #cut(from: number, to: number, line: Buffer): boolean {
    if (from < this.#at || from < this.#cutTo) return false
    this.#isUsed = true
    this.#cutTo = to
    this.#lineEnd = ''
    this.#cuts.push({ from, to, line })
    return true
  }

  #release(settled: number): void {
    const cuts = this.#cuts
    this.#cuts = []
    for (const { from, to, line } of cuts) {
      this.#advance(from, true)
      this.#keep(line)
      this.#advance(to, false)
    }
    while (this.#chunks.length > 0 && this.#at < settled) {
      const chunk = this.#chunks[0] as Buffer
      const end = Math.min(chunk.length, settled - this.#at)
      // What begins a line that is not there whole may begin a run.
      const line = this.#at + end < settled ? end : lastLine(chunk, end)
      this.#advance(this.#at + line, true)
      if (line < end) break
    }
  }

  #advance(to: number, isKept: boolean): void {
    while (this.#at < to && this.#chunks.length > 0) {
      const chunk = this.#chunks[0] as Buffer
      const length = Math.min(chunk.length, to - this.#at)
      if (isKept) this.#keep(chunk.subarray(0, length))
      if (length === chunk.length) this.#chunks.shift()
      else this.#chunks[0] = chunk.subarray(length)
      this.#at += length
    }
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return
    this.#ready.push(bytes)
    this.#readyBytes += bytes.length
  }

  #takeReady(): Buffer {
    const ready = this.#ready
    this.#ready = []
    this.#readyBytes = 0
    return ready.length === 1 ? (ready[0] as Buffer) : Buffer.concat(ready)
  }
}

function lastLine(chunk: Buffer, end: number): number {
  const line = chunk.lastIndexOf(LF, end - 1) + 1
  return end - line > LONGEST_LINE ? end : line
}
