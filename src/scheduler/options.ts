import { z } from 'zod'
import { count, duration } from '../core/index.ts'

export const schedulerOptions = z
  .strictObject({
    lease: duration('60s', 'time after which another node may take over an analysis whose owner is silent'),
    poll: duration('2s', 'time between two questions about a running analysis'),
    maxAge: duration('30m', 'longest time of one analysis by our own clock'),
    attempts: count(3, 'attempts of one analysis', 1, 20),
  })
  .prefault({})
  .describe('how analyses are run')

export type SchedulerOptions = z.output<typeof schedulerOptions>
