/** Lists that lie in files of their own: read with the configuration, and again when they change. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { entriesOf, type ListEntry, TextList } from '../core/index.ts'
import type { Problem } from './problem.ts'
import { folderOf } from './secret.ts'
import { type Path, type Tree, valuePlaceOf } from './tree.ts'

const LARGEST_BYTES = 8 * 1024 * 1024
const MOST_ENTRIES = 100_000

/** What a file holds, or what is wrong with it. */
export type ReadList = { readonly entries: readonly ListEntry[] } | { readonly problem: string }

/** Reads the file of a list: one entry a line, in UTF-8. */
export function readListFile(path: string): ReadList {
  try {
    const bytes = readFileSync(path)
    if (bytes.length > LARGEST_BYTES) return { problem: `${path} is larger than ${LARGEST_BYTES >> 20} MiB` }
    const entries = entriesOf(new TextDecoder('utf-8', { fatal: true }).decode(bytes), path)
    return entries.length > MOST_ENTRIES ? { problem: `${path} has more than ${MOST_ENTRIES} entries` } : { entries }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why = code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'it is not UTF-8' : (code ?? 'error')
    return { problem: `${path} cannot be read (${why})` }
  }
}

/** Reads the files of all lists in a checked value; a problem for each that cannot be read, placed where it is named. */
export function resolveLists(value: unknown, path: Path, tree: Tree): readonly Problem[] {
  if (value instanceof TextList) {
    if (!('file' in value.source)) return []
    const place = valuePlaceOf(tree, path)
    const file = resolve(folderOf(place.origin), value.source.file)
    const read = readListFile(file)
    if ('problem' in read) {
      return [{ place, path, message: read.problem, remedy: 'an empty file is a list of nobody; put it there' }]
    }
    value.take(file, read.entries)
    return []
  }
  if (typeof value !== 'object' || value === null) return []
  const steps = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
  return steps.flatMap(([step, inner]) => resolveLists(inner, [...path, step], tree))
}

/** All lists with files of their own in a value. */
export function fileLists(value: unknown): readonly TextList[] {
  if (value instanceof TextList) return value.file === '' ? [] : [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(fileLists)
}
