// Time as a value handed in, so that two idle hours pass in a test without waiting.

/** Whatever a clock returns for a timer. */
export type Timer = unknown

/** The clock that a server lives by. */
export interface Clock {
  /** Milliseconds that never go back. */
  now(): number
  setTimeout(callback: () => void, ms: number): Timer
  clearTimeout(timer: Timer): void
}

/** The machine's clock. Its timers do not keep a process alive: open sockets do. */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimeout: (callback, ms) => setTimeout(callback, ms).unref(),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
}
