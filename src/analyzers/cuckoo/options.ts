import { z } from 'zod'
import { checkPlaces, sandboxShape } from '../sandbox/options.ts'

/** Cuckoo 2 by its REST API: one or several hosts. */
export const cuckooOptions = z
  .strictObject({ type: z.literal('cuckoo'), ...sandboxShape })
  .superRefine(checkPlaces)
  .describe('Cuckoo 2 by its REST API (cuckoo api)')

export type CuckooOptions = z.output<typeof cuckooOptions>
