/** "Did you mean": the candidate that a slip of the fingers turns into what was written. */

/** What to write instead of an unknown word: the nearest candidate, else all of them. */
export function suggest(word: string, candidates: readonly string[], what: string): string {
  const meant = nearest(word, candidates)
  if (meant !== undefined) return `did you mean "${meant}"?`
  return candidates.length === 0 ? '' : `${what}: ${candidates.join(', ')}`
}

function nearest(word: string, candidates: readonly string[]): string | undefined {
  const allowed = Math.max(1, Math.floor(word.length / 3))
  const ranked = candidates
    .map((candidate) => ({ candidate, cost: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.cost - b.cost)
  const best = ranked[0]
  return best && best.cost <= allowed ? best.candidate : undefined
}

/** Insertions, deletions, substitutions and swaps of neighbours that lead from one word to the other. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 32 || a.length > 64) return Number.POSITIVE_INFINITY
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  const at = (i: number, j: number) => rows[i]?.[j] ?? 0
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    rows.push(row)
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(i - 2, j - 2) + 1 : replaced
      row[j] = Math.min(at(i - 1, j) + 1, (row[j - 1] ?? 0) + 1, replaced, swapped)
    }
  }
  return at(a.length, b.length)
}
