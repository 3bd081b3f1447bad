import type { Limit } from '../core/index.ts'

/** What ends the opening of containers; shared by all containers of one sample, however deep they lie. */
export interface ArchiveLimits {
  /** Containers within containers. */
  readonly depth: number
  /** Members of all containers together. */
  readonly members: number
  /** Expanded bytes of all members together. */
  readonly bytes: number
  /** Expanded bytes of one container, or of one member, that are in memory; all together may have twice as much. */
  readonly memory: number
  /** Expanded bytes of one container for each byte of its own. */
  readonly ratio: number
  /** Processor time in milliseconds after which nothing further is opened: what was found is told before anybody is killed for it. */
  readonly cpuMs: number
  /** Passwords that are tried, and the processor time in milliseconds that this may take. */
  readonly passwordTries: number
  readonly passwordMs: number
}

export const STANDARD_LIMITS: ArchiveLimits = {
  depth: 12,
  members: 10_000,
  bytes: 1024 ** 3,
  memory: 192 * 1024 ** 2,
  ratio: 200,
  cpuMs: 8000,
  passwordTries: 20,
  passwordMs: 3000,
}

/** A limit that ended the opening of a container, by its name in the one table of limits; what was found before stays. */
export type ArchiveLimit = Extract<
  Limit,
  | 'container-depth'
  | 'container-members'
  | 'container-bytes'
  | 'container-memory'
  | 'container-time'
  | 'container-ratio'
>
