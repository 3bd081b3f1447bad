/** Options that the operator's commands share, and how they are read: each says what it takes where it got something else. */
import { parseDuration } from '../core/index.ts'
import { CommandError, EXIT } from './exit-code.ts'
import type { CliIo } from './io.ts'
import { harmless } from './style.ts'

/** Letters of a reason and of who decided that are kept. */
const LONGEST_REASON = 500
const LONGEST_WHO = 100

/** Who decided, and why. */
export interface Blame {
  readonly reason: string
  readonly by?: string
}

/** Who decided and why, as it is kept: the user that runs this unless it is said. */
export function blameOf({ reason, by }: Blame, { env, uid }: CliIo): { readonly reason: string; readonly who: string } {
  const who = by ?? env.SUDO_USER ?? env.USER ?? `uid ${uid}`
  return { reason: reason.slice(0, LONGEST_REASON), who: who.slice(0, LONGEST_WHO) }
}

/** Milliseconds of an option such as `--for 2h`. */
export function durationOf(option: string, text: string): number {
  const ms = parseDuration(text)
  if (ms === undefined) throw usage(`${option} takes a duration such as 12h or 30d, not "${harmless(text)}"`)
  return ms
}

/** How long something lasts that must end by itself. */
export function lastsOf(text: string): number {
  const ms = durationOf('--for', text)
  if (ms >= 1000 && ms <= 30 * 86_400_000) return ms
  throw usage(`--for takes 1s to 30d, not "${harmless(text)}"; what is for good belongs into the configuration`)
}

/** How long ago: a duration, or a date as in `2026-11-24` or `2026-11-24T03:00Z`. */
export function agoOf(option: string, text: string, now = Date.now()): number {
  const isDate = /^\d{4}-\d\d-\d\d(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?$/.test(text)
  const date = isDate ? Date.parse(text) : Number.NaN
  if (Number.isFinite(date)) return Math.max(0, now - date)
  const ms = parseDuration(text)
  if (ms !== undefined) return ms
  throw usage(`${option} takes a duration such as 2h, or a date such as 2026-11-24T03:00Z, not "${harmless(text)}"`)
}

/** A digest as the store has it. */
export function digestOf(option: string, text: string): string {
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase()
  throw usage(`${option} takes 64 hex digits`)
}

/** A number of lines. */
export function limitOf(text: string): number {
  const limit = Number(text)
  if (Number.isInteger(limit) && limit >= 1 && limit <= 1000) return limit
  throw usage('--limit takes 1 to 1000')
}

function usage(message: string): CommandError {
  return new CommandError(message, EXIT.USAGE)
}
