/**
 * Whose turn it is at the inspector, from the client's side. Everybody at once would cost a connection, buffers and a second copy of
 * the message each, on both sides, while two or three processes do the work: who waits here has but an entry in a line.
 */
import { Fault } from '../core/index.ts'

/** Messages sent at a time by what is wanted of them: enough to keep all processes busy, and a line of each kind, as openings take longer. */
const AT_ONCE = { read: 64, open: 32 } as const
type Kind = keyof typeof AT_ONCE

/** Someone who wants a whole message to be worked on. */
export interface Turn {
  /** It is its turn, until it leaves. */
  begin(): void
  /** The line ends. */
  lost(fault: Fault): void
}

interface Lane {
  readonly inside: Set<Turn>
  readonly line: Set<Turn>
}

export class Turns {
  readonly #most: number
  readonly #onFull: () => void
  readonly #lanes: Readonly<Record<Kind, Lane>> = { read: newLane(), open: newLane() }

  /** `most` are in work or wait in all; `onFull` is told of each that finds no place. */
  constructor(most = Infinity, onFull: () => void = () => {}) {
    this.#most = most
    this.#onFull = onFull
  }

  /** How many wait. */
  get waiting(): number {
    return this.#lanes.read.line.size + this.#lanes.open.line.size
  }

  /** Lets it begin now, or later in the order of coming; it is lost at once where too many wait. */
  enter(kind: Kind, turn: Turn): void {
    const { inside, line } = this.#lanes[kind]
    if (inside.size < AT_ONCE[kind]) {
      inside.add(turn)
      turn.begin()
    } else if (this.#all >= this.#most) {
      this.#onFull()
      turn.lost(new Fault('overloaded', 'more messages wait for a parser process than may'))
    } else {
      line.add(turn)
    }
  }

  /** It is done, or waits no more; safe at any time, also twice. */
  leave(kind: Kind, turn: Turn): void {
    const { inside, line } = this.#lanes[kind]
    if (line.delete(turn) || !inside.delete(turn)) return
    const [next] = line
    if (next === undefined) return
    line.delete(next)
    inside.add(next)
    next.begin()
  }

  /** Nobody's turn comes any more. */
  end(fault: Fault): void {
    for (const { line } of Object.values(this.#lanes)) {
      const waiting = [...line]
      line.clear()
      for (const turn of waiting) turn.lost(fault)
    }
  }

  get #all(): number {
    const { read, open } = this.#lanes
    return this.waiting + read.inside.size + open.inside.size
  }
}

function newLane(): Lane {
  return { inside: new Set(), line: new Set() }
}
