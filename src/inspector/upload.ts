/** The bytes of a job on their way to a parser process, as DATA frames and at the pace at which the connection takes them. */
import type { Connection } from './connection.ts'
import { frame } from './frame.ts'
import { DATA_BYTES, FRAME } from './protocol.ts'

export class Upload {
  readonly #connection: Connection
  #wake: (() => void) | undefined
  #bytes = 0
  #isSent = false
  #isStopped = false

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Bytes of the chunks that were sent. */
  get bytes(): number {
    return this.#bytes
  }

  /** All bytes and their end were sent. */
  get isSent(): boolean {
    return this.#isSent
  }

  get isStopped(): boolean {
    return this.#isStopped
  }

  /** Sends all bytes and their end; copies every chunk, because its owner may use it again. */
  async send(source: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const chunk of source) {
      for (let at = 0; at < chunk.length; at += DATA_BYTES) {
        if (this.#isStopped) return
        this.#connection.write(frame(FRAME.data, undefined, chunk.subarray(at, at + DATA_BYTES)))
        while (this.#connection.isFull && !this.#isStopped) await this.#room()
      }
      this.#bytes += chunk.length
    }
    if (this.#isStopped) return
    this.#connection.write(frame(FRAME.end))
    this.#isSent = true
  }

  /** The connection takes more. */
  writable(): void {
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
  }

  /** Sends nothing more. */
  stop(): void {
    this.#isStopped = true
    this.writable()
  }

  #room(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}
