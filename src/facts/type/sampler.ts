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
  const head = keeper()
  let tail: Buffer[] = []
  let tailBytes = 0
  let places: readonly (Place & Keeper)[] | undefined
  let size = 0
  const blocks = createBlocks()

  function write(chunk: Uint8Array): void {
    const bytes = asBuffer(chunk)
    const at = size
    size += bytes.length
    if (at < HEAD_BYTES) blocks.keep(bytes)
    if (at < HEAD_BYTES) head.add(bytes.subarray(0, HEAD_BYTES - at))
    if (places === undefined && size >= PLAN_BYTES)
      places = placesToKeep(head.join()).map((place) => ({ ...place, ...keeper() }))
    if (size <= HEAD_BYTES) return
    for (const place of places ?? []) {
      if (place.at >= size || place.end <= at) continue
      blocks.keep(bytes)
      place.add(bytes.subarray(Math.max(place.at - at, 0), place.end - at))
    }
    keepTail(bytes)
  }
  function keepTail(bytes: Buffer): void {
    tail.push(bytes)
    tailBytes += bytes.length
    for (let [first] = tail; first !== undefined && tailBytes - first.length >= TAIL_BYTES; [first] = tail) {
      tailBytes -= first.length
      tail.shift()
      blocks.takeBack(first)
    }
    if (tail.length > MAX_PIECES) tail = [Buffer.concat(tail)]
  }
  function end(): Excerpt {
    const start = head.join()
    if (size <= HEAD_BYTES) return { head: start, ending: [start], tail: start, size, windows: [] }
    const windows = (places ?? []).map(({ at, join }): Window => ({ at, bytes: join() }))
    return excerptOf(start, endingOf(start, tail, size - tailBytes), size, windows)
  }
  return { space: blocks.space, write, end }
}

/** Memory that is given away, and given again once what was written into it is no longer kept. */
function createBlocks() {
  const given = new Set<ArrayBufferLike>()
  const spare: Buffer[] = []

  function space(length: number): Buffer {
    if (length > BLOCK_BYTES || length < BLOCK_BYTES / 2) return Buffer.allocUnsafe(length)
    const block = spare.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES)
    given.add(block.buffer)
    return block.subarray(0, length)
  }
  function keep({ buffer }: Buffer): void {
    given.delete(buffer)
  }
  function takeBack({ buffer }: Buffer): void {
    if (given.delete(buffer)) spare.push(Buffer.from(buffer, 0, BLOCK_BYTES))
  }
  return { space, keep, takeBack }
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

interface Keeper {
  add(bytes: Buffer): void
  join(): Buffer
}

/** Pieces that are joined only where there are several; joined from time to time where there are very many. */
function keeper(): Keeper {
  let pieces: Buffer[] = []
  return {
    add: (bytes) => {
      pieces.push(bytes)
      if (pieces.length > MAX_PIECES) pieces = [Buffer.concat(pieces)]
    },
    join: () => {
      if (pieces.length !== 1) pieces = [Buffer.concat(pieces)]
      return pieces[0] as Buffer
    },
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}
