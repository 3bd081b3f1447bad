/** Time as it is handed to whoever needs it, so that tests need not wait. */
export interface Clock {
  /** Unix time in milliseconds. */
  readonly now: () => number
  /** Calls back after that many milliseconds; the result cancels. Never keeps the process alive. */
  readonly after: (ms: number, call: () => void) => () => void
}
