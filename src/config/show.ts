/** The configuration in force, written as an operator would write it: units kept, secrets only as where they lie. */
import { Document, isMap, isScalar, isSeq } from 'yaml'
import { formatPlace } from './problem.ts'
import { configSchema, type JsonSchema, schemasAt } from './schema.ts'
import { type Path, plainValue, type Tree, treeAt } from './tree.ts'

/** YAML of everything that is in force; behind each value that is no default stands where it was written. */
export function showConfig(tree: Tree, dataDir: string): string {
  const value = withDefaults(configSchema(), plainValue(tree), []) as Record<string, unknown>
  const document = new Document({ dataDir, ...value }, { aliasDuplicateObjects: false })
  addPlaces(document.contents, tree, [])
  return document.toString({ lineWidth: 0 })
}

/** Every key that has a default and was not written; where alternatives exist, only what was written is known to fit. */
function withDefaults(schema: JsonSchema, written: unknown, path: Path): unknown {
  if (Array.isArray(written)) return written.map((item, i) => withDefaults(schema, item, [...path, i]))
  if (typeof written !== 'object' || written === null) return written
  const [at, ...others] = schemasAt(schema, path)
  const values: Record<string, unknown> = { ...written }
  if (others.length === 0) {
    for (const [key, { default: standard }] of Object.entries(at?.properties ?? {})) values[key] ??= standard
  }
  const entries = Object.entries(values).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries.map(([key, value]) => [key, withDefaults(schema, value, [...path, key])]))
}

function addPlaces(node: unknown, tree: Tree, path: Path): void {
  if (isMap(node)) {
    for (const { key, value } of node.items) addPlaces(value, tree, [...path, isScalar(key) ? String(key.value) : ''])
  } else if (isSeq(node)) {
    for (const [i, item] of node.items.entries()) addPlaces(item, tree, [...path, i])
  } else if (isScalar(node)) {
    const written = treeAt(tree, path)
    if (written) node.comment = ` ${formatPlace(written.place)}`
  }
}
