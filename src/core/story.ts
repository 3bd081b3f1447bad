/** A story is one message with all its tries: what was seen, what was decided, by which rule, and what was answered. */

import type { Sample } from './facts.ts'
import type { Disposition, Outcome } from './outcome.ts'
import type { Report } from './report.ts'

/** One sample as its story tells it. */
export interface StorySample {
  readonly sample: Sample
  readonly outcome: Outcome
  readonly disposition: Disposition
  /** By role: the report, or the word that says why there is none. */
  readonly reports: Readonly<Record<string, Report | string>>
}

/** What Postfix was told. */
export interface Answer {
  readonly disposition: Disposition
  /** SMTP reply as sent, `250` style code first; empty where Postfix chose its own. */
  readonly reply: string
}

/** One delivery attempt of a message. */
export interface Try {
  readonly queueId: string
  /** Unix time in milliseconds, by the store's clock. */
  readonly at: number
  readonly state: 'deciding' | 'answered'
  readonly answer: Answer
}

/** What a story says about the message itself; the same at every try but for the times. */
export interface StoryFacts {
  readonly listener: string
  readonly profile: string
  readonly mode: 'enforce' | 'monitor'
  readonly clientAddress: string
  readonly helo: string
  readonly sender: string
  readonly recipients: readonly string[]
  readonly subject: string
  readonly messageId: string
  readonly size: number
  readonly rulesetVersion: string
  /** What an operator had switched then, as sentences; absent where nothing was. */
  readonly switched?: readonly string[]
  /** Members of containers that the samples do not name; absent where there are none. */
  readonly membersLeftOut?: number
}

/** What the story of a message names as its listener that was only scanned by an operator: nobody got it. */
export const SCAN_LISTENER = 'scan'

export interface Story extends StoryFacts {
  /** What the SMTP reply, the header and the log call it. */
  readonly ref: string
  /** Identity over retries: digest of envelope sender and sorted digests of the attachments. */
  readonly key: string
  readonly firstSeen: number
  readonly tries: readonly Try[]
  readonly samples: readonly StorySample[]
  /** Of the message as a whole where it could not be read (`failed`, `unscannable`), else of the deciding sample. */
  readonly outcome: Outcome
}
