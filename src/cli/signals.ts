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

/** Begins to watch. SIGHUP is taken in any case, so that a terminal that closes does not end a daemon. */
export function watchSignals(io: CliIo, log: Logger, hangUp?: () => void): Signals {
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
    io.onSignal('SIGHUP', hangUp ?? (() => log.info('SIGHUP changes nothing here'))),
  ]
  const end = () => {
    for (const forget of ends) forget()
  }
  return { first: first.promise, second: second.promise, end }
}
