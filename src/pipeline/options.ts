import { z } from 'zod'
import { size } from '../core/index.ts'

export const pipelineOptions = z
  .strictObject({
    memoryPerMessage: size(
      '256KiB',
      'a larger message goes to a spool file when it is held or half of `memory` is in use, one of four times the size at once',
    ),
    memory: size('256MiB', 'memory for all messages together'),
    spool: size('2GiB', 'spool files together'),
  })
  .prefault({})
  .describe('where messages are kept while they are in work')

export type PipelineOptions = z.output<typeof pipelineOptions>
