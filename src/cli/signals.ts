/** The signals of a long-running command: the first asks it to stop, the second does not wait any longer. */
import type { Logger } from '../telemetry/index.ts'
import type { CliIo } from './io.ts'

/** Watches until `end` is called. */
export interface Signals {
  /** Resolves with the name of the first SIGTERM or SIGINT. */
  readonly first: Promise<string>
  readonly second: Promise<void>
  end(): void
}

/** Begins to watch; SIGHUP is taken, so that a terminal that closes does not end a daemon, and does nothing yet. */
export function watchSignals(io: CliIo, log: Logger): Signals {
  const first = Promise.withResolvers<string>()
  const second = Promise.withResolvers<void>()
  let count = 0
  const stop = (name: string) => () => {
    count++
    if (count === 1) first.resolve(name)
    else second.resolve()
  }
  const ends = [
    io.onSignal('SIGTERM', stop('SIGTERM')),
    io.onSignal('SIGINT', stop('SIGINT')),
    io.onSignal('SIGHUP', () => log.warn('SIGHUP changes nothing yet: restart to read the configuration again')),
  ]
  const end = () => {
    for (const forget of ends) forget()
  }
  return { first: first.promise, second: second.promise, end }
}
