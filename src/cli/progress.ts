/** How far a long command has come: on standard error, only where a person reads there and the results go elsewhere. */
import type { CliIo, Output } from './io.ts'
import { harmless } from './style.ts'

const CLEAR = '\r\x1b[K'

/** A line that is written over at each step. */
export class Progress {
  readonly #output: Output | undefined
  readonly #total: number
  #done = 0

  constructor({ stdout, stderr }: Pick<CliIo, 'stdout' | 'stderr'>, total: number) {
    this.#output = total > 1 && stderr.isTTY && !stdout.isTTY ? stderr : undefined
    this.#total = total
  }

  step(what: string): void {
    this.#done++
    this.#output?.write(`${CLEAR}${this.#done}/${this.#total} ${harmless(what).slice(-60)}`)
  }

  end(): void {
    this.#output?.write(CLEAR)
  }
}
