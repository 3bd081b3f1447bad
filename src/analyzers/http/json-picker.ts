/**
 * Reads a JSON text of any length in pieces and keeps only what was asked for, so that a report of 200 MB costs time but no memory. The
 * structure of the whole text is checked (a text that is cut off, or goes on after its end, is refused), what is kept is parsed by
 * `JSON.parse`. A key that is picked and comes twice is refused: nobody knows which of the two counts.
 */
import { Fault } from '../../core/index.ts'

/**
 * What to keep: a whole value, of an object these keys, of an array of each element that, or of the first so many elements. A value of
 * another kind is left out.
 */
export type Pick =
  | 'value'
  | { readonly keys: { readonly [key: string]: Pick } }
  | { readonly each: Pick; readonly most?: number }

export interface PickLimits {
  /** Bytes of everything that is kept. */
  readonly keptBytes: number
  /** Elements of arrays that are kept, all together. */
  readonly elements: number
  readonly depth: number
}

export const PICK_LIMITS: PickLimits = { keptBytes: 4 * 1024 * 1024, elements: 50_000, depth: 10_000 }

const LONGEST_KEY = 256
const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a]
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY] = [0x7b, 0x7d, 0x5b, 0x5d]
const WHITESPACE = new Set([0x20, 0x0a, 0x0d, 0x09])
const NUMBERS_AND_WORDS = new Set(Buffer.from('-+.0123456789eEtrufalsnINiyN'))

/** A container that was begun; `out` where it is kept. */
interface Frame {
  readonly isObject: boolean
  readonly pick: Pick | undefined
  readonly out: Record<string, unknown> | unknown[] | undefined
  key: string
}

/** What may come next. */
type Expect = 'value' | 'value or end' | 'key' | 'key or end' | 'colon' | 'comma or end' | 'nothing'

export class JsonPicker {
  readonly #limits: PickLimits
  readonly #root: Pick
  readonly #stack: Frame[] = []
  #expect: Expect = 'value'
  /** The token that the last piece ended within. */
  #token: 'none' | 'string' | 'bare' = 'none'
  #isEscaped = false
  /** What is kept of the token or value at hand; undefined: nothing. */
  #kept: Uint8Array[] | undefined
  /** Depth at which the whole value that is kept began; -1: none is. */
  #wholeAt = -1
  #keptBytes = 0
  #elements = 0
  #result: unknown

  constructor(root: Pick, limits: PickLimits = PICK_LIMITS) {
    this.#root = root
    this.#limits = limits
  }

  /** Takes the next piece; throws a `Fault` for what is no JSON or beyond a limit. */
  write(piece: Uint8Array): void {
    const scan = new Scan(piece)
    let i = 0
    while (i < piece.length) {
      if (this.#token === 'string') i = this.#inString(scan, i)
      else if (this.#token === 'bare') i = this.#inBare(piece, i)
      else i = this.#between(piece, i)
    }
  }

  /** What was picked, once the text has come to its end. */
  end(): unknown {
    if (this.#token === 'bare') this.#endBare()
    if (this.#expect !== 'nothing') throw broken('it is cut off')
    return this.#result
  }

  #between(piece: Uint8Array, at: number): number {
    const byte = piece[at] ?? 0
    if (WHITESPACE.has(byte)) {
      this.#keep(piece, at, at + 1)
      return at + 1
    }
    if (byte === QUOTE) this.#beginString()
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) this.#open(byte === OPEN_OBJECT)
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) return this.#close(piece, at, byte === CLOSE_OBJECT)
    else if (byte === COLON && this.#expect === 'colon') this.#expect = 'value'
    else if (byte === COMMA && this.#expect === 'comma or end') this.#expect = this.#top().isObject ? 'key' : 'value'
    else if (NUMBERS_AND_WORDS.has(byte) && this.#mayBegin()) {
      this.#beginValue()
      this.#token = 'bare'
      return at
    } else throw broken('something stands where it may not')
    this.#keep(piece, at, at + 1)
    return at + 1
  }

  #mayBegin(): boolean {
    return this.#expect === 'value' || this.#expect === 'value or end'
  }

  #beginString(): void {
    if (this.#expect === 'key' || this.#expect === 'key or end') {
      if (this.#wholeAt < 0 && this.#pickedKeys()) this.#kept = []
    } else if (this.#mayBegin()) this.#beginValue()
    else throw broken('a string stands where it may not')
    this.#token = 'string'
    this.#isEscaped = false
  }

  #inString(scan: Scan, from: number): number {
    let i = from
    if (this.#isEscaped) {
      this.#isEscaped = false
      i += 1
    }
    for (;;) {
      const quote = scan.quote(i)
      const backslash = scan.backslash(i)
      if (backslash < quote) {
        if (backslash + 1 >= scan.piece.length) {
          this.#isEscaped = true
          break
        }
        i = backslash + 2
        continue
      }
      if (quote >= scan.piece.length) break
      this.#keep(scan.piece, from, quote + 1)
      this.#endString()
      return quote + 1
    }
    this.#keep(scan.piece, from, scan.piece.length)
    return scan.piece.length
  }

  #endString(): void {
    this.#token = 'none'
    if (this.#expect === 'key' || this.#expect === 'key or end') {
      this.#expect = 'colon'
      if (this.#wholeAt < 0) this.#top().key = this.#kept ? this.#keyOf(this.#kept) : ''
      if (this.#wholeAt < 0) this.#kept = undefined
    } else this.#endValue()
  }

  #keyOf(kept: readonly Uint8Array[]): string {
    const bytes = Buffer.concat(kept)
    this.#keptBytes -= bytes.length
    // A key that long is none that anybody asks for.
    return bytes.length > LONGEST_KEY ? '' : String(parse(bytes))
  }

  #inBare(piece: Uint8Array, from: number): number {
    let i = from
    while (i < piece.length && NUMBERS_AND_WORDS.has(piece[i] ?? 0)) i += 1
    this.#keep(piece, from, i)
    if (i < piece.length) this.#endBare()
    return i
  }

  #endBare(): void {
    this.#token = 'none'
    this.#endValue()
  }

  #open(isObject: boolean): void {
    if (!this.#mayBegin()) throw broken('a list or object stands where it may not')
    if (this.#stack.length >= this.#limits.depth) throw broken(`it is nested deeper than ${this.#limits.depth}`)
    const pick = this.#wholeAt < 0 ? this.#pickHere() : undefined
    const isPicked = typeof pick === 'object' && isObject === 'keys' in pick
    const out = isPicked ? (isObject ? {} : []) : undefined
    this.#beginValue()
    this.#stack.push({ isObject, pick: isPicked ? pick : undefined, out, key: '' })
    this.#expect = isObject ? 'key or end' : 'value or end'
  }

  #close(piece: Uint8Array, at: number, isObject: boolean): number {
    const frame = this.#top()
    const mayEnd = isObject ? 'key or end' : 'value or end'
    const isWell = frame.isObject === isObject && (this.#expect === mayEnd || this.#expect === 'comma or end')
    if (!isWell) throw broken('a list or object ends where it may not')
    this.#keep(piece, at, at + 1)
    this.#stack.pop()
    if (frame.out) this.#put(frame.out)
    this.#endValue()
    return at + 1
  }

  /** A value begins here: it may be one that is kept whole. */
  #beginValue(): void {
    if (this.#wholeAt >= 0 || this.#pickHere() !== 'value') return
    this.#wholeAt = this.#stack.length
    this.#kept = []
  }

  #endValue(): void {
    if (this.#wholeAt === this.#stack.length && this.#kept) {
      const bytes = Buffer.concat(this.#kept)
      this.#kept = undefined
      this.#wholeAt = -1
      this.#put(parse(bytes))
    }
    this.#expect = this.#stack.length === 0 ? 'nothing' : 'comma or end'
  }

  /** What is wanted of the value that begins here. */
  #pickHere(): Pick | undefined {
    const frame = this.#stack.at(-1)
    if (!frame) return this.#root
    if (typeof frame.pick !== 'object') return undefined
    if ('each' in frame.pick) return hasRoom(frame, frame.pick.most) ? frame.pick.each : undefined
    return Object.hasOwn(frame.pick.keys, frame.key) ? frame.pick.keys[frame.key] : undefined
  }

  #pickedKeys(): boolean {
    const { pick } = this.#top()
    return typeof pick === 'object' && 'keys' in pick
  }

  #put(value: unknown): void {
    const frame = this.#stack.at(-1)
    if (!frame) this.#result = value
    else if (Array.isArray(frame.out)) {
      this.#elements += 1
      if (this.#elements > this.#limits.elements) throw broken(`it has more than ${this.#limits.elements} elements`)
      frame.out.push(value)
    } else if (frame.out) {
      if (Object.hasOwn(frame.out, frame.key)) throw broken(`it says ${frame.key} twice`)
      frame.out[frame.key] = value
    }
  }

  #keep(piece: Uint8Array, from: number, to: number): void {
    if (!this.#kept) return
    this.#keptBytes += to - from
    if (this.#keptBytes > this.#limits.keptBytes) throw broken(`it says more than ${this.#limits.keptBytes} bytes`)
    // A copy: the piece itself is the connection's.
    this.#kept.push(Uint8Array.prototype.slice.call(piece, from, to))
  }

  #top(): Frame {
    const frame = this.#stack.at(-1)
    if (!frame) throw broken('something stands where it may not')
    return frame
  }
}

function hasRoom({ out }: Frame, most = Number.POSITIVE_INFINITY): boolean {
  return Array.isArray(out) && out.length < most
}

/** Finds quotes and backslashes of one piece, looking at each byte once however often it is asked. */
class Scan {
  readonly piece: Uint8Array
  #quote = -1
  #backslash = -1

  constructor(piece: Uint8Array) {
    this.piece = piece
  }

  quote(from: number): number {
    if (this.#quote < from) this.#quote = this.#find(QUOTE, from)
    return this.#quote
  }

  backslash(from: number): number {
    if (this.#backslash < from) this.#backslash = this.#find(BACKSLASH, from)
    return this.#backslash
  }

  #find(byte: number, from: number): number {
    const at = this.piece.indexOf(byte, from)
    return at < 0 ? this.piece.length : at
  }
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw new Fault('analyzer-failed', 'its report is no JSON: a value cannot be read', { cause: error })
  }
}

function broken(why: string): Fault {
  return new Fault('analyzer-failed', `its report is no JSON, or beyond a limit: ${why}`)
}
