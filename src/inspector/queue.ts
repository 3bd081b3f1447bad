/** Chunks that come from a stream and are taken by an async iteration; a stream that is ahead is paused. */

const HIGH_BYTES = 256 * 1024

/** The slice of a stream that a queue holds back. */
export interface Tap {
  pause(): unknown
  resume(): unknown
}

/** One producer, one consumer, at most about a quarter of a megabyte between them. */
export class ByteQueue implements AsyncIterable<Uint8Array> {
  readonly #tap: Tap
  #chunks: Uint8Array[] = []
  #queuedBytes = 0
  #isEnded = false
  #error: Error | undefined
  #wake: (() => void) | undefined

  constructor(tap: Tap) {
    this.#tap = tap
  }

  /** Hands over a chunk, which the producer must not change afterwards. */
  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk)
    this.#queuedBytes += chunk.length
    if (this.#queuedBytes > HIGH_BYTES) this.#tap.pause()
    this.#wakeUp()
  }

  /** No more chunks will come. */
  end(): void {
    this.#isEnded = true
    this.#wakeUp()
  }

  /** The consumer gets this error instead of what is left. */
  fail(error: Error): void {
    this.#error ??= error
    this.cut()
  }

  /** Ends at once and forgets what is left. */
  cut(): void {
    this.#chunks = []
    this.#queuedBytes = 0
    this.#tap.resume()
    this.end()
  }

  /** Takes and forgets everything up to the end. */
  async drain(): Promise<void> {
    for (;;) if ((await this.#next()) === undefined) return
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      const chunk = await this.#next()
      if (chunk === undefined) return
      yield chunk
    }
  }

  async #next(): Promise<Uint8Array | undefined> {
    while (this.#chunks.length === 0) {
      if (this.#error) throw this.#error
      if (this.#isEnded) return undefined
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    const chunk = this.#chunks.shift()
    const wasHigh = this.#queuedBytes > HIGH_BYTES
    this.#queuedBytes -= chunk?.length ?? 0
    if (wasHigh && this.#queuedBytes <= HIGH_BYTES) this.#tap.resume()
    return chunk
  }

  #wakeUp(): void {
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
  }
}
