/** Equality of values, by content. */
import type { Known } from './scope.ts'

/** Whether two values of the same type are equal. */
export function isEqual(a: Known | undefined, b: Known | undefined): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object') return false
  if (isList(a) || isList(b)) {
    return isList(a) && isList(b) && a.length === b.length && a.every((item, i) => isEqual(item, b[i]))
  }
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => isEqual(a[key], b[key]))
}

/** Tells lists from records. */
export function isList(value: Known): value is readonly Known[] {
  return Array.isArray(value)
}

/** The items of a value that the type check found to be a list. */
export function itemsOf(value: Known): readonly Known[] {
  return isList(value) ? value : []
}
