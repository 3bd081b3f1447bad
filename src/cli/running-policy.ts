/**
 * The policy in force. It is replaced whole or not at all: a message takes it when it begins. Lists in files of their own are read again
 * when they change, without looking at the rest of the configuration, which somebody may just be writing.
 */
import { type Config, readListFile } from '../config/index.ts'
import type { ListEntry, TextList } from '../core/index.ts'
import { createPolicy, type Policy, PolicyError } from '../policy/index.ts'
import { describeError, type Logger } from '../telemetry/index.ts'

/** Problems that the log tells at once; a list may be wrong in each of its lines. */
const TOLD = 20
/** Longest problem that a health check tells. */
const TOLD_CHARS = 300

export class RunningPolicy {
  #config: Config
  #current: Policy
  #problem = ''
  #done = 0
  #failed = 0

  /** Throws a `PolicyError`. */
  constructor(config: Config) {
    this.#config = config
    this.#current = createPolicy(config)
  }

  get current(): Policy {
    return this.#current
  }

  /**
   * Makes the policy of another configuration and gives what puts it in force. Throws a `PolicyError`. The listeners and the language are
   * those of the start.
   */
  prepare(fresh: Config): () => void {
    const { milter, language } = this.#config
    const config = { ...fresh, milter, language }
    const policy = createPolicy(config)
    return () => {
      this.#config = config
      this.#current = policy
      this.#problem = ''
    }
  }

  /** How often lists were read again since the start. */
  get reloads(): { readonly done: number; readonly failed: number } {
    return { done: this.#done, failed: this.#failed }
  }

  /** Whether the lists on disk could not be taken when they were last read. */
  get isStale(): boolean {
    return this.#problem !== ''
  }

  /** For health checks: rejects with the place while the lists on disk are not those in force. */
  async check(): Promise<void> {
    if (this.#problem === '') return
    throw new Error(`the lists in force stay; the last reload failed: ${this.#problem}`.slice(0, TOLD_CHARS))
  }

  /** Files of lists, by their absolute paths. */
  get files(): readonly string[] {
    return [...new Set(listsOf(this.#config).map(({ file }) => file))]
  }

  /** Reads the lists again. Where anything is wrong with one, all stay as they are, and the log says what and where. */
  refresh(log: Logger): void {
    try {
      const entries = new Map(this.files.map((file) => [file, entriesIn(file)]))
      this.#current = createPolicy(this.#config, (list) => entries.get(list.file) ?? list.entries)
      this.#problem = ''
      this.#done += 1
      const count = [...entries.values()].reduce((sum, { length }) => sum + length, 0)
      log.info({ files: this.files, entries: count }, 'lists of the policy reloaded')
    } catch (error) {
      const problems = error instanceof PolicyError ? error.problems.slice(0, TOLD).map(lineOf) : [describeError(error)]
      this.#problem = problems[0] ?? ''
      this.#failed += 1
      log.error({ problems }, 'lists of the policy not reloaded: those in force stay')
    }
  }
}

function listsOf({ overrides }: Config): readonly TextList[] {
  const lists = overrides.flatMap(({ recipients, domains, senders, networks }) => [
    recipients,
    domains,
    senders,
    networks,
  ])
  return lists.filter((list) => list !== undefined && list.file !== '') as readonly TextList[]
}

function entriesIn(file: string): readonly ListEntry[] {
  const read = readListFile(file)
  if ('problem' in read) throw new Error(read.problem)
  return read.entries
}

function lineOf({ path, place, message, remedy }: PolicyError['problems'][number]): string {
  return `${place ? `${place.origin}:${place.line}` : path.join('.')}: ${message}; ${remedy}`
}
