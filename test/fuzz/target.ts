/** What a fuzzer needs of each thing that it attacks. A case is bytes, so that any of them can be written down and tried again. */
import type { Random } from '../bench/random.ts'

export interface Target {
  readonly name: string
  /** The bytes of one case; the same for the same random numbers. */
  readonly make: (random: Random) => Buffer
  readonly open: () => Promise<Attack>
}

/** An opened target. */
export interface Attack {
  /** Throws, or rejects, when what must hold of any input does not hold of this one. */
  check(input: Buffer): Promise<void>
  /** Looked at after every hundred cases and at the end: throws when something has piled up. */
  settle?(): Promise<void>
  close(): Promise<void>
}

/** One of them. */
export function pick<T>(random: Random, from: readonly T[]): T {
  const found = from[random.below(from.length)]
  if (found === undefined) throw new Error('nothing to pick from')
  return found
}

/** True once in so many calls. */
export function oneIn(random: Random, many: number): boolean {
  return random.below(many) === 0
}

/** A number from 1 on of which small ones are likelier. */
export function few(random: Random, most: number): number {
  return 1 + random.below(1 + random.below(most))
}

/** Cuts bytes into pieces whose sizes follow from a seed byte; 0 leaves them whole. */
export function cutBy(seed: number, bytes: Buffer): readonly Buffer[] {
  if (seed === 0) return [bytes]
  const pieces: Buffer[] = []
  for (let at = 0, state = seed; at < bytes.length; ) {
    state = (state * 1103515245 + 12345) & 0x7fffffff
    const size = 1 + ((state >> 8) % (seed * 4))
    pieces.push(bytes.subarray(at, at + size))
    at += size
  }
  return pieces
}
