/**
 * The one list of types: what detectors may answer, which group each belongs to, and which extensions customarily name it. Media types
 * are IANA's where it has one, else what the programs concerned or libmagic use, else an `x-` name of our own.
 */
import { BINARY_TYPES } from './catalog/binary.ts'
import { CONTAINER_TYPES } from './catalog/container.ts'
import { DOCUMENT_TYPES } from './catalog/document.ts'
import type { CatalogPart, Group } from './catalog/group.ts'
import { TEXT_TYPES } from './catalog/text.ts'

/** What the catalog knows about one media type. */
export interface CatalogEntry {
  readonly type: string
  readonly group: Group
  /** Lower case, without the dot, the most usual first. */
  readonly extensions: readonly string[]
}

/** Every type that a detector can answer. */
export const CATALOG: ReadonlyMap<string, CatalogEntry> = new Map(
  [BINARY_TYPES, CONTAINER_TYPES, DOCUMENT_TYPES, TEXT_TYPES].flatMap(entriesOf).map((entry) => [entry.type, entry]),
)

const BY_EXTENSION: ReadonlyMap<string, readonly CatalogEntry[]> = byExtension()

/** The group of a media type; undefined where the catalog does not have it. */
export function groupOf(type: string): Group | undefined {
  return CATALOG.get(type)?.group
}

/** The types that an extension (lower case, without the dot) customarily names. */
export function typesNamed(extension: string): readonly CatalogEntry[] {
  return BY_EXTENSION.get(extension) ?? []
}

function entriesOf(part: CatalogPart): CatalogEntry[] {
  return Object.entries(part).flatMap(([group, types]) =>
    Object.entries(types).map(([type, extensions]) => ({
      type,
      group: group as Group,
      extensions: extensions.split(' ').filter((extension) => extension !== ''),
    })),
  )
}

function byExtension(): Map<string, CatalogEntry[]> {
  const found = new Map<string, CatalogEntry[]>()
  for (const entry of CATALOG.values()) {
    for (const extension of entry.extensions) found.set(extension, [...(found.get(extension) ?? []), entry])
  }
  return found
}
