/**
 * Frames of the inspector's own protocol: `u32 length (big endian, type byte included) · u8 type · payload`.
 * Only the types that a side may say are known to its reader, each with its cap, which is checked before anything is
 * allocated; what is gathered grows with the bytes that came, never with the length that was claimed.
 */

/** Bytes before the payload of a frame. */
export const HEAD_BYTES = 5
const LENGTH_BYTES = 4
const FIRST_ALLOCATION = 65_536
const NOTHING = Buffer.alloc(0)

/** Largest payload by frame type; a type that is not in it is garbage. */
export type Caps = ReadonlyMap<number, number>

/** The peer said something that the protocol does not allow; nothing it says afterwards can be trusted. */
export class GarbageError extends Error {
  override readonly name = 'GarbageError'
}

/** Takes the frames out of a stream, however it was cut. `raw` is the frame with its head; the receiver owns it. */
export class FrameReader {
  readonly #caps: Caps
  readonly #take: (type: number, raw: Buffer) => void
  #gathered: Buffer = NOTHING
  #filled = 0
  #stopped = false

  constructor(caps: Caps, take: (type: number, raw: Buffer) => void) {
    this.#caps = caps
    this.#take = take
  }

  /** Whether a frame has begun that is not complete. */
  get isInFrame(): boolean {
    return this.#filled > 0
  }

  /** Gives no frame any more, not even those that the current bytes still hold. */
  stop(): void {
    this.#stopped = true
    this.#gathered = NOTHING
    this.#filled = 0
  }

  /** Takes in the next bytes, which must not be changed afterwards. Throws `GarbageError`. */
  feed(chunk: Buffer): void {
    let at = this.#filled > 0 ? this.#complete(chunk) : 0
    while (!this.#stopped && at < chunk.length) {
      const end = chunk.length - at < HEAD_BYTES ? Number.POSITIVE_INFINITY : at + this.#measure(chunk, at)
      if (end > chunk.length) {
        this.#gather(chunk, at, chunk.length, end - at)
        return
      }
      this.#take(chunk[at + LENGTH_BYTES] as number, chunk.subarray(at, end))
      at = end
    }
  }

  /** Completes the frame that earlier chunks began; says how many bytes of this one it took. */
  #complete(chunk: Buffer): number {
    let at = 0
    if (this.#filled < HEAD_BYTES) {
      at = Math.min(HEAD_BYTES - this.#filled, chunk.length)
      this.#gather(chunk, 0, at, HEAD_BYTES)
      if (this.#filled < HEAD_BYTES) return at
    }
    const size = this.#measure(this.#gathered, 0)
    const end = Math.min(at + size - this.#filled, chunk.length)
    this.#gather(chunk, at, end, size)
    if (this.#filled < size) return end
    const raw = this.#gathered.subarray(0, size)
    this.#gathered = NOTHING
    this.#filled = 0
    this.#take(raw[LENGTH_BYTES] as number, raw)
    return end
  }

  /** Size of the frame whose head stands at `at`, head included. */
  #measure(bytes: Buffer, at: number): number {
    const length = bytes.readUInt32BE(at)
    const type = bytes[at + LENGTH_BYTES] as number
    const cap = this.#caps.get(type)
    if (cap === undefined) throw new GarbageError(`frame type 0x${type.toString(16)} is not expected here`)
    if (length < 1) throw new GarbageError('a frame without a type')
    if (length - 1 > cap) throw new GarbageError(`frame 0x${type.toString(16)} of ${length} bytes, at most ${cap + 1}`)
    return LENGTH_BYTES + length
  }

  /** Copies bytes to the unfinished frame; doubles its room, so that a claimed length costs nothing. */
  #gather(chunk: Buffer, from: number, to: number, wanted: number): void {
    const filled = this.#filled + to - from
    if (filled > this.#gathered.length) {
      const room = Math.max(filled, Math.min(wanted, Math.max(FIRST_ALLOCATION, this.#gathered.length * 2)))
      const larger = Buffer.allocUnsafeSlow(room)
      this.#gathered.copy(larger, 0, 0, this.#filled)
      this.#gathered = larger
    }
    chunk.copy(this.#gathered, this.#filled, from, to)
    this.#filled = filled
  }
}

/** Writes the head of a frame whose payload has `payloadBytes`. */
export function writeHead(into: Buffer, at: number, type: number, payloadBytes: number): void {
  into.writeUInt32BE(payloadBytes + 1, at)
  into[at + LENGTH_BYTES] = type
}

/** A frame with that payload; `job` is put before it where given. */
export function frame(type: number, job?: number, payload: Uint8Array | string = ''): Buffer {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload
  const jobBytes = job === undefined ? 0 : 4
  const raw = Buffer.allocUnsafe(HEAD_BYTES + jobBytes + bytes.length)
  writeHead(raw, 0, type, jobBytes + bytes.length)
  if (job !== undefined) raw.writeUInt32BE(job, HEAD_BYTES)
  raw.set(bytes, HEAD_BYTES + jobBytes)
  return raw
}
