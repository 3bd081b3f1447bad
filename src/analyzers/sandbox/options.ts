/** What the options of all sandboxes that are driven by HTTP have in common. */
import { z } from 'zod'
import { bareDuration, count, duration, secret, size } from '../../core/index.ts'

/** A name or tag as sandboxes have them: nothing in it can end a field of their APIs. */
const word = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/, 'must be a name of letters, digits and _ . : -')
const value = z.string().regex(/^[^,=\r\n]{1,200}$/, 'must not have commas, equal signs or line ends')
const token = secret('token of an API user')

/** How samples are run: what the sandbox is told with each. */
export const guestOptions = z
  .strictObject({
    machine: word.optional().describe('the one machine that samples run in'),
    platform: word.optional().describe('platform of the machines, such as windows or linux'),
    tags: z.array(word).max(20).optional().describe('tags that a machine must have'),
    package: word.optional().describe('how samples are opened; by their extension where this is not given'),
    route: word.optional().describe('how machines reach the network, such as none, internet, tor'),
    timeout: bareDuration('time for which a sample runs').optional(),
    priority: z.int().min(1).max(10).optional().describe('place in the queue of the sandbox, 1 to 10, higher first'),
    enforceTimeout: z.boolean().optional().describe('runs for the whole time although all processes have ended'),
    tlp: z
      .enum(['white', 'clear', 'green', 'amber'])
      .optional()
      .describe('traffic light for CAPE (not red: it hides reports)'),
    set: z.record(word, value).optional().describe('further options of the package by name'),
  })
  .describe('how samples are run')

export type GuestOptions = z.output<typeof guestOptions>

const url = z
  .string()
  .regex(/^https?:\/\/[^\s@?#]+$/, 'must be a http:// or https:// address without user, ? and #')
  .refine((text) => URL.canParse(text), 'is no address')
  .transform((text) => text.replace(/\/+$/, ''))

const type = z.string().regex(/^[a-z]+\/[A-Za-z0-9.+-]{1,120}$/, 'must be a type such as application/pdf')

/** Which samples may be handed over: all, none, or those of some types. */
export const uploadOption = z
  .union([
    z.boolean(),
    z.strictObject({ types: z.array(type).min(1).max(500).describe('types as rules see them in sample.type') }),
  ])
  .default(true)
  .describe(
    'which samples may be handed over: true, false or { types: […] }; of others only reports that are there already are read, found by digest (default true)',
  )

export type UploadOption = z.output<typeof uploadOption>

/** Whether a sample of a type may be handed over. */
export function mayUpload(upload: UploadOption, sampleType: string): boolean {
  return typeof upload === 'boolean' ? upload : upload.types.includes(sampleType)
}

const instance = z
  .strictObject({ url: url.describe('address of the API'), token: token.optional(), options: guestOptions.optional() })
  .describe('one host: its address, its token, and how samples are run there')

/** The options of a sandbox but for its type. */
export const sandboxShape = {
  url: url.optional().describe('address of the API'),
  token: token.optional(),
  tokenScheme: z.enum(['Token', 'Bearer']).optional().describe('word before the token in the header Authorization'),
  instances: z.array(instance).min(1).max(64).optional().describe('several hosts that share the work'),
  options: guestOptions.prefault({}),
  optionsByType: z
    .record(type, guestOptions)
    .default({})
    .describe(
      'how samples of a type are run, by the type that rules see as sample.type; what is not given there is as in options',
    ),
  ca: secret('PEM file of the certificates that are trusted instead of the system’s').optional(),
  proxy: z
    .union([
      z.string().regex(/^https?:\/\/[^\s@]+$/, 'must be a http:// address; with a password: { file: … }'),
      secret(''),
    ])
    .optional()
    .describe('HTTP proxy; where it has a password, its whole URL lies in a file'),
  shareNames: z
    .boolean()
    .default(false)
    .describe('whether a sample is called there as its sender called it, but for the extension (default false)'),
  sharePasswords: z
    .boolean()
    .default(false)
    .describe('whether it is told the passwords that open a sample (default false)'),
  upload: uploadOption,
  concurrency: count(8, 'samples at a time on one host: waiting or running', 1, 1000),
  queue: count(1000, 'samples that may wait here for a free place'),
  wait: duration('20s', 'longest wait for a free place; shorter than scheduler.lease'),
  maxPending: count(200, 'tasks that may wait in the queue of a host before it gets no more'),
  connect: duration('5s', 'longest time to connect'),
  stall: duration('20s', 'longest silence within a call'),
  timeout: duration('45s', 'longest time of one call; shorter than scheduler.lease'),
  reportTimeout: duration('5m', 'longest time in which a report is fetched'),
  maxReport: size('512MiB', 'largest report that is read'),
  maxSize: size('30MB', 'largest sample that is sent; not above what the sandbox takes'),
  poll: duration('5s', 'time between two questions for what has ended'),
  check: duration('60s', 'time between two checks of a host'),
  selfTest: bareDuration('time between two runs of the EICAR test file in each host; without it none').optional(),
  selfTestScore: z
    .number()
    .min(0.1)
    .max(10)
    .default(5)
    .describe('what a host must score the EICAR test file at least to stay in service (default 5)'),
  late: duration('60s', 'time in which a report must be there after its task was called finished'),
  lost: duration('10m', 'time after which a host that is away loses its analyses to another try'),
}

interface Shape {
  readonly url?: string | undefined
  readonly token?: unknown
  readonly instances?: unknown
  readonly upload: UploadOption
  readonly selfTest?: unknown
}

/** Either one address or several instances; and no test file where nothing is handed over. */
export function checkPlaces(
  { url: single, token: own, instances, upload, selfTest }: Shape,
  context: z.RefinementCtx,
): void {
  const problem = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
  if (instances === undefined && single === undefined) problem('url', 'is missing, and instances too')
  if (instances !== undefined && single !== undefined) problem('url', 'stands beside instances: put it there')
  if (instances !== undefined && own !== undefined) problem('token', 'stands beside instances: put it there')
  if (upload === false && selfTest !== undefined) problem('selfTest', 'hands over a file, which upload does not allow')
}

const shape = z.strictObject(sandboxShape)
export type SandboxOptions = z.output<typeof shape>

/** One host with what holds for it. */
export interface Host {
  readonly url: string
  readonly token: SandboxOptions['token']
  readonly guest: GuestOptions
  /** What is different for samples of a type. */
  readonly byType: Readonly<Record<string, GuestOptions>>
}

/** Every host, in the order of the configuration; its own way to run samples lies over the common one. */
export function hostsOf({
  url: single = '',
  token: own,
  instances,
  options,
  optionsByType: byType,
}: SandboxOptions): readonly Host[] {
  if (!instances) return [{ url: single, token: own, guest: options, byType }]
  return instances.map((one) => ({ url: one.url, token: one.token, guest: { ...options, ...one.options }, byType }))
}

/** How a host runs samples of a type. */
export function guestFor({ guest, byType }: Pick<Host, 'guest' | 'byType'>, type: string): GuestOptions {
  return Object.hasOwn(byType, type) ? { ...guest, ...byType[type] } : guest
}
