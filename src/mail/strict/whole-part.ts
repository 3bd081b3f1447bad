/**
 * An attachment that is there whole, with a header that nobody reads differently and nothing but base64 behind it: read at once, since
 * what streams a part costs more than such a part is long. Reads what `leaf.ts` reads, and leaves to it what is anything else.
 */
import { decodeContent } from '../decode/base64-lines.ts'
import { isAttachment } from '../header/part.ts'
import { isTellingLeaf } from '../otherwise/watch.ts'
import { isDeclaredMessage, looksLikeMessage } from '../sniff.ts'
import type { Delimiter, Delimiters } from './delimiter.ts'
import { LF, lineBreakBefore } from './line.ts'
import { PartMemory } from './part-memory.ts'
import { startOddities } from './start-oddity.ts'
import type { Leaf, StrictContext } from './strict-context.ts'

const LONGEST_HEADER = 2000
/** A part that may be whole is waited for up to this length. */
const LONGEST = 65_536
/** A longer line is left to those who know how much of it counts. */
const LONGEST_LINE = 200
/** So many may be tried in vain before it is no longer tried. */
const PATIENCE = 16
/** What the headers of attachments begin with. */
const BEGINNING = /^(?:content-|x-|$)/i
const DASHES = Buffer.from('\n--')
const BLANK_LINE = Buffer.from('\r\n\r\n')

/** Such a part, and the delimiter line behind it. */
export interface WholePart {
  readonly leaf: Leaf
  /** Its base64 in what is there. */
  readonly from: number
  readonly to: number
  /** Where the delimiter line begins. */
  readonly line: number
  readonly delimiter: Delimiter
  /** Where in the header its first line ends. */
  readonly lineEnd: number
}

/** Where a part stands. */
export interface Place {
  readonly path: string
  readonly depth: number
}

export class WholeParts {
  readonly #context: StrictContext
  readonly #memory = new PartMemory()
  #scratch: Buffer | undefined
  #patience = PATIENCE

  constructor(context: StrictContext) {
    this.#context = context
  }

  /** The part whose header begins there; 'unfinished' where it may be one when more has come. */
  read(data: Buffer, from: number, delimiters: Delimiters, place: Place): WholePart | 'unfinished' | undefined {
    if (this.#patience === 0) return undefined
    const found = this.#find(data, from, delimiters, place)
    if (found === undefined) this.#patience--
    else if (found !== 'unfinished' && this.#patience < PATIENCE) this.#patience++
    return found
  }

  #find(data: Buffer, from: number, delimiters: Delimiters, place: Place): WholePart | 'unfinished' | undefined {
    const end = data.indexOf(BLANK_LINE, from)
    const length = end - from
    if (length < 0 || length > LONGEST_HEADER - BLANK_LINE.length) return this.#isBegun(data, from)
    const start = data.toString('latin1', from, end + 2)
    const { part, isCanonical } = this.#memory.read(start)
    if (!isCanonical || !isAttachment(part) || isDeclaredMessage(part.type, part.name)) return undefined
    const body = from + length + 4
    const line = data.indexOf(DASHES, body - 1) + 1
    const newline = line === 0 ? -1 : data.indexOf(LF, line)
    if (newline < 0) return data.length - from < LONGEST ? 'unfinished' : undefined
    if (newline - line > LONGEST_LINE) return undefined
    const delimiter = delimiters.of(data.toString('latin1', line + 2, newline), newline + 1, false)
    if (delimiter === undefined) return undefined
    const to = lineBreakBefore(data, body, line)
    const leaf = this.#leafOf({ ...place, part }, data, body, to)
    return leaf && { leaf, from: body, to, line, delimiter, lineEnd: start.indexOf('\n') }
  }

  /** Whether what is there may be the beginning of such a header. */
  #isBegun(data: Buffer, from: number): 'unfinished' | undefined {
    if (data.length - from >= LONGEST_HEADER) return undefined
    return BEGINNING.test(data.toString('latin1', from, from + LONGEST_HEADER)) ? 'unfinished' : undefined
  }

  #leafOf(known: Pick<Leaf, 'path' | 'depth' | 'part'>, data: Buffer, from: number, to: number): Leaf | undefined {
    this.#scratch ??= Buffer.allocUnsafe((LONGEST / 4) * 3)
    const bytes = decodeContent(data, from, to, this.#scratch)
    if (bytes === undefined || looksLikeMessage(bytes)) return undefined
    if (startOddities(known.part, bytes).length > 0) return undefined
    const meter = this.#context.newMeter()
    meter.write(bytes)
    if (isTellingLeaf(bytes, known.part)) this.#context.findings.doubt()
    return {
      ...known,
      role: 'sample',
      anomalies: [],
      content: meter.end(),
      skeletonDigest: '',
      isMessage: false,
      mayHide: false,
    }
  }
}
