import { z } from 'zod'
import { count, duration, size } from '../core/index.ts'

export const inspectorOptions = z
  .strictObject({
    socket: z
      .string()
      .default('')
      .describe('unix socket of a separate `peekaboo inspector`; empty (default): the filter starts one itself'),
    processes: count(2, 'parser processes that work at the same time', 1, 256),
    queue: count(
      200,
      'messages that may wait for a parser process, and as many that are still sent; beyond it they are answered 451',
      1,
      100_000,
    ),
    messagesPerProcess: count(1000, 'messages after which a parser process is replaced'),
    memory: size('700MiB', 'memory of one parser process (RLIMIT_DATA)'),
    user: z
      .string()
      .default('peekaboo-inspector')
      .describe(
        'user that parser processes run as when started by root; nobody where it does not exist (default peekaboo-inspector)',
      ),
    limits: z
      .strictObject({
        messageSize: size('100MiB', 'largest message that is read'),
        parts: count(10_000, 'parts of a message'),
        mimeDepth: count(100, 'multiparts within multiparts'),
        messageDepth: count(20, 'messages within messages'),
        headerBytes: size('1MiB', 'header of one part'),
        // 10,000 parts take two seconds; the limit must not be met by good mail on a machine four times slower.
        cpu: duration('10s', 'processor time to read a message'),
        cpuPerMegabyte: duration('100ms', 'further processor time for each megabyte'),
        wall: duration('60s', 'longest time to read a message, whatever the processors do'),
      })
      .prefault({})
      .describe('what ends a reading as unscannable, the limit named'),
  })
  .prefault({})
  .describe('the processes that read hostile bytes')

export type InspectorOptions = z.output<typeof inspectorOptions>
