import { z } from 'zod'
import { checkPlaces, sandboxShape } from '../sandbox/options.ts'

/** CAPEv2 by its `apiv2`: one or several hosts. */
export const capeOptions = z
  .strictObject({
    type: z.literal('cape'),
    ...sandboxShape,
    liteReport: z
      .boolean()
      .default(false)
      .describe(
        'asks for the small report, which reporting.conf [litereport] must switch on; else the whole is read (default false)',
      ),
  })
  .superRefine(checkPlaces)
  .describe('CAPEv2 by its REST API (apiv2)')

export type CapeOptions = z.output<typeof capeOptions>
