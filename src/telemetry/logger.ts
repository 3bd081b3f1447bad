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
  return stream ? pino(settings, stream) : pino(settings)
}

/** The chain of an error's causes in one line, outermost first: for the log, never for the SMTP reply. */
export function describeError(error: unknown): string {
  const parts: string[] = []
  for (let at = error; at !== undefined && parts.length < 5; at = at instanceof Error ? at.cause : undefined) {
    parts.push(at instanceof Error ? at.message : String(at))
  }
  return parts.join(': ')
}
