/**
 * How many final replies a stream of bytes must get from a filter that wants every event: libmilter's engine.c, written down
 * apart from the product's own table on purpose.
 */

/** What one step of a stream asks for. */
export interface Step {
  readonly bytes: Buffer
  /** Final replies that it must get. */
  readonly replies: number
  /** Whether it is the answer to the negotiation. */
  readonly isOffer: boolean
  /** The filter must close the connection. */
  readonly closes: boolean
}

/** State → events that may follow: options, connect, helo, mail … are named by their command letters. */
const AFTER: Readonly<Record<string, string>> = {
  O: 'C',
  C: 'HM',
  H: 'HM',
  M: 'R',
  R: 'RTLNBE',
  T: 'LNBE',
  L: 'LN',
  N: 'BE',
  B: 'BE',
  E: 'M',
}
const CONTENT = 'LNB'
const FIRST_FRAME = 1024
/** 65535 bytes of a body, the command byte, and the room that we leave to senders that count otherwise. */
const LATER_FRAMES = 65535 + 1 + 1024

/** The steps of a stream up to where the filter closes, or to its end. */
export function stepsOf(wire: Buffer): readonly Step[] {
  const model = new Model()
  const steps: Step[] = []
  let at = 0
  while (at < wire.length && !steps.at(-1)?.closes) {
    const length = wire.length - at < 4 ? 0 : wire.readUInt32BE(at)
    const isCut = wire.length - at < 4 || (length <= model.limit && length > 0 && at + 4 + length > wire.length)
    const isWrong = !isCut && (length < 1 || length > model.limit)
    const end = isCut || isWrong ? wire.length : at + 4 + length
    const bytes = wire.subarray(at, end)
    // A cut frame costs nothing until the client has ended.
    steps.push(isCut || isWrong ? step(bytes, { closes: isWrong }) : model.take(bytes))
    at = end
  }
  return steps
}

class Model {
  limit = FIRST_FRAME
  /** Empty before the negotiation. */
  #state = ''

  take(bytes: Buffer): Step {
    const letter = String.fromCharCode(bytes[4] ?? 0)
    if (letter === 'D') return step(bytes)
    if (letter === 'Q') return step(bytes, { closes: true })
    if (letter === 'A') return this.#abort(bytes)
    if (letter === 'O') return this.#offer(bytes)
    if (this.#state === '') return step(bytes, { closes: true })
    if (letter === 'K') return this.#again(bytes)
    if (letter === 'U') return this.#unknown(bytes)
    if (letter === 'E' && bytes.length > 5) this.#enter('B')
    if ('CHMRTLNBE'.includes(letter)) return step(bytes, { replies: this.#enter(letter) })
    return step(bytes, { closes: true })
  }

  #enter(letter: string): number {
    if (!AFTER[this.#state]?.includes(letter)) this.#state = 'H'
    if (!AFTER[this.#state]?.includes(letter)) return 0
    this.#state = letter
    return 1
  }

  #abort(bytes: Buffer): Step {
    if ('MRTLNBE'.includes(this.#state) && this.#state !== '') this.#state = 'H'
    return step(bytes)
  }

  #offer(bytes: Buffer): Step {
    const isFirst = this.#state === ''
    if (!isFirst || bytes.length < 17 || bytes.readUInt32BE(5) < 2 || !areMacroLists(bytes.subarray(17)))
      return step(bytes, { closes: true })
    this.#state = 'O'
    this.limit = LATER_FRAMES
    return step(bytes, { isOffer: true })
  }

  #again(bytes: Buffer): Step {
    this.#state = 'O'
    return step(bytes)
  }

  #unknown(bytes: Buffer): Step {
    if (CONTENT.includes(this.#state)) this.#state = 'H'
    return step(bytes, { replies: 1 })
  }
}

/** A stage number and a terminated string, again and again. */
function areMacroLists(bytes: Buffer): boolean {
  let at = 0
  while (at < bytes.length) {
    const end = bytes.length - at < 5 ? -1 : bytes.indexOf(0, at + 4)
    if (end < 0) return false
    at = end + 1
  }
  return true
}

function step(bytes: Buffer, what: Partial<Omit<Step, 'bytes'>> = {}): Step {
  return { bytes, replies: 0, isOffer: false, closes: false, ...what }
}
