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

/** The limits by the names under which a result shows them, each with the sentence that people read. */
export const ARCHIVE_LIMITS = {
  'container-depth': 'containers within containers are nested too deeply',
  'container-members': 'the containers have more members than the filter opens',
  'container-bytes': 'the expanded members are together larger than the filter opens',
  'container-memory': 'the container needs more memory than it may',
  'container-time': 'opening the containers takes more processor time than it may',
  'container-ratio': 'the container expands to far more than its own size',
} as const satisfies Record<string, string>

/** A limit that ended the opening of a container; what was found before stays. */
export type ArchiveLimit = keyof typeof ARCHIVE_LIMITS
