import { z } from 'zod'
import { bareDuration, DIRECTIONS, textList } from '../core/index.ts'

/** What a profile may answer. `tempfail` is 451: the sender tries again; `return` is a quarantine that goes back to the sender. */
const action = z.enum(['accept', 'tag', 'redirect', 'quarantine', 'return', 'tempfail', 'discard', 'reject'])

const encrypted = z.strictObject({ mail: action, container: action, document: action })

const profileKeys = {
  mode: z.enum(['enforce', 'monitor']).describe('monitor touches no mail: it only looks and logs'),
  hold: bareDuration('longest time that the answer is held while analyses run (at most 240s)'),
  maxAge: bareDuration('age of a message after which `expired` is answered instead of `pending` or `failed`'),
  bad: action,
  suspicious: action,
  good: action,
  ignored: action,
  unknown: action,
  unscannable: action,
  unanalysed: action,
  encrypted,
  pending: action,
  failed: action,
  expired: action,
  mixed: z
    .enum(['defer', 'strictest'])
    .describe(
      'recipients with another policy than the first: 452, so that they come in a message of their own, or all by the strictest',
    ),
}

type ProfileKeys = typeof profileKeys
export type ActionKey = {
  [K in keyof ProfileKeys]: ProfileKeys[K] extends typeof action ? K : never
}[keyof ProfileKeys]

/** The keys of which each says what is answered for one outcome; `encrypted` has its own three. */
export const ACTION_KEYS = Object.entries(profileKeys).flatMap(([key, value]) =>
  value === action ? [key as ActionKey] : [],
)

const optionalKeys = {
  redirectTo: z
    .string()
    .regex(/^[^\s<>@]+@[^\s<>@]+$/, 'must be an address such as quarantine@example.org')
    .optional()
    .describe('address that gets what is redirected, in place of the recipients'),
  subjectPrefix: z
    .string()
    .min(1)
    .max(60)
    .regex(/^[^\p{Cc}]*$/u, 'must be one line')
    .optional()
    .describe('what `tag` puts before the subject (default: nothing, only the header is added)'),
}

/** One profile as written: any of the keys (also of `encrypted`), the others from `extends`. */
export const profileOptions = z
  .strictObject({ extends: z.string(), ...profileKeys, encrypted: encrypted.partial(), ...optionalKeys })
  .partial()
export const profilesOptions = z
  .record(z.string(), profileOptions)
  .prefault({})
  .describe(
    'what is answered for each outcome; mx, observe, submission, relay and postmaster are built in and may be changed or extended',
  )

/** One policy for some of the mail as written: whom it is about, and what differs from the listener's profile. */
export const overrideOptions = z
  .strictObject({
    name: z
      .string()
      .regex(/^[\w.-]{1,40}$/, 'must be letters, digits, dots and dashes')
      .describe('what the log calls it'),
    recipients: textList('recipients: user@example.org, user@, @example.org, @.example.org, here or in { file: … }'),
    domains: textList('domains of recipients: example.org, or .example.org for its subdomains, here or in { file: … }'),
    senders: textList('envelope senders, written as recipients are, and "<>" for none'),
    networks: textList('networks of clients such as 192.0.2.0/24 or 2001:db8::/32, here or in { file: … }'),
    authenticated: z.boolean().describe('whether the client is logged in'),
    direction: z.enum(DIRECTIONS).describe('where the mail goes'),
    profile: z.string().describe("the profile that counts instead of the listener's"),
    ...profileKeys,
    encrypted: encrypted.partial(),
    ...optionalKeys,
  })
  .omit({ mixed: true })
  .partial()
export const overridesOptions = z
  .array(overrideOptions)
  .default([])
  .describe("policies for some of the mail: after the listener's profile the first that matches counts")

/** One profile with every key present. */
export const completeProfile = z.strictObject({ ...profileKeys, ...optionalKeys })
export type Profile = Readonly<z.output<typeof completeProfile>> & {
  /** The profiles of which this is the strictest, where recipients have several. */
  readonly parts?: readonly Profile[]
}
export type ProfileOptions = Readonly<z.output<typeof profileOptions>>
export type ProfilesOptions = z.output<typeof profilesOptions>
export type OverrideOptions = Readonly<z.output<typeof overrideOptions>>

const headerName = (standard: string, doc: string) =>
  z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]{0,59}$/, 'must be the name of a header such as X-Peekaboo')
    .default(standard)
    .describe(`${doc} (default ${standard})`)

/** What the header's value may say; nothing that tells a stranger which rule decided. */
export const HEADER_WORDS = ['verdict', 'ref', 'disposition'] as const

export const headersOptions = z
  .strictObject({
    name: headerName('X-Peekaboo', 'the header that says what was found'),
    value: z
      .string()
      .regex(/^(?:[!-z|~ ]|\{(?:verdict|ref|disposition)\}){1,200}$/, 'may hold {verdict}, {ref} and {disposition}')
      .default('verdict={verdict}; id={ref}')
      .describe('its value'),
    add: z
      .enum(['always', 'tagged', 'never'])
      .default('always')
      .describe('which delivered mail gets it; one that came from outside is removed in any case (default always)'),
    redirected: headerName('X-Peekaboo-Redirected', 'the header in redirected mail that says from whom to whom it was'),
  })
  .prefault({})
  .describe('our headers')

export type HeaderOptions = Readonly<z.output<typeof headersOptions>>
