/**
 * Keeps of a sample that streams by what its type is told from: references to the pieces that were written, no copies, so that a small
 * sample costs next to nothing and a large one no more than its head, its tail and a few places between them.
 */
import { type Excerpt, HEAD_BYTES, TAIL_BYTES, type Window } from './excerpt.ts'
import { PLAN_BYTES, type Place, placesToKeep } from './windows.ts'

/** Pieces of the tail are joined before there are more: somebody may write byte by byte. */
const MAX_PIECES = 128

/** What it gives of its own memory at once: large enough for what 64 kB of base64 hold. */
const BLOCK_BYTES = 49_152

/** Takes the bytes of one sample, in order. */
export interface Sampler {
  /** Memory for the next bytes: its own again when they are no longer kept, so that a large sample needs a few blocks only. */
  space(size: number): Buffer
  write(chunk: Uint8Array): void
  end(): Excerpt
}

/** Starts to keep the excerpt of a sample. What is written must not change until its end. */
export function createSampler(): Sampler {
  return new ExcerptKeeper()
}

/** The excerpt of a sample of which all is there, in at most the bytes of a head: nothing of it need be kept or joined. */
export function excerptOfAll(bytes: Uint8Array): Excerpt {
  const head = asBuffer(bytes)
  return { head, ending: [head], tail: head, size: head.length, windows: NO_WINDOWS }
}

class ExcerptKeeper implements Sampler {
  readonly #head = new Pieces()
  readonly #blocks = new Blocks()
  #tail: Buffer[] = []
  #tailBytes = 0
  #places: readonly KeptPlace[] | undefined
  #size = 0

  space(size: number): Buffer {
    return this.#blocks.space(size)
  }

  write(chunk: Uint8Array): void {
    const bytes = asBuffer(chunk)
    const at = this.#size
    this.#size += bytes.length
    if (at < HEAD_BYTES) {
      this.#blocks.keep(bytes)
      this.#head.add(at + bytes.length <= HEAD_BYTES ? bytes : bytes.subarray(0, HEAD_BYTES - at))
    }
    if (this.#places === undefined && this.#size >= PLAN_BYTES)
      this.#places = placesToKeep(this.#head.join()).map((place) => ({ place, pieces: new Pieces() }))
    if (this.#size <= HEAD_BYTES) return
    for (const { place, pieces } of this.#places ?? []) {
      if (place.at >= this.#size || place.end <= at) continue
      this.#blocks.keep(bytes)
      pieces.add(bytes.subarray(Math.max(place.at - at, 0), place.end - at))
    }
    this.#keepTail(bytes)
  }

  #keepTail(bytes: Buffer): void {
    this.#tail.push(bytes)
    this.#tailBytes += bytes.length
    for (
      let [first] = this.#tail;
      first !== undefined && this.#tailBytes - first.length >= TAIL_BYTES;
      [first] = this.#tail
    ) {
      this.#tailBytes -= first.length
      this.#tail.shift()
      this.#blocks.takeBack(first)
    }
    if (this.#tail.length > MAX_PIECES) this.#tail = [Buffer.concat(this.#tail)]
  }

  end(): Excerpt {
    const start = this.#head.join()
    const size = this.#size
    if (size <= HEAD_BYTES) return excerptOfAll(start)
    const windows = (this.#places ?? []).map(({ place, pieces }): Window => ({ at: place.at, bytes: pieces.join() }))
    return excerptOf(start, endingOf(start, this.#tail, size - this.#tailBytes), size, windows)
  }
}

interface KeptPlace {
  readonly place: Place
  readonly pieces: Pieces
}

const NO_WINDOWS: readonly Window[] = []

/** Memory that is given away, and given again once what was written into it is no longer kept. */
class Blocks {
  #given: Set<ArrayBufferLike> | undefined
  readonly #spare: Buffer[] = []

  space(length: number): Buffer {
    if (length > BLOCK_BYTES || length < BLOCK_BYTES / 2) return Buffer.allocUnsafe(length)
    const block = this.#spare.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES)
    this.#given ??= new Set()
    this.#given.add(block.buffer)
    return block.subarray(0, length)
  }

  keep(bytes: Buffer): void {
    this.#given?.delete(bytes.buffer)
  }

  takeBack(bytes: Buffer): void {
    if (this.#given?.delete(bytes.buffer)) this.#spare.push(Buffer.from(bytes.buffer, 0, BLOCK_BYTES))
  }
}

/** The pieces of the tail; what the head has of them where both meet. Of the first piece only what belongs to it. */
function endingOf(head: Buffer, tail: readonly Buffer[], tailAt: number): readonly Buffer[] {
  const bytes = tail.reduce((sum, { length }) => sum + length, 0)
  if (bytes < TAIL_BYTES)
    return tailAt > 0 ? [head.subarray(Math.max(0, tailAt + bytes - TAIL_BYTES), tailAt), ...tail] : tail
  const [first = head, ...others] = tail
  return [first.subarray(bytes - TAIL_BYTES), ...others]
}

function excerptOf(head: Buffer, ending: readonly Buffer[], size: number, windows: readonly Window[]): Excerpt {
  let joined: Buffer | undefined
  return {
    head,
    ending,
    size,
    windows,
    get tail() {
      joined ??= ending.length === 1 ? (ending[0] as Buffer) : Buffer.concat(ending)
      return joined
    },
  }
}

/** Pieces that are joined only where there are several; joined from time to time where there are very many. */
class Pieces {
  #pieces: Buffer[] = []

  add(bytes: Buffer): void {
    this.#pieces.push(bytes)
    if (this.#pieces.length > MAX_PIECES) this.#pieces = [Buffer.concat(this.#pieces)]
  }

  join(): Buffer {
    if (this.#pieces.length !== 1) this.#pieces = [Buffer.concat(this.#pieces)]
    return this.#pieces[0] as Buffer
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}
