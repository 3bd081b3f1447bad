/** Where some programs end a header before the blank line: at a line of blanks, at the first line that is no field. */
import type { Field } from './header.ts'

/** Gathers the lines at which a header may end. */
export class EarlyEnd {
  #first = -1
  /** The last that is not of blanks. */
  #last = -1

  /** A line that is no field, with where it begins. */
  see(line: string, at: number): void {
    // An empty line ends it for all; the first line of an mbox is passed over by all.
    if (line === '' || (at === 0 && /^>?From /.test(line))) return
    if (this.#first < 0) this.#first = at
    if (line.trim() !== '') this.#last = at
  }

  /**
   * Where the header ends for some, if that makes a difference: a MIME field comes later, or the header has no other end, or what comes
   * last in it reads like content; else -1.
   */
  place(text: string, fields: readonly Field[]): number {
    const double = text.includes('\r\r') ? text.indexOf('\r\r') : -1
    if (double >= 0) return double
    if (this.#first < 0) return -1
    const isClean = /\n\r?\n$/.test(text.slice(-3))
    const hides = fields.some(({ name, at }) => at > this.#first && name.startsWith('content-'))
    const lastLine = fields.findLast(({ name, value }) => name !== '' || value.trim() !== '')
    return hides || !isClean || lastLine?.at === this.#last ? this.#first : -1
  }
}
