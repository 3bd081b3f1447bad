/** What an operator asks of a store without starting it: nothing is migrated and nothing is written. */

export interface StoreStatus {
  /** Where it is, without any password. */
  readonly name: string
  /** Version of its schema, 0 where there is none yet. */
  readonly version: number
  /** The oldest version whose programs may use it. */
  readonly minReader: number
  /** The version that this program knows. */
  readonly newest: number
  /** Size on disk in bytes, about. */
  readonly bytes: number
  /** Number of rows by what they are. */
  readonly rows: Readonly<Record<string, number>>
  /** The store's clock, Unix milliseconds, where it is not that of this machine. */
  readonly now?: number
}

/** The rows that are counted; the names are what `status` shows. */
export const COUNTED = {
  facts: 'FACTS',
  'analyses finished': "analysis WHERE state IN ('reported', 'failed')",
  'analyses under way': "analysis WHERE state NOT IN ('reported', 'failed')",
  stories: 'story',
  'stories that go on': 'story WHERE is_over = 0',
  tries: 'story_try',
  samples: 'story_sample',
  sightings: 'SIGHTING',
  overrides: 'OVERRIDE',
  'brake, rules off': 'operator_switch',
  'held messages': 'held WHERE is_over = 0',
} as const satisfies Record<string, string>
