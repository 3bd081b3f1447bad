/** "Did you mean": the candidate that a slip of the fingers turns into what was written. */

const LONGEST = 64

/** The candidate nearest to a word, if any is near enough to be meant. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > LONGEST) return undefined
  let best: string | undefined
  let least = Math.max(1, Math.floor(word.length / 3)) + 1
  for (const candidate of candidates) {
    const cost = candidate.length > LONGEST ? least : distance(word.toLowerCase(), candidate.toLowerCase())
    if (cost < least) [best, least] = [candidate, cost]
  }
  return best
}

/** Insertions, deletions, substitutions and swaps of neighbours that lead from one word to the other (optimal string alignment). */
function distance(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) row[j] = cell(a, b, i, j, row, last, before)
    before = last
    last = row
  }
  return last[b.length] ?? 0
}

function cell(a: string, b: string, i: number, j: number, row: number[], last: number[], before: number[]): number {
  const same = a[i - 1] === b[j - 1] ? 0 : 1
  const cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same)
  const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
  return swapped ? Math.min(cost, (before[j - 2] ?? 0) + 1) : cost
}
