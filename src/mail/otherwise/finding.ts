/** What the tolerant reading finds: each distinct content once, with everything that is said of it. */
import { createHash } from 'node:crypto'
import type { Anomaly, Content, ContentMeter, Name } from '../../core/index.ts'
import type { Budget } from '../budget.ts'
import type { Part } from '../header/part.ts'
import { looksLikeText } from './watch.ts'

/** What one reading says of a content. */
export interface Label {
  readonly path: string
  readonly depth: number
  readonly name: string
  readonly names: readonly Name[]
  readonly declaredType: string
  readonly charset: string
  readonly disposition: string
  readonly anomalies: readonly Anomaly[]
  /** Where in the message its header begins, -1 if unknown. */
  readonly offset: number
  /** It would be shown as a file; of other texts only what is no text is reported. */
  readonly isFile: boolean
}

/** A content with all that its readings say of it; the first of them that takes it for a file names it. */
export interface Finding {
  readonly sha256: string
  readonly label: Label
  readonly names: readonly Name[]
  /** Measured where it is a file, and no other reading has it. */
  readonly content: Content | undefined
}

export interface FindingsOptions {
  readonly newMeter: () => ContentMeter
  /** Digests of what other readings have. */
  readonly known?: ReadonlySet<string>
  /** The path of the content whose bytes are wanted. */
  readonly wanted?: string
}

/** More distinct contents are left out, and the reading is incomplete. */
const MOST_FINDINGS = 20_000
const MOST_NAMES = 32
/** What it costs to measure a content. */
const STEPS_PER_CONTENT = 150

/** Collects what is found; takes out the bytes at one path where they are wanted. */
export class Findings {
  readonly #options: FindingsOptions
  readonly #budget: Budget
  readonly #found = new Map<string, Finding>()
  readonly #paths = new Set<string>()
  /** The last number behind each path that was wished more than once. */
  readonly #copies = new Map<string, number>()
  /** The bytes at the wanted path. */
  taken: Buffer | undefined
  isComplete = true

  constructor(options: FindingsOptions, budget: Budget) {
    this.#options = options
    this.#budget = budget
  }

  /** Adds a content; true where no reading had it before. A guess counts only where the content is of a kind that is known. */
  add(bytes: Buffer, label: Label, isGuess: boolean): boolean {
    if (bytes.length === 0) return false
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const before = this.#found.get(sha256)
    if (before === undefined && this.#found.size >= MOST_FINDINGS) {
      this.isComplete = false
      return false
    }
    const content = before?.content ?? this.#measure(bytes, sha256, label, isGuess)
    if (before !== undefined) {
      const named = before.label.isFile ? before.label : { ...label, path: before.label.path }
      this.#found.set(sha256, { sha256, content, label: named, names: united(before.names, label.names) })
      return false
    }
    const path = this.#newPath(label.path)
    if (path === this.#options.wanted) this.taken = bytes
    this.#found.set(sha256, { sha256, content, label: { ...label, path }, names: label.names })
    return true
  }

  get all(): Iterable<Finding> {
    return this.#found.values()
  }

  #measure(bytes: Buffer, sha256: string, label: Label, isGuess: boolean): Content | undefined {
    const { newMeter, known } = this.#options
    if (known?.has(sha256) || !(isGuess || label.isFile || !looksLikeText(bytes))) return undefined
    this.#budget.takeSteps(STEPS_PER_CONTENT)
    const meter = newMeter()
    meter.write(bytes)
    const content = meter.end()
    return isGuess && !content.types.some(isKnown) ? undefined : content
  }

  #newPath(wished: string): string {
    let path = wished
    let copy = this.#copies.get(wished) ?? 1
    while (this.#paths.has(path)) path = `${wished}+${++copy}`
    if (copy > 1) this.#copies.set(wished, copy)
    this.#paths.add(path)
    return path
  }
}

/** Where a header stands: nothing but itself leads to it, and then perhaps in what is shown as text beyond doubt. */
export interface Standing {
  readonly isFlat: boolean
  readonly isInText: boolean
}

/** What a header says of the content behind it. */
export function labelOf(part: Part, path: string, depth: number, offset: number, standing: Standing): Label {
  const { name, names, declaredType, charset, disposition, anomalies } = part
  const isAttached = disposition === 'attachment' || part.otherDispositions.includes('attachment')
  const isNoText = !/^(text\/(plain|html))?$/.test(declaredType)
  // Who quotes a header in a text breaks its lines as he likes, and not everything that looks like one is meant as one.
  // The parts of a multipart have headers of their own; the header of one, pasted into a text, makes no file of what follows.
  const isQuotable = !isNoText || part.encoding === '' || declaredType.startsWith('multipart/')
  const isTelling = standing.isFlat ? !isQuotable : isNoText || isOdd(part)
  // Requests of browsers and answers of servers have such headers too; what they hold is in no encoding.
  const isPasted = standing.isInText && part.encoding === '' && !isOdd(part)
  const isFile = isTelling || ((part.isNamed || isAttached) && !isPasted)
  return { path, depth, name, names, declaredType, charset, disposition, anomalies, offset, isFile }
}

/** Whether something about its header may be meant to hide it. */
export function isOdd({ anomalies }: Part): boolean {
  return anomalies.some(({ severity }) => severity === 'suspicious')
}

function isKnown(type: string): boolean {
  return !type.startsWith('text/')
}

/** Adds the names that are not among them. */
export function united(some: readonly Name[], more: readonly Name[]): readonly Name[] {
  const known = new Set(some.map(({ value }) => value))
  return [...some, ...more.filter(({ value }) => !known.has(value))].slice(0, MOST_NAMES)
}
