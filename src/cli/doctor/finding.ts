/** What a check found, in the words of whoever has to act on it. */

export const STATES = ['ok', 'warn', 'fail'] as const
/** `warn`: it works, but not as it should, or not always. `fail`: mail is put off, passes unseen, or is at risk. */
export type State = (typeof STATES)[number]

export interface Finding {
  readonly state: State
  /** What was found, in a sentence without its place. */
  readonly what: string
  /** The file, address, service or setting that it is about. */
  readonly where: string
  /** What helps; empty where nothing is to be done. */
  readonly remedy: string
}

export function ok(where: string, what: string): Finding {
  return { state: 'ok', what, where, remedy: '' }
}

export function warn(where: string, what: string, remedy: string): Finding {
  return { state: 'warn', what, where, remedy }
}

export function fail(where: string, what: string, remedy: string): Finding {
  return { state: 'fail', what, where, remedy }
}
