import { z } from 'zod'
import { count, duration, size } from '../../core/index.ts'

/** Where Debian's clamd listens unless it is told otherwise. */
const DEBIAN_SOCKET = '/run/clamav/clamd.ctl'
const DEFAULT_PORT = 3310

const where = {
  socket: z.string().regex(/^\//, 'must be an absolute path').optional().describe('unix socket of clamd'),
  host: z
    .string()
    .regex(/^[A-Za-z0-9._:-]{1,253}$/, 'must be a host name or an address')
    .optional()
    .describe('host of a clamd that listens on TCP'),
  port: z.int().min(1).max(65_535).optional().describe(`its port (default ${DEFAULT_PORT})`),
}

type Where = { readonly [K in keyof typeof where]?: z.output<(typeof where)[K]> | undefined }

const instance = z.strictObject(where).superRefine(onePlace).describe('one clamd: { socket } or { host, port }')

/** ClamAV's daemon: one or several, on unix sockets or TCP. */
export const clamavOptions = z
  .strictObject({
    type: z.literal('clamav'),
    ...where,
    instances: z.array(instance).min(1).max(64).optional().describe('several clamd that share the work'),
    concurrency: count(8, 'samples at a time on one instance; keep it below its MaxThreads', 1, 1000),
    queue: count(1000, 'samples that may wait for a free place'),
    wait: duration('30s', 'longest wait for a free place'),
    connect: duration('5s', 'longest time to connect'),
    stall: duration('30s', 'longest time in which clamd takes nothing of what it is sent'),
    timeout: duration('130s', 'longest time of one scan; above the MaxScanTime of clamd'),
    check: duration('60s', 'time between two self-tests of an instance'),
    maxSize: size(
      '25MiB',
      'largest sample that is sent; not above StreamMaxLength and MaxFileSize of clamd (25M on Debian)',
    ),
    maxSignatureAge: duration('7d', 'age of the signatures from which on the log warns'),
  })
  .superRefine(onePlaceOrInstances)
  .describe('ClamAV by its daemon clamd')

export type ClamavOptions = z.output<typeof clamavOptions>

/** Where one clamd listens. */
export type Address = { readonly socket: string } | { readonly host: string; readonly port: number }

/** Where all of them listen, in the order of the configuration. */
export function addressesOf(options: ClamavOptions): readonly Address[] {
  return (options.instances ?? [options]).map(addressOf)
}

function addressOf({ socket, host, port = DEFAULT_PORT }: Where): Address {
  return host === undefined ? { socket: socket ?? DEBIAN_SOCKET } : { host, port }
}

function onePlaceOrInstances(options: Where & { readonly instances?: unknown }, context: z.RefinementCtx): void {
  const { socket, host, port, instances } = options
  if (instances === undefined) {
    checkPlace(options, context, false)
    return
  }
  const single = Object.entries({ socket, host, port }).find(([, value]) => value !== undefined)
  if (single) context.addIssue({ code: 'custom', path: [single[0]], message: 'stands beside instances: put it there' })
}

function onePlace(options: Where, context: z.RefinementCtx): void {
  checkPlace(options, context, true)
}

function checkPlace({ socket, host, port }: Where, context: z.RefinementCtx, isNeeded: boolean): void {
  const problem = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
  if (socket !== undefined && host !== undefined) problem('host', 'stands beside socket: one instance has one of them')
  else if (host === undefined && port !== undefined) problem('port', 'has no host that it belongs to')
  else if (isNeeded && socket === undefined && host === undefined) problem('socket', 'is missing, and host too')
}
