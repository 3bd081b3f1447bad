import { z } from 'zod'

export const rulesOptions = z
  .strictObject({
    dirs: z.array(z.string()).default([]).describe("folders of the site's own rules, read before the shipped ones"),
  })
  .prefault({})
  .describe('the ruleset')

export type RulesOptions = z.output<typeof rulesOptions>
