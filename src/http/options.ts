import { z } from 'zod'
import { secret } from '../core/index.ts'

export const httpOptions = z
  .strictObject({
    listen: z
      .string()
      .default('127.0.0.1:8100')
      .describe('address of health checks (default 127.0.0.1:8100); off for none'),
    push: secret('secret with which a sandbox may say that an analysis has ended; without it none may').optional(),
  })
  .prefault({})
  .describe('health checks')

export type HttpOptions = z.output<typeof httpOptions>
