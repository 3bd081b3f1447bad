/** Exit codes: one table, shown in every `--help`. */
import type { Outcome } from '../core/index.ts'
import { isOnlyUnmapped, type RulesetError } from '../rules/index.ts'

/** Codes of all commands; USAGE and CONFIG as in sysexits.h. */
export const EXIT = { OK: 0, ERROR: 1, USAGE: 64, CONFIG: 78 } as const

/** Codes of `scan`, from the gravest to the best: several files or samples give the gravest. */
export const SCAN_EXIT = [
  { code: 1, means: 'bad', includes: ['bad'] },
  {
    code: 3,
    means: 'failed, unscannable, encrypted or unanalysed; a file that cannot be read or is no message',
    includes: ['failed', 'unscannable', 'encrypted', 'unanalysed'],
  },
  { code: 4, means: 'pending: the analyses go on', includes: ['pending'] },
  { code: 2, means: 'suspicious or unknown', includes: ['suspicious', 'unknown'] },
  { code: 0, means: 'good or ignored', includes: ['good', 'ignored'] },
] as const

/** The exit code of a check that refused rules: 1 where they only ask for a role that the configuration does not name. */
export function refusedExit({ problems }: RulesetError): number {
  return isOnlyUnmapped(problems) ? EXIT.ERROR : EXIT.CONFIG
}

/** The exit code of several outcomes: that of the gravest. */
export function scanExit(outcomes: readonly Outcome[]): number {
  const words = new Set(outcomes.map((outcome) => (outcome.kind === 'decided' ? outcome.verdict : outcome.kind)))
  for (const { code, includes } of SCAN_EXIT) if (includes.some((word) => words.has(word))) return code
  return words.size === 0 ? 3 : 0
}

/** The gravest of several exit codes of `scan`. */
export function gravestExit(codes: readonly number[]): number {
  return SCAN_EXIT.find(({ code }) => codes.includes(code))?.code ?? 3
}

/** An end of a command that is no bug: what is said on standard error, and the exit code. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly exitCode: number

  constructor(message: string, exitCode: number = EXIT.ERROR) {
    super(message)
    this.exitCode = exitCode
  }
}
