/** What the tests know of one type: contents of it, and contents that only look a little like it. */
import { cat, changed, latin, noise } from '../bytes.ts'

/** Samples of one type. */
export interface TypeSamples {
  readonly type: string
  readonly genuine: readonly Buffer[]
  readonly near: readonly Buffer[]
}

/** Texts as contents. */
export function texts(type: string, genuine: readonly string[], near: readonly string[]): TypeSamples {
  return { type, genuine: genuine.map((text) => Buffer.from(text)), near: near.map((text) => Buffer.from(text)) }
}

/** Contents that are theirs, and the same with a byte changed that matters, and with a byte put in front. */
export function spoilt(
  type: string,
  genuine: readonly Buffer[],
  place: number,
  more: readonly Buffer[] = [],
): TypeSamples {
  const [first = Buffer.alloc(0)] = genuine
  return { type, genuine, near: [changed(first, place, (first[place] ?? 0) ^ 0x15), cat(0x07, first), ...more] }
}

/** A format that its mark alone shows: each mark before contents of several sizes; the mark damaged, and at the wrong place. */
export function marked(type: string, place: number, ...marks: readonly string[]): TypeSamples {
  const sizes = [40, 900, 70_000]
  const genuine = Array.from({ length: Math.max(sizes.length, marks.length) }, (_, n) => {
    const mark = marks[n % marks.length] ?? ''
    return cat(noise(place, n + 2).map((byte) => byte | 0x80) as Buffer, mark, noise(sizes[n % sizes.length] ?? 40, n))
  })
  const [mark = ''] = marks
  const broken = changed(latin(mark), 1, mark.charCodeAt(1) ^ 0x2a)
  return {
    type,
    genuine,
    near: [cat(Buffer.alloc(place, 0x90), broken, noise(100)), cat(Buffer.alloc(place, 0x90), 0x07, mark, noise(100))],
  }
}
