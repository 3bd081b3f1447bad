/** Which places beyond the head a sample's first bytes point to: the rest of the bytes goes by once, so they are asked for in time. */
import { programPlaces } from './binary/pe.ts'
import { HEAD_BYTES } from './excerpt.ts'
import { directoryPlaces } from './ole/header.ts'

/** So many first bytes tell all places. */
export const PLAN_BYTES = 4096
/** More is never kept, whatever the headers say. */
const MAX_PLACES = 4

/** A stretch of the sample that is kept. */
export interface Place {
  readonly at: number
  readonly end: number
}

const NONE: readonly Place[] = []

/** The stretches to keep besides head and tail, in order. */
export function placesToKeep(start: Buffer): readonly Place[] {
  const [first] = start
  if (first !== 0x4d && first !== 0xd0) return NONE
  return (first === 0x4d ? programPlaces(start) : directoryPlaces(start))
    .map(([at, length]) => ({ at: Math.max(at, HEAD_BYTES), end: at + length }))
    .filter(({ at, end }) => at < end)
    .slice(0, MAX_PLACES)
}
