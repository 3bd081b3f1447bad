/** Which of what the memory store holds a removal means, as predicates. */
import { BAD_SCORE, type KnownContent, type Story } from '../../core/index.ts'
import type { Override } from '../override.ts'
import type { Removal } from '../removal.ts'
import type { Analysis, History } from '../store.ts'
import { endOf } from '../story-life.ts'

/** Facts with what their removal goes by. */
export interface Fact {
  readonly recipe: string
  readonly content: KnownContent
  readonly used: number
}

type Of<F extends Removal['from']> = Extract<Removal, { from: F }>

export function isFactMeant(removal: Of<'facts'>, fact: Fact, before: number): boolean {
  const { sha256, recipe, otherThanRecipe } = removal
  return (
    fact.recipe !== otherThanRecipe &&
    fact.used < before &&
    isSame(sha256, fact.content.sha256) &&
    isSame(recipe, fact.recipe)
  )
}

export function isAnalysisMeant(removal: Of<'analyses'>, row: Analysis, before: number): boolean {
  const { sha256, analyzer, revision, which } = removal
  const isWanted = isSame(sha256, row.sha256) && isSame(analyzer, row.analyzer) && isSame(revision, row.revision)
  return row.updated < before && isWanted && (which === undefined || which === kindOf(row))
}

export function isStoryMeant({ sha256, which, rulesetVersion }: Of<'stories'>, story: Story, before: number): boolean {
  const newest = story.tries.at(-1)
  const ended = newest?.state === 'answered' ? endOf(newest.answer) : ''
  const isOf = sha256 === undefined || story.samples.some(({ sample }) => sample.sha256 === sha256)
  const isWanted = which === undefined || (which === 'accepted') === (ended === 'accepted')
  return (newest?.at ?? 0) < before && isOf && isWanted && isSame(rulesetVersion, story.rulesetVersion)
}

export function isSightingMeant({ sha256 }: Of<'sightings'>, digest: string, seen: History, before: number): boolean {
  return seen.lastSeen < before && isSame(sha256, digest)
}

export function isOverrideMeant({ sha256 }: Of<'overrides'>, override: Override, before: number): boolean {
  const isOf = sha256 === undefined || (override.kind === 'sha256' && override.value === sha256)
  return override.until > 0 && override.until < before && isOf
}

/** Removes at most so many entries, or counts all that would go. */
export function removeFrom<K, V>(
  map: Map<K, V>,
  mayGo: (value: V, key: K) => boolean,
  limit: number,
  isDryRun: boolean,
): number {
  const meant = [...map].filter(([key, value]) => mayGo(value, key)).map(([key]) => key)
  if (isDryRun) return meant.length
  const gone = meant.slice(0, limit)
  for (const key of gone) map.delete(key)
  return gone.length
}

function kindOf({ state, report }: Analysis): 'bad' | 'harmless' | 'failed' | 'left' {
  if (state === 'reported') return (report?.score ?? 0) >= BAD_SCORE ? 'bad' : 'harmless'
  return state === 'failed' ? 'failed' : 'left'
}

function isSame(wanted: string | undefined, is: string): boolean {
  return wanted === undefined || wanted === is
}
