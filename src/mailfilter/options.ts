import { z } from 'zod'
import { count, DIRECTIONS, duration } from '../core/index.ts'

export const milterOptions = z
  .strictObject({
    listeners: z
      .array(
        z.strictObject({
          listen: z
            .string()
            .regex(
              /^(inet:.+:\d{1,5}|unix:\/.+|systemd:[A-Za-z0-9@._-]+)$/,
              'must be inet:HOST:PORT, unix:/PATH or systemd:NAME',
            )
            .describe(
              'inet:HOST:PORT or unix:/PATH, as Postfix writes it, or systemd:NAME, a socket that systemd opens and keeps (FileDescriptorName=NAME)',
            ),
          profile: z.string().default('mx').describe('profile of the mail that comes in here (default mx)'),
          direction: z
            .enum(DIRECTIONS)
            .optional()
            .describe('what rules are told as message.direction (default: by login and address of the client)'),
          instance: z
            .string()
            .optional()
            .describe('name of the Postfix that connects here, one of quarantine.instances (default postfix)'),
        }),
      )
      .min(1)
      .prefault([{ listen: 'inet:127.0.0.1:8095', profile: 'mx' }])
      .describe('where Postfix connects'),
    authServers: z
      .array(z.string().min(1))
      .default([])
      .describe(
        'names that our own servers write into Authentication-Results; they must remove such fields of strangers, and come before this filter',
      ),
    connections: count(1000, 'SMTP sessions at the same time'),
    held: count(33, 'messages whose answer is held at the same time; beyond it 451 at once'),
    progress: duration('5s', 'time between two signs of life while an answer is held'),
    deadline: duration('240s', "longest time to an answer; below Postfix's content time-out of 300 s"),
    grace: duration('30s', 'time that messages in work are given when the filter stops'),
  })
  .prefault({})
  .describe('the side towards Postfix')

export type MilterOptions = z.output<typeof milterOptions>
