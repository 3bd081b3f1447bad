/** How the lines of the headers of a message end. */
import type { AnomalyName } from '../../core/index.ts'
import { type Header, placeOf } from './header.ts'

/** Gathers the line ends of all headers; they are told of the message, not of each part. */
export class LineEnds {
  #crlf = -1
  #lf = -1

  add({ lineEnds, offset }: Pick<Header, 'lineEnds' | 'offset'>): void {
    if (this.#crlf < 0 && lineEnds.crlf >= 0) this.#crlf = placeOf(offset, lineEnds.crlf)
    if (this.#lf < 0 && lineEnds.lf >= 0) this.#lf = placeOf(offset, lineEnds.lf)
  }

  tell(findings: { note(name: AnomalyName, offset: number): void }): void {
    if (this.#lf < 0) return
    findings.note(this.#crlf < 0 ? 'bare-lf' : 'mixed-line-ends', Math.max(this.#lf, this.#crlf))
  }
}
