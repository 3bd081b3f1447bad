/** What was written, with the place of every key and value: YAML files and command line alike become such trees and are merged. */

/** Where something was written. `line` and `column` count from 1; 0 where the origin has no lines, as the command line. */
export interface Place {
  readonly origin: string
  readonly line: number
  readonly column: number
}

/** A value as written. */
export type Tree = ScalarTree | ListTree | MapTree
export interface ScalarTree {
  readonly kind: 'scalar'
  readonly value: string | number | boolean | null
  readonly place: Place
}
export interface ListTree {
  readonly kind: 'list'
  readonly items: readonly Tree[]
  readonly place: Place
}
export interface MapTree {
  readonly kind: 'map'
  readonly entries: ReadonlyMap<string, Entry>
  readonly place: Place
}
export interface Entry {
  readonly keyPlace: Place
  readonly value: Tree
}

/** Keys and list positions from the root. */
export type Path = readonly (string | number)[]

/** Lays one tree over another: maps merge deeply; lists and single values replace what was there. */
export function mergeTrees(under: Tree, over: Tree): Tree {
  if (under.kind !== 'map' || over.kind !== 'map') return over
  const entries = new Map(under.entries)
  for (const [key, entry] of over.entries) {
    const before = entries.get(key)
    entries.set(key, before ? { ...entry, value: mergeTrees(before.value, entry.value) } : entry)
  }
  return { ...over, entries }
}

/** The plain value of a tree; maps become objects without a prototype, so that no key means more than it says. */
export function plainValue(tree: Tree): unknown {
  if (tree.kind === 'scalar') return tree.value
  if (tree.kind === 'list') return tree.items.map(plainValue)
  const object: Record<string, unknown> = Object.create(null)
  for (const [key, entry] of tree.entries) object[key] = plainValue(entry.value)
  return object
}

/** Builds the tree of a plain value that came from somewhere without lines. */
export function treeOf(value: unknown, origin: string): Tree {
  const place = { origin, line: 0, column: 0 }
  if (Array.isArray(value)) return { kind: 'list', items: value.map((item) => treeOf(item, origin)), place }
  if (typeof value !== 'object' || value === null) {
    return { kind: 'scalar', value: value as ScalarTree['value'], place }
  }
  const entries = Object.entries(value).map(
    ([key, item]) => [key, { keyPlace: place, value: treeOf(item, origin) }] as const,
  )
  return { kind: 'map', entries: new Map(entries), place }
}

/** Place of what stands at a path: of its key where it has one; where it is not written, of what lies around it. */
export function placeOf(tree: Tree, path: Path): Place {
  let at = tree
  let place = tree.place
  for (const step of path) {
    const entry = at.kind === 'map' ? at.entries.get(String(step)) : undefined
    const next = entry ? entry.value : at.kind === 'list' ? at.items[Number(step)] : undefined
    if (!next) return place
    place = entry ? entry.keyPlace : next.place
    at = next
  }
  return place
}

/** What stands at a path, undefined where nothing was written. */
export function treeAt(tree: Tree, path: Path): Tree | undefined {
  let at: Tree | undefined = tree
  for (const step of path) {
    if (at?.kind === 'map') at = at.entries.get(String(step))?.value
    else at = at?.kind === 'list' ? at.items[Number(step)] : undefined
  }
  return at
}

/** Where the value itself stands, for errors about a value rather than its key. */
export function valuePlaceOf(tree: Tree, path: Path): Place {
  return treeAt(tree, path)?.place ?? placeOf(tree, path)
}
