/**
 * What the rest of the house sees of the inspector: bytes go in, facts come out. That parser processes do the work, and that
 * they may die of it, is known in this room only.
 */
import type { Fault, Limit, Reading } from '../core/index.ts'

import type { Opening, SampleTree } from './tree.ts'

/** What a reading tells beside what every reading does. */
export interface WantedReading {
  /** What the header of the message says. */
  readonly header: boolean
}

/** One message being read. Exactly one of `finish` and `abort` ends it. */
export interface Inspection {
  /**
   * Takes the next bytes of the message (copied out of `chunk` before it returns, unless it `isKept` as it is until all is over); false
   * asks to wait for `drained`.
   */
  write(chunk: Uint8Array, isKept?: boolean): boolean
  /** Resolves when more bytes are welcome; rejects as `finish` would. */
  drained(): Promise<void>
  /**
   * All bytes were written: what the message holds. A limit that the message itself broke is not an error but
   * `unscannable` in the reading. Rejects with a `Fault` (`inspector-unavailable`, `inspector-crashed`, `inspector-garbage`, `deadline`).
   */
  finish(): Promise<Reading>
  /** Gives up, `finish` rejecting with the fault; safe at any time, also twice. */
  abort(fault?: Fault): void
}

export interface Inspector {
  start(): Promise<void>
  stop(): Promise<void>
  /** Begins to read a message. Never throws: what goes wrong is told by `finish`. */
  read(signal?: AbortSignal, wanted?: WantedReading): Inspection
  /** Streams the bytes of one sample of a message again, for an analyzer; `path` is the sample's, also that of a member of a container. */
  bytes(message: AsyncIterable<Uint8Array>, path: string, signal: AbortSignal): AsyncIterable<Uint8Array>
  /**
   * Opens one sample (a message is one as well): everything within it, however deep. What broke a limit is told in the tree; rejects
   * with a `Fault` where the process was lost.
   */
  open(sample: AsyncIterable<Uint8Array>, opening: Opening, signal: AbortSignal): Promise<SampleTree>
  /** Proves that a message gets through now; says which protection layers the processes have and which they lack. */
  check(): Promise<InspectorState>
  /** Messages and openings that wait here for their turn. */
  readonly waiting?: number
  /** Version of everything that facts depend on: a new recipe means new facts. */
  readonly recipe: string
}

/** One protection layer of the parser processes. */
export interface Layer {
  readonly name: string
  readonly active: boolean
  /** What it keeps out; where it is not active: why not, and the remedy. */
  readonly detail: string
}

export interface InspectorState {
  readonly layers: readonly Layer[]
  readonly processes: number
  readonly idle: number
}

/** A reading that holds nothing but the limit that ended it. */
export function unscannableReading(limit: Limit): Reading {
  const nothing = { attachments: [], bodies: [], anomalies: [], subject: '', messageId: '' }
  return { ...nothing, unscannable: limit }
}
