/** The groups of types: what somebody who opens such a file must expect. */
export const GROUPS = [
  'executable',
  'script',
  'shortcut',
  'office',
  'document',
  'markup',
  'archive',
  'disk',
  'image',
  'audio',
  'video',
  'font',
  'message',
  'calendar',
  'crypto',
  'database',
  'data',
  'source',
  'text',
] as const

/** A group of types. */
export type Group = (typeof GROUPS)[number]

/** Group → media type → its extensions, separated by blanks. */
export type CatalogPart = Readonly<Partial<Record<Group, Readonly<Record<string, string>>>>>
