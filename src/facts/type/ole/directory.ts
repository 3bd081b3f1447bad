/** The entries of a compound file's directory ([MS-CFB] 2.6). */
import { type Excerpt, u16, u32 } from '../excerpt.ts'
import { directorySectors, type OleHeader } from './header.ts'

/** A storage or a stream. */
export interface Entry {
  readonly name: string
  readonly isRoot: boolean
  readonly isStream: boolean
  /** Of the root only. */
  readonly classId: string
  readonly start: number
  readonly size: number
}

const ENTRY_BYTES = 128

/** All entries that were kept. */
export function readEntries(sample: Excerpt, header: OleHeader): readonly Entry[] {
  const { sectors } = directorySectors(sample, header)
  const entries: Entry[] = []
  for (const sector of sectors) {
    for (let at = 0; at + ENTRY_BYTES <= sector.length; at += ENTRY_BYTES) {
      const entry = entryAt(sector, at)
      if (entry !== undefined) entries.push(entry)
    }
  }
  return entries
}

function entryAt(sector: Buffer, at: number): Entry | undefined {
  const length = u16(sector, at + 64)
  const kind = sector[at + 66] ?? 0
  if ((kind !== 1 && kind !== 2 && kind !== 5) || length < 2 || length > 64) return undefined
  return {
    name: sector.toString('utf16le', at, at + length - 2),
    isRoot: kind === 5,
    isStream: kind === 2,
    classId: kind === 5 ? sector.toString('hex', at + 80, at + 96) : '',
    start: u32(sector, at + 116),
    size: u32(sector, at + 120),
  }
}
