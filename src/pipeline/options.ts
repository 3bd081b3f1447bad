import { z } from 'zod'
import { size } from '../core/index.ts'

export const pipelineOptions = z
  .strictObject({
    memoryPerMessage: size('256KiB', 'a message up to this size is kept in memory, a larger one in a spool file'),
    memory: size('256MiB', 'memory for all messages together'),
    spool: size('2GiB', 'spool files together'),
  })
  .prefault({})
  .describe('where messages are kept while they are in work')

export type PipelineOptions = z.output<typeof pipelineOptions>
