import { nearest } from '../core/index.ts'

/** What to write instead of an unknown word: the nearest candidate, else all of them. */
export function suggest(word: string, candidates: readonly string[], what: string): string {
  const meant = nearest(word, candidates)
  if (meant !== undefined) return `did you mean "${meant}"?`
  return candidates.length === 0 ? '' : `${what}: ${candidates.join(', ')}`
}
