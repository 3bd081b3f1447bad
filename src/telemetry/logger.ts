/** The log: one JSON line per event on standard output, the fields of section "Logging" in ARCHITECTURE.md. */
import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino'
import { escapeJson } from './escape.ts'
import type { TelemetryOptions } from './options.ts'

export type { Logger } from 'pino'

/** Opens the log; tests give a stream of their own. */
export function createLogger(options: TelemetryOptions, stream?: DestinationStream): Logger {
  const settings = {
    level: options.level,
    base: null,
    hooks: { streamWrite: (line: string) => `${escapeJson(line.trimEnd())}\n` },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  }
  return pino(settings, stream ?? standardOutput())
}

/** Bytes of log that wait for a reader who is slow; what is beyond is dropped. */
const WAITING_BYTES = 4 * 1024 * 1024
const TRIES = 20

/**
 * Standard output, which may be a full disk, a terminal that is gone, or a pipe that nobody reads: none of these is a reason to stop
 * mail. Left alone, pino would repeat a write that fails for ever, at the latest when the process wants to end.
 */
function standardOutput(): DestinationStream {
  let waits = 0
  let isBroken = false
  const retryEAGAIN = () => ++waits < TRIES
  const output = pino.destination({ fd: 1, sync: false, maxLength: WAITING_BYTES, retryEAGAIN })
  output.on('error', () => {
    isBroken = true
  })
  output.on('write', () => {
    isBroken = false
    waits = 0
  })
  const flush = output.flushSync.bind(output)
  output.flushSync = () => {
    if (!isBroken) swallow(flush)
  }
  return output
}

function swallow(call: () => void): void {
  try {
    call()
  } catch {
    // There is no place left to say it.
  }
}

/** The chain of an error's causes in one line, outermost first: for the log, never for the SMTP reply. */
export function describeError(error: unknown): string {
  const parts: string[] = []
  for (let at = error; at !== undefined && parts.length < 5; at = at instanceof Error ? at.cause : undefined) {
    parts.push(at instanceof Error ? at.message : String(at))
  }
  return parts.join(': ')
}
