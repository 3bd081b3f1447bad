/**
 * The one shape of every analyzer's answer, declared once (see `schema.ts`). Rules see it under the name of a role
 * (`av.score`, `sandbox.families`). A field that an analyzer cannot know is absent, and a rule that needs it fails.
 */
import type { Cause } from './cause.ts'
import { list, number, optional, record, text, type Value } from './schema.ts'

export const findingSchema = record(
  {
    id: text('stable name of the signature'),
    severity: number('weight from 0 to 10'),
    description: text('one sentence, empty where none'),
    family: optional(text('the malware family that it names, the first where it names several, empty where none')),
  },
  'a signature that matched',
)

export const reportSchema = record(
  {
    analyzer: text('name of the analyzer in the configuration'),
    version: text('version of engine and signatures'),
    score: optional(number('0 (nothing) to 10 (malware)')),
    findings: optional(list(findingSchema, 'the signatures that matched')),
    families: optional(list(text('a malware family'), 'the families that were recognised')),
    domains: optional(list(text('a domain'), 'the domains that it looked up, the first 100')),
    hosts: optional(list(text('an address'), 'the addresses that it connected to, the first 100')),
    urls: optional(list(text('a URL'), 'what it asked for by HTTP, the first 100')),
    dropped: optional(list(text('a SHA-256'), 'the files that it wrote, the first 100')),
    evidence: list(text('a fact'), 'what shows that the sample was really analysed'),
    link: optional(text('where an operator reads the full report')),
  },
  "an analyzer's answer about one sample",
)

/** A report with at least this score speaks of malware and counts long; of what is harmless today the next signatures may think otherwise. */
export const BAD_SCORE = 5

export type Report = Value<typeof reportSchema>
export type Finding = Value<typeof findingSchema>

/** What is known of one role for one sample. `wanted` means that nobody has asked yet. */
export type RoleState =
  | { readonly state: 'wanted' }
  | { readonly state: 'pending' }
  | { readonly state: 'reported'; readonly report: Report }
  | { readonly state: 'failed'; readonly cause: Cause }
  | { readonly state: 'unmapped' }
  | { readonly state: 'capped' }
