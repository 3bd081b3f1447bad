/**
 * Bytes in which parts are looked for: a message, or what was decoded of one. Lines that may be delimiters and lines that are MIME fields are
 * found once, in one pass; everything else looks only at those.
 */
import { beforeLineEnd, lineAt, lineBefore } from './text-line.ts'

/** A line that begins with two dashes. */
export interface Dashes {
  readonly at: number
  readonly next: number
  /** What stands behind the dashes, as it is. */
  readonly token: string
  /** The same in lower case, without dashes around. */
  readonly core: string
}

/** What is shown as text; where nothing declares it to be, a header behind a delimiter may yet be that of a part. */
export interface ShownText {
  readonly from: number
  readonly to: number
  readonly isDeclared: boolean
}

/** Lines beyond this are left out, and the reading is incomplete. */
const MOST_LINES = 100_000
/** A header before its first MIME field is not followed further back. */
const MOST_BEFORE = 400
/** As in the header of a message; a boundary has less. */
const LONGEST_TOKEN = 2000

const DASHES = /(?:^|[\r\n])([ \t]{0,40}--([^\r\n]*))/g
const BOUNDARY = /boundary[*\d]{0,8}[ \t]*=[ \t]*"?([^\s";,]{3,70})/gi
/** Of so many boundaries lines without dashes are looked for. */
const MOST_BARE = 8
/** A field, or almost one, that says what a part is. */
const MIME_FIELD =
  /(?:^|[\r\n])[ \t\0]{0,8}(?:content[-_ \0]?(?:type|transfer|disposition|description|location|id|md5)|mime-version)[^:\r\n]{0,60}:/gi
const FIELD = /^([!-9;-~\x80-\xff\0]{1,100}[ \t\0]*:|content[ _])/i

/** The bytes with their lines; what was read of them is remembered, so that nothing is read twice. */
export class Document {
  readonly bytes: Buffer
  readonly text: string
  /** How its places are named. */
  readonly name: string
  readonly depth: number
  readonly dashes: readonly Dashes[]
  /** Where headers begin that have a MIME field. */
  readonly heads: readonly number[]
  /** Whether its offsets are those of the message. */
  readonly isMessage: boolean
  readonly isComplete: boolean
  /** Headers that were read as those of a part. */
  readonly seen = new Set<number>()
  /** Parts that were read, by where they begin and end. */
  readonly read = new Set<string>()
  /** What is declared as a boundary somewhere in it, as `core`. */
  readonly boundaries = new Set<string>()
  /** What is shown as text beyond doubt: who pastes a header there shows it. */
  readonly texts: ShownText[] = []
  readonly #byCore = new Map<string, number[]>()
  readonly #headSet: ReadonlySet<number>
  readonly #cores: readonly string[]

  constructor(bytes: Buffer, name: string, depth: number) {
    this.bytes = bytes
    this.text = bytes.toString('latin1')
    this.name = name
    this.depth = depth
    this.isMessage = !name.includes('>')
    this.dashes = [...dashesOf(this.text), ...bareDelimiters(this.text)].sort((a, b) => a.at - b.at)
    this.heads = headsOf(this.text)
    this.#headSet = new Set(this.heads)
    this.isComplete = this.dashes.length < MOST_LINES && this.heads.length < MOST_LINES
    for (const [i, { core }] of this.dashes.entries()) {
      const same = this.#byCore.get(core)
      if (same === undefined) this.#byCore.set(core, [i])
      else same.push(i)
    }
    this.#cores = [...this.#byCore.keys()].sort()
  }

  /** Whether the header of a part begins there, blank lines passed over; returns where, else -1. */
  headAfter(at: number): number {
    let line = at
    for (let blanks = 0; blanks < 8; blanks++) {
      if (this.#headSet.has(line)) return line
      const { end, next } = lineAt(this.text, line, this.text.length)
      if (next === line || this.text.slice(line, end).trim() !== '') return -1
      line = next
    }
    return -1
  }

  /** The lines whose core is that of the boundary, in order, between two places. */
  *dashesWith(core: string, from: number, to: number): Generator<Dashes> {
    const same = this.#byCore.get(core)
    if (same === undefined) return
    for (
      let i = lowerBound(same.length, (k) => (this.dashes[same[k] as number] as Dashes).at >= from);
      i < same.length;
      i++
    ) {
      const found = this.dashes[same[i] as number] as Dashes
      if (found.at >= to) return
      yield found
    }
  }

  /** The cores that begin with the boundary's and go on. */
  *coresLike(core: string): Generator<string> {
    if (core === '') return
    for (
      let i = lowerBound(this.#cores.length, (k) => (this.#cores[k] as string) > core);
      i < this.#cores.length;
      i++
    ) {
      const other = this.#cores[i] as string
      if (!other.startsWith(core)) return
      yield other
    }
  }

  /** Headers between two places are those of a part that is read. */
  see(from: number, to: number): void {
    for (let i = lowerBound(this.heads.length, (k) => (this.heads[k] as number) >= from); i < this.heads.length; i++) {
      const head = this.heads[i] as number
      if (head >= to) return
      this.seen.add(head)
    }
  }

  /** Tells of ascending places whether they lie in what is shown as text. */
  inTexts(): (at: number) => boolean {
    const texts = this.texts.sort((a, b) => a.from - b.from)
    let next = 0
    let end = -1
    let undeclaredEnd = -1
    return (at) => {
      for (; next < texts.length && (texts[next] as ShownText).from <= at; next++) {
        const { isDeclared, to } = texts[next] as ShownText
        if (isDeclared) end = Math.max(end, to)
        else undeclaredEnd = Math.max(undeclaredEnd, to)
      }
      return at < end || (at < undeclaredEnd && this.#openerOf(at) === undefined)
    }
  }

  /** The next line like the one before a header, where that may be a delimiter. */
  sameAsOpener(head: number): Dashes | undefined {
    const opener = this.#openerOf(head)
    return opener === undefined ? undefined : this.dashesWith(opener.core, head, this.text.length).next().value
  }

  #openerOf(head: number): Dashes | undefined {
    const opener = this.dashes[lowerBound(this.dashes.length, (i) => (this.dashes[i] as Dashes).at >= head) - 1]
    return opener === undefined || this.headAfter(opener.next) !== head ? undefined : opener
  }
}

/** A boundary as it is compared where case and dashes around it do not count. */
export function coreOf(token: string): string {
  let from = 0
  let to = token.length
  while (from < to && isPadding(token.charCodeAt(from))) from++
  while (to > from && isPadding(token.charCodeAt(to - 1))) to--
  return token.slice(from, to).toLowerCase()
}

function isPadding(code: number): boolean {
  return code === 0x2d || code === 0x20 || code === 0x09
}

function dashesOf(text: string): Dashes[] {
  const found: Dashes[] = []
  for (const match of text.matchAll(DASHES)) {
    const line = match[1] as string
    const end = match.index + match[0].length
    const token = (match[2] as string).slice(0, LONGEST_TOKEN)
    found.push({ at: end - line.length, next: lineAt(text, end, text.length).next, token, core: coreOf(token) })
    if (found.length >= MOST_LINES) break
  }
  return found
}

/** Lines that have what is declared as a boundary, behind no dashes or one. */
function bareDelimiters(text: string): Dashes[] {
  const declared = new Set<string>()
  for (const match of text.matchAll(BOUNDARY)) if (declared.add(match[1] as string).size >= MOST_BARE) break
  const found: Dashes[] = []
  for (const boundary of declared) {
    for (
      let at = text.indexOf(boundary);
      at >= 0 && found.length < MOST_LINES;
      at = text.indexOf(boundary, at + boundary.length)
    ) {
      const start = lineStart(text, at)
      const before = start < 0 ? '--' : text.slice(start, at)
      if (before.trimStart().startsWith('--')) continue
      const { end, next } = lineAt(text, at, text.length)
      const token = text.slice(at, Math.min(end, at + LONGEST_TOKEN))
      found.push({ at: start, next, token, core: coreOf(token) })
    }
  }
  return found
}

/** Where the line begins in which only blanks or a dash stand before a place; -1 where something else does. */
function lineStart(text: string, at: number): number {
  let start = at
  while (start > 0 && at - start < 8 && /[ \t-]/.test(text.charAt(start - 1))) start--
  return start === 0 || /[\r\n]/.test(text.charAt(start - 1)) ? start : -1
}

function headsOf(text: string): number[] {
  const found: number[] = []
  let end = 0
  for (const match of text.matchAll(MIME_FIELD)) {
    if (match.index < end) continue
    const at = /^[\r\n]/.test(match[0]) ? match.index + 1 : match.index
    found.push(headStart(text, at, end))
    end = headEnd(text, at)
    if (found.length >= MOST_LINES) break
  }
  return found
}

/** Goes back over fields. */
function headStart(text: string, at: number, least: number): number {
  let start = at
  for (let line = at, count = 0; count < MOST_BEFORE && line > least; count++) {
    const before = lineBefore(text, line, least)
    const kind = kindOf(text, before, beforeLineEnd(text, before, line))
    if (before === line || (kind !== 'field' && kind !== 'folded')) break
    line = before
    if (kind === 'field') start = line
  }
  return start
}

/** Goes forward over fields. */
function headEnd(text: string, at: number): number {
  let line = at
  while (line < text.length) {
    const { end, next } = lineAt(text, line, text.length)
    const kind = kindOf(text, line, end)
    if (kind === 'empty' || kind === 'blank' || (kind === 'other' && line > at)) break
    line = next
  }
  return line
}

/** To programs in C also vertical tabs, form feeds and what NUL ends at once are blank; in Latin-1 so is 0xA0. */
const BLANK = /^[\0\t\v\f\r \x85\xa0]+$/

export type LineKind = 'empty' | 'blank' | 'field' | 'folded' | 'other'

/** What a line is in a header. */
export function kindOf(text: string, at: number, end: number): LineKind {
  if (end === at) return 'empty'
  const line = text.slice(at, Math.min(end, at + 200))
  const first = line.charCodeAt(0)
  if (end - at <= 200 && BLANK.test(line)) return 'blank'
  if (first === 0x20 || first === 0x09) return 'folded'
  if (first === 0x2d && line.charCodeAt(1) === 0x2d) return 'other'
  return FIELD.test(line) ? 'field' : 'other'
}

/** The first index for which the condition holds; it holds for all behind it. */
function lowerBound(length: number, holds: (i: number) => boolean): number {
  let from = 0
  let to = length
  while (from < to) {
    const middle = (from + to) >>> 1
    if (holds(middle)) to = middle
    else from = middle + 1
  }
  return from
}
