/** Very many patterns at once: each is tried only on texts that have within them what it surely needs. */
import type { RE2JS } from 're2js'
import { fold } from './fold.ts'
import { patternLiteral } from './pattern-literal.ts'

/** Takes steps from the budget of whoever asks. */
export type Spend = (steps: number) => void

/**
 * Patterns in one list that are tried on every text, because no three characters are sure to stand in what they match. Twice as many
 * would use up the steps of a rule at some long names, and mail that nobody can judge is put off until it is refused.
 */
export const MOST_UNSURE = 200

/** Shorter texts are found everywhere. */
const SHORTEST = 3

interface Pattern {
  readonly compiled: RE2JS
  /** What stands in all that it matches, as small letters. */
  readonly literal: string
}

/** The patterns that are tried on every text. */
export function unsurePatterns(items: readonly string[]): readonly string[] {
  return items.filter((item) => patternLiteral(item).length < SHORTEST)
}

/** The question whether any of the patterns is found in a text. */
export function patternSearch(patterns: readonly (readonly [item: string, compiled: RE2JS])[]) {
  const always: Pattern[] = []
  const byGram = new Map<string, Pattern[]>()
  for (const [item, compiled] of patterns) {
    const literal = patternLiteral(item)
    const found = { compiled, literal }
    if (literal.length < SHORTEST) always.push(found)
    else shelve(found, byGram)
  }
  return (value: string, spend: Spend): boolean => {
    const steps = 1 + (value.length >> 2)
    const isFound = ({ compiled }: Pattern): boolean => {
      spend(steps)
      return compiled.test(value)
    }
    spend(steps)
    return always.some(isFound) || candidates(fold(value), byGram, spend).some(isFound)
  }
}

/** Many end alike: the three characters that the fewest others have tell most. */
function shelve(pattern: Pattern, byGram: Map<string, Pattern[]>): void {
  const { literal } = pattern
  let rarest: string | undefined
  let fewest = Infinity
  for (let at = 0; at + SHORTEST <= literal.length; at++) {
    const gram = literal.slice(at, at + SHORTEST)
    const count = byGram.get(gram)?.length ?? 0
    if (count < fewest) {
      rarest = gram
      fewest = count
    }
  }
  if (rarest === undefined) return
  const shelf = byGram.get(rarest)
  if (shelf) shelf.push(pattern)
  else byGram.set(rarest, [pattern])
}

/** Each pattern whose literal stands in the text, once. */
function candidates(folded: string, byGram: ReadonlyMap<string, readonly Pattern[]>, spend: Spend): readonly Pattern[] {
  if (byGram.size === 0) return []
  const found = new Set<Pattern>()
  const grams = new Set<string>()
  for (let at = 0; at + SHORTEST <= folded.length; at++) grams.add(folded.slice(at, at + SHORTEST))
  for (const gram of grams) {
    const shelf = byGram.get(gram)
    if (!shelf) continue
    spend(1 + (shelf.length >> 1))
    for (const pattern of shelf) if (folded.includes(pattern.literal)) found.add(pattern)
  }
  return [...found]
}
