import { z } from 'zod'

export const httpOptions = z
  .strictObject({
    listen: z
      .string()
      .default('127.0.0.1:8100')
      .describe('address of health checks (default 127.0.0.1:8100); off for none'),
  })
  .prefault({})
  .describe('health checks')

export type HttpOptions = z.output<typeof httpOptions>
