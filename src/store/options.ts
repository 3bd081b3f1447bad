import { z } from 'zod'
import { duration } from '../core/index.ts'

export const storeOptions = z
  .strictObject({
    url: z
      .string()
      .regex(/^(sqlite:.*|memory:)$/, 'must be sqlite:PATH or memory:')
      .default('sqlite:')
      .describe(
        'sqlite:PATH (a path that is not absolute lies in the data directory; default peekaboo.db there) or memory:',
      ),
    timeout: duration('2s', 'longest time of one statement'),
  })
  .prefault({})
  .describe('where facts, reports and stories are kept')

export type StoreOptions = z.output<typeof storeOptions>
