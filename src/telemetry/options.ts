import { z } from 'zod'

export const telemetryOptions = z
  .strictObject({
    level: z
      .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
      .default('info')
      .describe('least important event that is logged (default info)'),
  })
  .prefault({})
  .describe('the log')

export type TelemetryOptions = z.output<typeof telemetryOptions>
