/** The SHA-256 of bytes that stream by, where nothing else is wanted of them. */
import { createHash, type Hash, hash as hashAtOnce } from 'node:crypto'

/** Up to here what may be all there is waits for its end: hashed at once, little costs less. */
const AT_ONCE_BYTES = 65_536
const EMPTY = Buffer.alloc(0)

export class Digest {
  #hash: Hash | undefined
  #first: Buffer = EMPTY
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Takes the next bytes, which must not change afterwards. */
  write(bytes: Buffer): void {
    if (bytes.length === 0) return
    this.#size += bytes.length
    if (this.#size === bytes.length && bytes.length <= AT_ONCE_BYTES) {
      this.#first = bytes
      return
    }
    this.#hash ??= createHash('sha256').update(this.#first)
    this.#first = EMPTY
    this.#hash.update(bytes)
  }

  /** The digest in hexadecimal digits; called once. */
  end(): string {
    return this.#hash?.digest('hex') ?? hashAtOnce('sha256', this.#first, 'hex')
  }
}
