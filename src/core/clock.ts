/** Time as it is handed to whoever needs it, so that tests need not wait. */
export interface Clock {
  /** Unix time in milliseconds. */
  readonly now: () => number
  /** Calls back after that many milliseconds; the result cancels. Never keeps the process alive. */
  readonly after: (ms: number, call: () => void) => () => void
}

/** Waits so long, or rejects with the signal's reason as soon as it fires. */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      cancel()
      reject(signal.reason)
    }
    const cancel = clock.after(ms, () => {
      signal.removeEventListener('abort', stop)
      resolve()
    })
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
}
