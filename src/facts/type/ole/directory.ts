/** The entries of a compound file's directory ([MS-CFB] 2.6). */
import { type Excerpt, u16, u32 } from '../excerpt.ts'
import { directorySectors, type OleHeader } from './header.ts'

/** A storage or a stream. */
export interface Entry {
  readonly name: string
  readonly isRoot: boolean
  readonly isStream: boolean
  readonly classId: string
  readonly start: number
  readonly size: number
}

const ENTRY_BYTES = 128

/** All entries that were kept. */
export function readEntries(sample: Excerpt, header: OleHeader): readonly Entry[] {
  const { sectors } = directorySectors(sample, header)
  return sectors.flatMap((sector) =>
    Array.from({ length: Math.floor(sector.length / ENTRY_BYTES) }, (_, n) => entryAt(sector, n * ENTRY_BYTES)).filter(
      (entry) => entry !== undefined,
    ),
  )
}

function entryAt(sector: Buffer, at: number): Entry | undefined {
  const length = u16(sector, at + 64)
  const kind = sector[at + 66] ?? 0
  if (![1, 2, 5].includes(kind) || length < 2 || length > 64) return undefined
  return {
    name: sector.toString('utf16le', at, at + length - 2),
    isRoot: kind === 5,
    isStream: kind === 2,
    classId: sector.toString('hex', at + 80, at + 96),
    start: u32(sector, at + 116),
    size: u32(sector, at + 120),
  }
}
