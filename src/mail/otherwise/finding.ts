/** What the tolerant reading finds: each distinct content once, with everything that is said of it. */
import type { Anomaly, Content, ContentMeter, Name } from '../../core/index.ts'
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

/** A content with all that its readings say of it; the first of them names it. */
export interface Finding {
  readonly content: Content
  readonly label: Label
  readonly names: readonly Name[]
  readonly isFile: boolean
}

/** More distinct contents are left out, and the reading is incomplete. */
const MOST_FINDINGS = 20_000
const MOST_NAMES = 32

/** Collects what is found; takes out the bytes at one path where they are wanted. */
export class Findings {
  readonly #newMeter: () => ContentMeter
  readonly #wanted: string | undefined
  readonly #found = new Map<string, Finding>()
  readonly #paths = new Set<string>()
  /** The bytes at the wanted path. */
  taken: Buffer | undefined
  isComplete = true

  constructor(newMeter: () => ContentMeter, wanted?: string) {
    this.#newMeter = newMeter
    this.#wanted = wanted
  }

  /** Adds a content; true where no reading had it before. A guess counts only where the content is of a kind that is known. */
  add(bytes: Buffer, label: Label, isGuess: boolean): boolean {
    if (bytes.length === 0) return false
    const content = this.#measure(bytes)
    const before = this.#found.get(content.sha256)
    if (before === undefined && this.#found.size >= MOST_FINDINGS) this.isComplete = false
    if (before === undefined && !this.isComplete) return false
    const isLikely = isGuess ? content.types.some(isKnown) : label.isFile || !looksLikeText(bytes)
    const isFile = isLikely || before?.isFile === true
    if (before !== undefined) {
      const named = before.label.isFile ? before.label : label
      this.#found.set(content.sha256, {
        content,
        isFile,
        label: { ...named, path: before.label.path },
        names: united(before.names, label.names),
      })
      return false
    }
    const path = this.#newPath(label.path)
    if (path === this.#wanted) this.taken = bytes
    this.#found.set(content.sha256, { content, isFile, label: { ...label, path }, names: label.names })
    return true
  }

  get all(): Iterable<Finding> {
    return this.#found.values()
  }

  #measure(bytes: Buffer): Content {
    const meter = this.#newMeter()
    meter.write(bytes)
    return meter.end()
  }

  #newPath(wished: string): string {
    let path = wished
    for (let copy = 2; this.#paths.has(path); copy++) path = `${wished}+${copy}`
    this.#paths.add(path)
    return path
  }
}

/** What a header says of the content behind it; `isFlat` where nothing but the header itself leads to it. */
export function labelOf(part: Part, path: string, depth: number, offset: number, isFlat: boolean): Label {
  const { name, names, declaredType, charset, disposition, anomalies } = part
  const isAttached = disposition === 'attachment' || part.otherDispositions.includes('attachment')
  const isNoText = !/^(text\/(plain|html))?$/.test(declaredType)
  // Who quotes a header in a text breaks its lines as he likes, and not everything that looks like one is meant as one.
  const isTelling = isFlat ? isNoText && part.encoding !== '' : isNoText || isOdd(part)
  const isFile = part.isNamed || isAttached || isTelling
  return { path, depth, name, names, declaredType, charset, disposition, anomalies, offset, isFile }
}

/** Whether something about its header may be meant to hide it. */
export function isOdd({ anomalies }: Part): boolean {
  return anomalies.some(({ severity }) => severity === 'suspicious')
}

function isKnown(type: string): boolean {
  return !type.startsWith('text/')
}

function united(some: readonly Name[], more: readonly Name[]): readonly Name[] {
  const known = new Set(some.map(({ value }) => value))
  return [...some, ...more.filter(({ value }) => !known.has(value))].slice(0, MOST_NAMES)
}
