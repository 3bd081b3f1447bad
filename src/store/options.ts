import { z } from 'zod'
import { count, duration, secret } from '../core/index.ts'

const timeout = duration('2s', 'longest time of one statement')

const absolutePath = z.string().regex(/^\//, 'must be an absolute path')

/** Nothing goes while a message that needs it may be in work. */
function lifetime(standard: string, doc: string) {
  return duration(standard, doc).refine((ms) => ms >= 3_600_000, 'must be an hour or more')
}

const keep = z
  .strictObject({
    facts: lifetime('30d', 'how long facts of bytes that nobody sends any more are kept'),
    badReports: lifetime('30d', 'how long reports with a score of 5 and more are kept'),
    otherReports: lifetime('24h', 'how long other reports are kept: the analyzer is asked again afterwards'),
    accepted: lifetime('7d', 'how long the stories of delivered messages are kept'),
    refused: lifetime('90d', 'how long the stories of all other messages are kept'),
    sightings: lifetime('90d', 'how long it is known when bytes were seen that nobody sends any more'),
    held: lifetime(
      '90d',
      'how long it is known what became of messages that were quarantined; never shorter than refused',
    ),
    every: duration('10m', 'time between two rounds that remove what is too old').refine(
      (ms) => ms >= 1000,
      'must be a second or more',
    ),
  })
  .prefault({})
  .describe('how long what is known is kept')

const embedded = z.strictObject({
  type: z.literal('sqlite').optional().describe('sqlite: one file beside the filter (the default)'),
  url: z
    .string()
    .regex(/^(sqlite:.*|memory:)$/, 'must be sqlite:PATH or memory:')
    .default('sqlite:')
    .describe(
      'sqlite:PATH (a path that is not absolute lies in the data directory; default peekaboo.db there) or memory:',
    ),
  timeout,
  keep,
})

const tls = z
  .strictObject({
    ca: absolutePath
      .optional()
      .describe("file of the authority that signed the server's certificate (default: those of the system)"),
    cert: absolutePath.optional().describe('file of our own certificate, where the server wants one'),
    key: absolutePath.optional().describe('file of the key of our own certificate'),
    verify: z.boolean().default(true).describe("whether the server's certificate is checked (default true)"),
  })
  .describe('encrypts the connection')

const mariadb = z.strictObject({
  type: z.literal('mariadb').describe('mariadb: one database for several nodes, a single server or Galera'),
  host: z.string().min(1).max(255).default('127.0.0.1').describe('name or address of the server (default 127.0.0.1)'),
  port: count(3306, 'port of the server', 1, 65_535),
  socketPath: absolutePath.optional().describe('unix socket of a server on this host; then host and port do not count'),
  user: z.string().min(1).max(128).default('peekaboo').describe('user of the database (default peekaboo)'),
  password: secret('password of the user: { file: /PATH } or { env: NAME }').optional(),
  database: z
    .string()
    .regex(/^[A-Za-z0-9_]{1,64}$/, 'must be 1 to 64 letters, digits or underscores')
    .default('peekaboo')
    .describe('name of the database (default peekaboo)'),
  tls: tls.optional(),
  connections: count(8, 'connections at the same time', 2, 200),
  timeout,
  keep,
})

export const storeOptions = z
  .discriminatedUnion('type', [embedded, mariadb])
  .prefault({})
  .describe('where facts, reports and stories are kept')

export type StoreOptions = z.output<typeof storeOptions>
export type EmbeddedOptions = z.output<typeof embedded>
export type MariadbOptions = z.output<typeof mariadb>
export type KeepOptions = z.output<typeof keep>
