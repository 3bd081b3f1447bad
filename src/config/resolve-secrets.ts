import { Secret } from '../core/index.ts'
import type { Surroundings } from './data-dir.ts'
import type { Problem } from './problem.ts'
import { folderOf, readSecret } from './secret.ts'
import { type Path, type Tree, valuePlaceOf } from './tree.ts'

/** Reads every secret in a checked value from where it lies; a problem for each that is not there, placed where it is named. */
export function resolveSecrets(value: unknown, path: Path, tree: Tree, surroundings: Surroundings): readonly Problem[] {
  if (value instanceof Secret) {
    const place = valuePlaceOf(tree, path)
    const message = readSecret(value, surroundings.env, folderOf(place.origin))
    return message === '' ? [] : [{ place, path, message, remedy: 'put the secret there, or name where it lies' }]
  }
  if (typeof value !== 'object' || value === null) return []
  const steps = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
  return steps.flatMap(([step, inner]) => resolveSecrets(inner, [...path, step], tree, surroundings))
}
