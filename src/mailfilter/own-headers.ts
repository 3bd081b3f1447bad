/** The headers that are ours, as a message brings them along, and those that it gets. */
import type { Limit } from '../core/index.ts'
import type { HeaderField, MessageEdit } from '../milter/index.ts'
import { type PLAIN_ANSWERS, taggedSubject } from '../pipeline/index.ts'

type HeaderOptions = (typeof PLAIN_ANSWERS)['headers']

/** Subjects that are tagged, and the longest that is kept for it; a mail has one. */
const MOST_SUBJECTS = 8
const LONGEST_SUBJECT = 8192

/**
 * Strangers' headers that are removed, and bytes of header that Postfix reads for it: it looks from the top for each one
 * (cleanup_milter.c), and after 20,000 its cleanup(8) is dead. A delivery from one of us to another brings a few.
 */
const MOST_FOREIGN = 100
const MOST_LOOKED_THROUGH = 4 * 1024 * 1024

export class OwnHeaders {
  readonly options: HeaderOptions
  readonly #counts: Map<string, number>
  readonly #prefix: string | undefined
  readonly #subjects: string[] = []
  #foreign = 0
  #bytes = 0

  /** Ours are those of the options and the further ones. */
  constructor(options: HeaderOptions, prefix: string | undefined, further: readonly string[]) {
    this.options = options
    this.#prefix = prefix
    this.#counts = new Map([options.name, options.redirected, ...further].map((name) => [name.toLowerCase(), 0]))
  }

  /** Notes a header of the message. */
  see(field: HeaderField): void {
    const name = field.nameText.toLowerCase()
    const count = this.#counts.get(name)
    this.#bytes += field.name.length + field.value.length + 4
    if (count !== undefined) {
      this.#counts.set(name, count + 1)
      this.#foreign += 1
    }
    if (name !== 'subject' || this.#prefix === undefined || this.#subjects.length === MOST_SUBJECTS) return
    this.#subjects.push(field.value.length > LONGEST_SUBJECT ? '' : field.valueText)
  }

  /** What is broken where there are more than can be removed: such a message is not to be delivered. */
  get limit(): Limit | undefined {
    const isBroken = this.#foreign > MOST_FOREIGN || this.#foreign * this.#bytes > MOST_LOOKED_THROUGH
    return isBroken ? 'own-headers' : undefined
  }

  /** Removes those that came from outside: nobody behind us shall take a stranger's header for ours. */
  removeFrom(edit: MessageEdit): void {
    if (this.limit !== undefined) throw new Error(`${this.limit}: must not be delivered`)
    for (const [name, count] of this.#counts) {
      for (let index = count; index > 0; index -= 1) edit.deleteHeader(name, index)
    }
  }

  /** Puts the prefix before the subject, or makes one where there is none. One that is too long stays as it is. */
  tagSubject(edit: MessageEdit): void {
    if (this.#prefix === undefined) return
    if (this.#subjects.length === 0) edit.addHeader('Subject', taggedSubject('', this.#prefix) ?? this.#prefix)
    for (const [i, subject] of this.#subjects.entries()) {
      const tagged = subject === '' ? undefined : taggedSubject(subject.replace(/[\0\r]/g, ''), this.#prefix)
      if (tagged !== undefined) edit.changeHeader('Subject', i + 1, tagged)
    }
  }
}
