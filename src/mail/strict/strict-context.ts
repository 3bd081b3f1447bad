/** What the strict readings of a message and of the messages within it share: the limits, and what was found. */
import {
  type Anomaly,
  type AnomalyName,
  anomaly,
  type Content,
  type ContentMeter,
  type Limit,
  NO_CONTENT,
} from '../../core/index.ts'
import { Budget } from '../budget.ts'
import type { Field } from '../header/header.ts'
import type { Part } from '../header/part.ts'
import type { MailLimits } from '../limits.ts'
import type { Skeleton } from '../mailparser/skeleton.ts'

/** Takes the decoded bytes of a part as they stream by. */
export type Tap = (bytes: Buffer) => void

/** Reads a message within the message. */
export interface InnerMessage {
  write(chunk: Buffer): void
  end(): void
}

/** A part that is no multipart. */
export interface Leaf {
  readonly path: string
  readonly depth: number
  readonly part: Part
  /** `body`: a text that is shown as the message itself, or as a message within. */
  readonly role: 'sample' | 'body'
  readonly anomalies: Anomaly[]
  /** Undefined while the part is being read, and where a limit ended the reading in its middle. */
  content: Content | undefined
  /** SHA-256 of its content in the skeleton of the message; empty where that does not differ. */
  skeletonDigest: string
  /** Whether it is read as a message; undefined until that is known. */
  isMessage: boolean | undefined
  /** What reads like a part stands before the first part of a multipart. */
  hasOutside?: boolean
  /** A multipart without a part: its boundary may be another than we read. */
  readonly mayHide: boolean
}

export interface StrictContext {
  readonly limits: MailLimits
  readonly newMeter: () => ContentMeter
  readonly newMessage: (prefix: string, depth: number) => InnerMessage
  /** Reads the bytes of a multipart whose boundary is not known. */
  readonly newGuess: (prefix: string, depth: number) => InnerMessage
  readonly tap: (path: string) => Tap | undefined
  /** Someone takes the bytes of parts. */
  readonly isTapped: boolean
  readonly findings: StrictFindings
  /** What mailparser will be given; absent for messages within and where it is given the message itself. */
  readonly skeleton?: Skeleton
}

/** Of what a message may cost, a part that must be read takes so much away from guesses. */
const STEPS_PER_PART = 50
/** Anomalies of one name that are told of a message. */
const MOST_ALIKE = 8

/** The findings, in the order in which they were met. */
export class StrictFindings {
  readonly leaves: Leaf[] = []
  readonly byPath = new Map<string, Leaf>()
  readonly anomalies: Anomaly[] = []
  /** Independent of how long the message is, which is not known yet. */
  readonly budget = new Budget()
  readonly #limits: MailLimits
  readonly #alike = new Map<string, number>()
  /** The fields of the message's own header; undefined until it was read. */
  root: readonly Field[] | undefined
  subject = ''
  messageId = ''
  /** Multiparts within multiparts, at most. */
  deepest = 0
  #limit: Limit | '' = ''
  #isStopped = false
  #isDoubtful = false
  #parts = 0

  constructor(limits: MailLimits) {
    this.#limits = limits
  }

  add(leaf: Leaf): void {
    this.leaves.push(leaf)
    this.byPath.set(leaf.path, leaf)
  }

  /** Forgets a leaf and what was found since then, which is all within it. */
  remove(leaf: Leaf): void {
    for (const each of this.leaves.splice(this.leaves.lastIndexOf(leaf))) this.byPath.delete(each.path)
  }

  /** The content of the leaf at a path if it has that digest, or no more than the digest where it has it in the skeleton. */
  knownAt(path: string, sha256: string): Content | undefined {
    const leaf = this.byPath.get(path)
    if (leaf?.skeletonDigest === sha256) return { ...NO_CONTENT, sha256 }
    return leaf?.content?.sha256 === sha256 ? leaf.content : undefined
  }

  note(name: AnomalyName, offset: number): void {
    this.tell(anomaly(name, offset))
  }

  /** One message may repeat an oddity in each of its parts: a few say as much as ten thousand. */
  tell(found: Anomaly): void {
    const alike = this.#alike.get(found.name) ?? 0
    this.#alike.set(found.name, alike + 1)
    if (alike < MOST_ALIKE) this.anomalies.push(found)
  }

  /** A limit was reached; what it left out makes the message unscannable, the reading goes on. */
  reach(limit: Limit, offset: number): void {
    if (this.#limit !== '') return
    this.#limit = limit
    this.anomalies.push(anomaly(`limit-${limit}`, offset))
  }

  /** A limit was reached beyond which nothing is read. */
  stop(limit: Limit, offset: number): void {
    this.reach(limit, offset)
    this.#isStopped = true
  }

  countPart(offset: number): void {
    this.budget.countSteps(STEPS_PER_PART)
    if (++this.#parts > this.#limits.parts) this.stop('parts', offset)
  }

  /** Something may be read otherwise than this reading does. */
  doubt(): void {
    this.#isDoubtful = true
  }

  get isDoubtful(): boolean {
    return this.#isDoubtful
  }

  get limit(): Limit | '' {
    return this.#limit
  }

  get isStopped(): boolean {
    return this.#isStopped
  }
}
