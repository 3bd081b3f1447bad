// Bytes in, frames out, whatever way the bytes were cut. A length is checked before anything is allocated for it, and
// memory grows with the bytes that came, not with the length that was claimed. Never throws on data: what cannot be a
// frame is returned as a violation, after which the reader gives nothing else.

/** One unit of the wire: a command or reply byte and its payload, which is a view of the bytes read wherever possible. */
export interface Frame {
  readonly kind: 'frame'
  readonly command: number
  readonly payload: Buffer
}

/** Why a stream of bytes cannot be read on: the next frame's beginning is unknown from here. */
export interface Violation {
  readonly kind: 'violation'
  readonly violation: 'empty-frame' | 'frame-too-long' | 'truncated-frame'
  readonly length: number
  readonly limit: number
}

const NOTHING = Buffer.alloc(0)
const LENGTH_BYTES = 4
const LEAST_ALLOCATION = 512
const ALLOCATION_FACTOR = 4

/** Reads frames out of a stream of chunks. */
export class FrameReader {
  /** Largest length field (command byte included) that is believed; may be changed between two frames. */
  maxLength: number
  /**
   * A command whose frames may be handed out in pieces, each as a frame of its own: what is one event to whoever takes the bytes
   * in order. Undefined for none; may be changed between two frames.
   */
  divisible: number | undefined
  #remaining = 0
  #chunk: Buffer = NOTHING
  #offset = 0
  #later: Buffer[] = []
  #gathered: Buffer = NOTHING
  #filled = 0
  #length = 0
  #violation: Violation | undefined

  constructor(maxLength: number) {
    this.maxLength = maxLength
  }

  /** Bytes taken in that belong to no frame handed out yet. */
  get bufferedBytes(): number {
    const later = this.#later.reduce((sum, chunk) => sum + chunk.length, 0)
    return this.#filled + this.#chunk.length - this.#offset + later
  }

  /** Whether a frame has begun and its end has not come; only meaningful after `next` returned undefined. */
  get hasPartialFrame(): boolean {
    return this.#filled > 0 || this.#remaining > 0
  }

  /** Takes in the next bytes of the stream; they must not be changed afterwards. */
  push(chunk: Buffer): void {
    if (this.#offset === this.#chunk.length && this.#later.length === 0) {
      this.#chunk = chunk
      this.#offset = 0
    } else {
      this.#later.push(chunk)
    }
  }

  /** The next frame, or undefined when more bytes are needed. */
  next(): Frame | Violation | undefined {
    while (this.#violation === undefined) {
      const available = this.#chunk.length - this.#offset
      if (available === 0) {
        if (!this.#advance()) return undefined
        continue
      }
      const frame = this.#take(available)
      if (frame !== undefined) return frame
    }
    return this.#violation
  }

  /** Says that no more bytes will come: a violation when a frame was left unfinished. */
  end(): Violation | undefined {
    if (this.#violation !== undefined || (this.bufferedBytes === 0 && this.#remaining === 0)) return this.#violation
    return this.#refuse('truncated-frame', this.#length)
  }

  #take(available: number): Frame | Violation | undefined {
    if (this.#remaining > 0) return this.#piece(Math.min(available, this.#remaining))
    return this.#filled === 0 && available > LENGTH_BYTES ? this.#cut(available) : this.#gather(available)
  }

  /** The next piece of a frame that is handed out in pieces. */
  #piece(size: number): Frame {
    const payload = this.#chunk.subarray(this.#offset, this.#offset + size)
    this.#remaining -= size
    this.#skip(size)
    return { kind: 'frame', command: this.divisible as number, payload }
  }

  /** A frame that lies whole in the current chunk, without a copy. */
  #cut(available: number): Frame | Violation | undefined {
    const length = this.#chunk.readUInt32BE(this.#offset)
    if (length < 1 || length > this.maxLength) return this.#refuseLength(length)
    if (available < LENGTH_BYTES + length) return this.#begin(length, available)
    const frame = this.#chunk.subarray(this.#offset + LENGTH_BYTES, this.#offset + LENGTH_BYTES + length)
    this.#skip(LENGTH_BYTES + length)
    return { kind: 'frame', command: frame[0] as number, payload: frame.subarray(1) }
  }

  /** Goes on in the chunk; one that is used up is let go, as nothing more may come for hours. */
  #skip(bytes: number): void {
    this.#offset += bytes
    if (this.#offset < this.#chunk.length) return
    this.#chunk = NOTHING
    this.#offset = 0
  }

  /** A frame whose end has not come: its first piece, or nothing yet. */
  #begin(length: number, available: number): Frame | Violation | undefined {
    const head = LENGTH_BYTES + 1
    if (available === head || this.#chunk[this.#offset + LENGTH_BYTES] !== this.divisible)
      return this.#gather(available)
    this.#offset += head
    this.#remaining = length - 1
    return this.#piece(available - head)
  }

  /** Collects a frame that is spread over chunks. */
  #gather(available: number): Frame | Violation | undefined {
    const needed = this.#filled < LENGTH_BYTES ? LENGTH_BYTES : LENGTH_BYTES + this.#length
    const taken = Math.min(needed - this.#filled, available)
    this.#reserve(this.#filled + taken, needed)
    this.#chunk.copy(this.#gathered, this.#filled, this.#offset, this.#offset + taken)
    this.#filled += taken
    this.#offset += taken
    if (this.#filled < needed) return undefined
    if (needed > LENGTH_BYTES) return this.#finish()
    this.#length = this.#gathered.readUInt32BE(0)
    return this.#length < 1 || this.#length > this.maxLength ? this.#refuseLength(this.#length) : undefined
  }

  #finish(): Frame {
    const frame = this.#gathered.subarray(LENGTH_BYTES, this.#filled)
    this.#gathered = NOTHING
    this.#filled = 0
    this.#length = 0
    return { kind: 'frame', command: frame[0] as number, payload: frame.subarray(1) }
  }

  /** At most four times what is there, so that a claimed length costs nothing until its bytes come. */
  #reserve(bytes: number, needed: number): void {
    if (bytes <= this.#gathered.length) return
    const size = Math.min(Math.max(needed, LEAST_ALLOCATION), Math.max(bytes * ALLOCATION_FACTOR, LEAST_ALLOCATION))
    const larger = Buffer.allocUnsafeSlow(size)
    this.#gathered.copy(larger, 0, 0, this.#filled)
    this.#gathered = larger
  }

  #advance(): boolean {
    const chunk = this.#later.shift()
    this.#chunk = chunk ?? NOTHING
    this.#offset = 0
    return chunk !== undefined
  }

  #refuseLength(length: number): Violation {
    return this.#refuse(length < 1 ? 'empty-frame' : 'frame-too-long', length)
  }

  #refuse(violation: Violation['violation'], length: number): Violation {
    this.#violation = { kind: 'violation', violation, length, limit: this.maxLength }
    this.#chunk = NOTHING
    this.#offset = 0
    this.#later = []
    this.#gathered = NOTHING
    this.#filled = 0
    this.#remaining = 0
    return this.#violation
  }
}
