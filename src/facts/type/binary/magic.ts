/** Looks marks up by the first two bytes of the content: a sample is compared with a few of them, not with all. */
import { be16, type Excerpt, hasMark, mark } from '../excerpt.ts'
import { MARKS } from './marks.ts'

interface Magic {
  readonly type: string
  readonly at: number
  readonly bytes: Buffer
}

const ALL: readonly Magic[] = MARKS.map(([type, text, at = 0]) => ({ type, at, bytes: mark(text) }))
const BY_START: ReadonlyMap<number, readonly Magic[]> = Map.groupBy(
  ALL.filter(({ at }) => at === 0),
  ({ bytes }) => bytes.readUInt16BE(0),
)
const ELSEWHERE: readonly Magic[] = ALL.filter(({ at }) => at > 0).sort((a, b) => a.at - b.at)

const NONE: readonly Magic[] = []

/** Types whose marks the content has. */
export function typesByMark({ head }: Excerpt): string[] {
  const found: string[] = []
  for (const { type, bytes } of BY_START.get(be16(head, 0)) ?? NONE) if (hasMark(head, bytes)) found.push(type)
  for (const { type, bytes, at } of ELSEWHERE) {
    if (at >= head.length) break
    if (head[at] === bytes[0] && hasMark(head, bytes, at)) found.push(type)
  }
  return found
}
