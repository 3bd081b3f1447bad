import type { Clock } from '../core/index.ts'

/** The end of a time that was counted once: by a timer, so that a clock that is set makes no difference. */
export class Deadline {
  readonly #cancel: () => void
  #call: () => void = () => undefined
  #isOver: boolean

  constructor(clock: Clock, ms: number) {
    this.#isOver = ms <= 0
    const end = () => {
      this.#isOver = true
      this.#call()
    }
    this.#cancel = this.#isOver ? () => undefined : clock.after(ms, end)
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** Calls when it is over, also where it is already; the one who asked last is called. The result cancels. */
  whenOver(call: () => void): () => void {
    this.#call = call
    if (this.#isOver) call()
    return () => {
      this.#call = () => undefined
    }
  }

  cancel(): void {
    this.#cancel()
  }
}
