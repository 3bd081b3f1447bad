import { z } from 'zod'
import { count, duration, secret } from '../core/index.ts'

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

/** Where events are told that somebody should act on. */
export const eventsOptions = z
  .strictObject({
    webhook: z
      .strictObject({
        url: z
          .url({ protocol: /^https?$/, error: 'must be an address that begins with http:// or https://' })
          .refine((url) => !/^https?:\/\/[^/]*@/.test(url), 'must not hold a password: the secret signs each event')
          .describe('address to which each event is sent by POST'),
        secret: secret('secret that signs each event'),
        ca: secret('PEM file of the certificates that are trusted instead of the system’s').optional(),
        timeout: duration('10s', 'longest time of one try'),
        attempts: count(24, 'tries of one event, with pauses from 1 s to 1 h: half a day', 1, 1000),
      })
      .optional()
      .describe('a service of the site; without it the log alone tells'),
  })
  .prefault({})
  .describe('events that somebody should act on, such as a delivered sample that turned bad')

export type WebhookOptions = NonNullable<z.output<typeof eventsOptions>['webhook']>
