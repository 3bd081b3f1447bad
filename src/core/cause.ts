/** Why work on a message or a sample failed: one table of stable codes, each with the sentence that the log shows. */
export const CAUSES = {
  'inspector-unavailable': 'no inspector process could be reached',
  'inspector-crashed': 'the inspector process that read this message ended unexpectedly',
  'inspector-garbage': 'the inspector answered something that its protocol does not allow',
  'store-unavailable': 'the store could not be read or written',
  'spool-full': 'no room is left in the memory and spool budgets',
  'spool-error': 'the spool file could not be written or read',
  'rule-error': 'a rule could not be evaluated',
  'report-incomplete': 'a rule asked for something that the report does not say',
  'analyzer-failed': 'the analyzer could not analyse the sample',
  'sample-too-large': 'the sample is larger than the analyzer takes',
  'analyzer-limit': 'the analyzer reached a limit of its own and did not look at all of the sample',
  'analyzer-refused': 'the analyzer does not take this sample, or not with these options',
  'not-uploaded': 'the analyzer has no report about these bytes, and may not be given them (upload)',
  'not-unlocked': 'the analyzer found nothing, but the sample is locked and its password was not told to it',
  'analyzer-unavailable': 'no instance of the analyzer could be reached',
  braked: 'an operator has all mail come later for a while',
  cancelled: 'an operator ended the analysis',
  'analysis-expired': 'the analysis took longer than it may',
  deadline: 'the time that an answer may take was over',
  'shutting-down': 'the filter is stopping',
  overloaded: 'more messages are in work than the filter takes',
  'protocol-violation': 'the mail server said something that the milter protocol does not allow',
  internal: 'an error of the filter itself',
} as const satisfies Record<string, string>

/** A stable code of why something failed. */
export type Cause = keyof typeof CAUSES

/** An error with a stable code; whatever else is thrown counts as `internal`. */
export class Fault extends Error {
  override readonly name = 'Fault'
  readonly code: Cause

  constructor(code: Cause, detail?: string, options?: ErrorOptions) {
    super(detail ?? CAUSES[code], options)
    this.code = code
  }
}

/** The stable code of anything that was thrown. */
export function causeOf(error: unknown): Cause {
  return error instanceof Fault ? error.code : 'internal'
}
