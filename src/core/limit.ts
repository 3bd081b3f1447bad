import type { Cause } from './cause.ts'

/** What may make a message or a sample unscannable: one table, each with the sentence that the log and `why` show. */
export const LIMITS = {
  'message-size': 'the message is larger than the filter reads',
  parts: 'the message has more parts than the filter reads',
  'mime-depth': 'the parts of the message are nested too deeply',
  'message-depth': 'messages within messages are nested too deeply',
  'header-bytes': 'the header of one part is larger than the filter reads',
  'own-headers': 'the message brings more headers named like those of the filter than it removes',
  'decoded-bytes': 'the decoded parts are together larger than the filter reads',
  readings: 'the message can be read in more ways than the filter follows',
  'cpu-time': 'reading the message took more processor time than it may',
  memory: 'reading the message took more memory than it may',
  'partial-message': 'the message is one piece of a larger one that the filter never sees whole',
  'parser-error': 'no reader could read the message',
  'container-depth': 'containers within containers are nested too deeply',
  'container-members': 'the containers have more members than the filter opens',
  'container-bytes': 'the expanded members are together larger than the filter opens',
  'container-memory': 'the container needs more memory than it may',
  'container-time': 'opening the containers takes more processor time than it may',
  'container-ratio': 'the container expands to far more than its own size',
  'container-damaged': 'the container is damaged and cannot be opened whole',
  'container-unsupported': 'the format or method of the container is known, but cannot be opened',
  'container-volumes': 'the container is a part of an archive in several volumes',
  'container-unopened': 'not every member of the container was read',
  'analyzer-size': 'the sample is larger than the analyzer takes that a rule asks',
  'analyzer-limit': 'the analyzer that a rule asks reached a limit of its own and did not look at all of the sample',
  'password-budget': 'there were more candidates for a password than may be tried',
} as const satisfies Record<string, string>

/** A limit that ended the reading of a message or sample; what was found before stays. */
export type Limit = keyof typeof LIMITS

/** Causes of a failed analysis that no other try changes: they lie in what the sample is to the analyzer, and count as limits. */
export const LIMIT_OF_CAUSE: { readonly [C in Cause]?: Limit } = {
  'sample-too-large': 'analyzer-size',
  'analyzer-limit': 'analyzer-limit',
}
