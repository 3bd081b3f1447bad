/** What is removed from a store, by age or by hand, and how both databases say it. */

import { BAD_SCORE } from '../core/index.ts'

interface Removed {
  /** Neither used nor changed for so long; absent for any age. */
  readonly olderThanMs?: number
  readonly sha256?: string
}

/** One kind of row, and which of them; what is not given does not restrict. */
export type Removal =
  | (Removed & {
      readonly from: 'facts'
      readonly recipe?: string
      /** Spares what this version of the inspector found. */
      readonly otherThanRecipe?: string
    })
  | (Removed & {
      readonly from: 'analyses'
      /** `left` is what nobody finished. */
      readonly which?: 'bad' | 'harmless' | 'failed' | 'left'
      readonly analyzer?: string
      readonly revision?: string
      /** Spares what a story that goes on has among its samples. */
      readonly sparesOpenStories?: boolean
    })
  | (Removed & { readonly from: 'stories'; readonly which?: 'accepted' | 'other'; readonly rulesetVersion?: string })
  | (Removed & { readonly from: 'sightings' })
  /** Overrides that ended so long ago. */
  | (Removed & { readonly from: 'overrides' })
  /** Held messages of which nothing is left to do. */
  | (Removed & { readonly from: 'held' })

/** Conditions with their values; the time and digests stand in the text, as both are ours and checked. */
export interface Where {
  readonly sql: string
  readonly values: readonly string[]
}

/** The rows of a removal as a condition on its table, in words that SQLite and MariaDB share. `time` is a number or an expression. */
export function whereOf(removal: Removal, time: string, abandonedAfterMs: number): Where {
  const parts: string[] = []
  const values: string[] = []
  const equals = (column: string, value: string | undefined) => {
    if (value === undefined) return
    parts.push(`${column} = ?`)
    values.push(value)
  }
  if (removal.olderThanMs !== undefined) {
    const before = `${time} - ${Math.round(removal.olderThanMs)}`
    parts.push(`${AGE[removal.from]} < ${before}`)
    // A program of schema version 1 does not say that it uses what it saves.
    if (removal.from === 'facts') parts.push(`saved < ${before}`)
  }
  if (removal.from === 'overrides') parts.push('until > 0')
  if (removal.from === 'facts' && removal.otherThanRecipe !== undefined) {
    parts.push('recipe <> ?')
    values.push(removal.otherThanRecipe)
  }
  if (removal.from === 'held') parts.push('is_over = 1')
  if (removal.sha256 !== undefined) parts.push(DIGEST[removal.from](removal.sha256))
  if (removal.from === 'facts') equals('recipe', removal.recipe)
  if (removal.from === 'stories') {
    if (removal.which) parts.push(`ended ${removal.which === 'accepted' ? '=' : '<>'} 'accepted'`)
    if (removal.rulesetVersion !== undefined) {
      // SQLite gives the text, MariaDB the text in quotes.
      parts.push("JSON_EXTRACT(facts, '$.rulesetVersion') IN (?, ?)")
      values.push(removal.rulesetVersion, JSON.stringify(removal.rulesetVersion))
    }
  }
  if (removal.from === 'analyses') {
    if (removal.which) parts.push(WHICH[removal.which])
    equals('analyzer', removal.analyzer)
    equals('revision', removal.revision)
    if (removal.sparesOpenStories) {
      parts.push(`NOT EXISTS (SELECT 1 FROM story_sample p JOIN story s ON s.id = p.story
        WHERE p.sha256 = analysis.sha256 AND s.is_over = 0 AND s.tried >= ${time} - ${abandonedAfterMs})`)
    }
  }
  return { sql: parts.length > 0 ? parts.join(' AND ') : '1 = 1', values }
}

const AGE: Readonly<Record<Removal['from'], string>> = {
  facts: 'used',
  analyses: 'updated',
  stories: 'tried',
  sightings: 'last_seen',
  overrides: 'until',
  held: 'updated',
}

const own = (sha256: string) => `sha256 = x'${sha256}'`
const DIGEST: Readonly<Record<Removal['from'], (sha256: string) => string>> = {
  facts: own,
  analyses: own,
  sightings: own,
  stories: (sha256) => `id IN (SELECT story FROM story_sample WHERE sha256 = x'${sha256}')`,
  overrides: (sha256) => `kind = 'sha256' AND value = '${sha256}'`,
  held: () => '1 = 0',
}

const SCORE = "COALESCE(JSON_EXTRACT(report, '$.score'), 0)"
const WHICH: Readonly<Record<'bad' | 'harmless' | 'failed' | 'left', string>> = {
  bad: `state = 'reported' AND ${SCORE} >= ${BAD_SCORE}`,
  harmless: `state = 'reported' AND ${SCORE} < ${BAD_SCORE}`,
  failed: "state = 'failed'",
  left: "state NOT IN ('reported', 'failed')",
}
