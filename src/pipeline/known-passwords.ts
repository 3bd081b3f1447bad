/**
 * The passwords that opened containers of one message. They are in memory while it is examined and while an analysis of it may need them,
 * and nowhere else: what was opened for an earlier message, or before a restart, is opened once more where somebody must be told.
 */
import { Fault } from '../core/index.ts'
import type { OpenedWith } from '../inspector/index.ts'
import { type MessageToOpen, openTwice } from './opening.ts'

export class KnownPasswords {
  readonly #message: Omit<MessageToOpen, 'tellsPasswords'>
  #known: Promise<readonly OpenedWith[]> | undefined

  /** `known` is what its opening told, where it was opened. */
  constructor(message: Omit<MessageToOpen, 'tellsPasswords'>, known?: readonly OpenedWith[]) {
    this.#message = message
    if (known) this.#known = Promise.resolve(known)
  }

  /** What opened these containers, each password once, in their order. Rejects where that is not found again. */
  async of(digests: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
    if (digests.length === 0) return []
    this.#known ??= this.#find(signal)
    const known = await this.#known
    const values = digests.map((digest) => known.filter(({ sha256 }) => sha256 === digest).map(({ value }) => value))
    // The tries have a time, which a busy machine may not have kept.
    if (values.some((one) => one.length === 0)) throw new Fault('deadline', 'the password was not found again in time')
    return [...new Set(values.flat())]
  }

  async #find(signal: AbortSignal): Promise<readonly OpenedWith[]> {
    const { passwords = [] } = await openTwice({ ...this.#message, tellsPasswords: true }, signal)
    return passwords
  }
}
