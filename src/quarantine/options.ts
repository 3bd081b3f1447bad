import { hostname } from 'node:os'
import { z } from 'zod'
import { count, size } from '../core/index.ts'

const name = /^[A-Za-z0-9._-]{1,64}$/

export const quarantineOptions = z
  .strictObject({
    host: z
      .string()
      .regex(/^[A-Za-z0-9._-]{1,255}$/, 'must be a host name')
      .default(hostname().replace(/[^A-Za-z0-9._-]/g, '-') || 'localhost')
      .describe('name of this host in the store that several share (default: as the system says)'),
    instances: z
      .record(
        z.string().regex(name, 'must be 1 to 64 letters, digits, dots, dashes or underscores'),
        z.string().regex(/^\//, 'must be an absolute path'),
      )
      .default({ postfix: '/etc/postfix' })
      .describe('configuration folder of each Postfix of this host by its name (default postfix: /etc/postfix)'),
    commands: z
      .string()
      .regex(/^\//, 'must be an absolute path')
      .default('/usr/sbin')
      .describe('folder of postsuper, postqueue, postcat, postconf and sendmail (default /usr/sbin)'),
    messages: count(1000, 'messages in the hold queue beyond which none is quarantined but answered 451'),
    bytes: size('1GiB', 'size of all of them beyond which none is quarantined but answered 451'),
    alert: count(100, 'messages in the hold queue from which on the log warns'),
    from: z
      .string()
      .regex(/^[^\s<>,;]{1,254}$/, 'must be an address')
      .default('MAILER-DAEMON')
      .describe('sender that the notice of a return shows (default MAILER-DAEMON)'),
  })
  .prefault({})
  .describe('messages that wait in the hold queue of Postfix')

export type QuarantineOptions = z.output<typeof quarantineOptions>
