import { z } from 'zod'
import { count, duration } from '../core/index.ts'

export const schedulerOptions = z
  .strictObject({
    lease: duration('60s', 'time after which another node may take over an analysis whose owner is silent'),
    poll: duration('2s', 'time between two questions about a running analysis'),
    maxAge: duration('30m', 'longest time of one analysis by our own clock'),
    attempts: count(3, 'attempts of one analysis', 1, 20),
    queue: count(10_000, 'samples that may wait for one analyzer; beyond it they are refused until there is room', 1),
    runsPerMessage: count(10, 'sandbox runs that one message may cause; beyond it `unanalysed(cap)`', 1),
    reportLife: duration(
      '24h',
      'how long a report of a sandbox counts with a score below 5; renewed from half of it on',
    ),
    linkedReportLife: duration('2h', 'the same where the sample leads to other places, which may change'),
  })
  .prefault({})
  .describe('how analyses are run')

export type SchedulerOptions = z.output<typeof schedulerOptions>
