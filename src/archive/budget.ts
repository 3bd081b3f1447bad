/** The one place where the limits of opening are enforced. One budget for a sample and everything within it. */
import type { ContainerShare } from './container.ts'
import type { ArchiveLimit, ArchiveLimits } from './limits.ts'

/** Small containers may expand to this much whatever the ratio: a page of blanks is no bomb. */
const RATIO_FREE_BYTES = 8 * 1024 * 1024
/** A container that is unpacked in memory, and a member of it that is opened in turn. */
const HOLDERS = 2

/** Thrown when a limit is reached; the container that met it is unscannable. */
export class LimitReached extends Error {
  override readonly name = 'LimitReached'
  readonly limit: ArchiveLimit

  constructor(limit: ArchiveLimit) {
    super(limit)
    this.limit = limit
  }
}

export class Budget {
  readonly limits: ArchiveLimits
  readonly #cpuMs: () => number
  readonly #start: number
  #members = 0
  #bytes = 0
  #held = 0
  #tries = 0
  #spentMs = 0
  #tryMs = 0

  /** `cpuMs` tells the processor time that this process has used, in milliseconds. */
  constructor(limits: ArchiveLimits, cpuMs: () => number) {
    this.limits = limits
    this.#cpuMs = cpuMs
    this.#start = cpuMs()
  }

  /** Counts one more member. */
  member(): void {
    if (++this.#members > this.limits.members) throw new LimitReached('container-members')
    this.#checkTime()
  }

  /** Whether a container at that depth may be opened; the root is at 0. */
  enter(depth: number): void {
    if (depth >= this.limits.depth) throw new LimitReached('container-depth')
    this.#checkTime()
  }

  /** The share of a container of that many bytes; `close` gives back what it held. */
  share(ownBytes: number): ContainerShare & { close(): void } {
    const most = Math.max(RATIO_FREE_BYTES, this.limits.ratio * ownBytes)
    let taken = 0
    let held = 0
    const budget = this
    return {
      take(bytes) {
        taken += bytes
        if (taken > most) throw new LimitReached('container-ratio')
        budget.#take(bytes)
      },
      hold(bytes) {
        if (held + bytes > budget.limits.memory) throw new LimitReached('container-memory')
        held += bytes
        budget.#hold(bytes)
      },
      get left() {
        return Math.max(0, Math.min(most - taken, budget.limits.bytes - budget.#bytes))
      },
      close() {
        budget.#held -= held
        held = 0
      },
    }
  }

  /** Memory that the holder gives back itself; throws `LimitReached`. */
  hold(bytes: number): void {
    this.#hold(bytes)
  }

  release(bytes: number): void {
    this.#held -= bytes
  }

  /** Bytes that may still be held, by all holders together. */
  get memoryLeft(): number {
    return Math.max(0, HOLDERS * this.limits.memory - this.#held)
  }

  /**
   * Runs one try of a password; undefined where no further try may begin: their number is used up, or one as long as the longest so far
   * would not fit.
   */
  async try<T>(attempt: () => Promise<T>): Promise<{ readonly result: T } | undefined> {
    const { passwordTries, passwordMs } = this.limits
    if (this.#tries >= passwordTries || this.#spentMs + this.#tryMs > passwordMs) return undefined
    this.#tries++
    const start = this.#cpuMs()
    try {
      return { result: await attempt() }
    } finally {
      const ms = this.#cpuMs() - start
      this.#spentMs += ms
      this.#tryMs = Math.max(this.#tryMs, ms)
    }
  }

  #checkTime(): void {
    if (this.#cpuMs() - this.#start > this.limits.cpuMs) throw new LimitReached('container-time')
  }

  #take(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes > this.limits.bytes) throw new LimitReached('container-bytes')
  }

  #hold(bytes: number): void {
    if (this.#held + bytes > HOLDERS * this.limits.memory) throw new LimitReached('container-memory')
    this.#held += bytes
  }
}
