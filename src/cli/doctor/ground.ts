/** What all checks look at: the configuration, the filter made of it (nothing of it started), what runs, and Postfix. */
import type { Config, Problem } from '../../config/index.ts'
import type { Profile } from '../../policy/index.ts'
import type { Composition } from '../composition.ts'
import type { Context } from '../context.ts'
import type { Finding } from './finding.ts'
import type { Found } from './postfix.ts'
import type { Run } from './run.ts'

/** One address where Postfix connects. */
export interface OurListener {
  readonly listen: string
  /** Where it really is, of a socket that systemd opened. */
  readonly address: string
  readonly profileName: string
  readonly profile: Profile
  /** Of all recipients, overrides counted in. */
  readonly modes: ReadonlySet<Profile['mode']>
}

export interface Ground {
  readonly context: Context
  readonly config: Config
  /** The files of the configuration. */
  readonly files: readonly string[]
  /** What a start would be refused for. It is missing in `composition`, so that all else can be looked at. */
  readonly refused: readonly Problem[]
  readonly composition: Composition
  readonly listeners: readonly OurListener[]
  readonly postfix: Found
  readonly run: Run
  readonly timeoutMs: number
}

/** A row of the table of checks. */
export interface Check {
  readonly name: string
  readonly doc: string
  readonly look: (ground: Ground) => Promise<readonly Finding[]> | readonly Finding[]
}
