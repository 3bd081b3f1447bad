/** What the families of binary formats have in common. */
import type { Excerpt } from '../excerpt.ts'

/** One look at a sample: the types that it shows. */
export type Detect = (sample: Excerpt) => readonly string[]

/** The bytes for which a look is worth it (undefined: any), the look, and where those bytes stand (in front if not said). */
export type Detector = readonly [bytes: readonly number[] | undefined, detect: Detect, at?: number]

/** No type. */
export const NOTHING: readonly string[] = []

/** The codes of characters, as first bytes. */
export function bytesOf(characters: string): readonly number[] {
  return [...Buffer.from(characters, 'latin1')]
}
