import { z } from 'zod'

export const rulesOptions = z
  .strictObject({
    dirs: z.array(z.string()).default([]).describe("folders of the site's own rules, read before the shipped ones"),
  })
  .prefault({})
  .describe('the ruleset')

/** Roles that the rules which come with the filter may name, whether somebody configured them or not. */
export const STANDARD_ROLES: readonly string[] = ['av', 'lookup', 'sandbox']

export type RulesOptions = z.output<typeof rulesOptions>
