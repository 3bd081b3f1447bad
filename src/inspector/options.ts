import { z } from 'zod'
import { count, duration, secret, size } from '../core/index.ts'

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
    messagesPerProcess: count(5000, 'messages after which a parser process is replaced'),
    lifetime: duration('1h', 'time after which a parser process is replaced that has read anything'),
    memory: size('700MiB', 'memory of one parser process (RLIMIT_DATA)'),
    user: z
      .string()
      .default('peekaboo-inspector')
      .describe(
        'user that parser processes run as when started by root; nobody where it does not exist (default peekaboo-inspector)',
      ),
    passwords: secret(
      'passwords of the site, one a line, that are tried at what is encrypted besides those that the message says: { file: /PATH } or { env: NAME }',
    ).optional(),
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
        wall: duration('60s', 'longest time to read or open a message, whatever the processors do'),
        containerDepth: count(12, 'containers within containers', 1, 50),
        containerMembers: count(10_000, 'members of all containers of a message', 1, 100_000),
        containerBytes: size('1GiB', 'expanded bytes of all members of a message'),
        containerMemory: size('192MiB', 'expanded bytes of one container, or of one member, that must be in memory'),
        containerRatio: count(200, 'expanded bytes of a container for each of its own, beyond 8 MiB'),
        containerTime: duration('8s', 'processor time after which nothing further is opened (at most 80% of `cpu`)'),
        passwordTries: count(20, 'passwords that are tried at the containers of a message'),
        passwordTime: duration('3s', 'processor time that trying passwords may take'),
      })
      .prefault({})
      .describe('what ends the reading or opening of a message as unscannable, the limit named'),
  })
  .prefault({})
  .describe('the processes that read hostile bytes')

export type InspectorOptions = z.output<typeof inspectorOptions>
