/** Formats whose mark is short or common: the fields around it must make sense too. */
import type { Excerpt } from '../excerpt.ts'
import { DATA_DETECTORS } from './data.ts'
import type { Detect, Detector } from './detector.ts'
import { DISK_DETECTORS } from './disk.ts'
import { KEY_DETECTORS } from './key.ts'
import { MEDIA_DETECTORS } from './media.ts'
import { PACKED_DETECTORS } from './packed.ts'
import { PICTURE_DETECTORS } from './picture.ts'
import { PROGRAM_DETECTORS } from './program.ts'

const ALL: readonly Detector[] = [
  ...PROGRAM_DETECTORS,
  ...PICTURE_DETECTORS,
  ...MEDIA_DETECTORS,
  ...PACKED_DETECTORS,
  ...DATA_DETECTORS,
  ...KEY_DETECTORS,
  ...DISK_DETECTORS,
]
const BY_FIRST_BYTE: readonly (readonly Detect[])[] = Array.from({ length: 256 }, (_, byte) =>
  ALL.filter(([bytes, , at = 0]) => at === 0 && (bytes === undefined || bytes.includes(byte))).map(([, look]) => look),
)
/** Looks for which another byte than the first tells whether they are worth it, in the order of its place. */
const ELSEWHERE: readonly (readonly [at: number, byte: number, detect: Detect])[] = ALL.flatMap(
  ([bytes = [], detect, at = 0]) => (at === 0 ? [] : bytes.map((byte) => [at, byte, detect] as const)),
).sort(([a], [b]) => a - b)

/** Types by their headers. */
export function typesByHeader(sample: Excerpt): string[] {
  const { head } = sample
  const found: string[] = []
  for (const detect of BY_FIRST_BYTE[head[0] ?? 0] ?? []) for (const type of detect(sample)) found.push(type)
  for (const [at, byte, detect] of ELSEWHERE) {
    if (at >= head.length) break
    if (head[at] === byte) for (const type of detect(sample)) found.push(type)
  }
  return found
}
