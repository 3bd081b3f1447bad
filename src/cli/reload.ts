/** SIGHUP: rules, lists, policy and texts are read again. Whatever goes wrong, what is in force stays. */
import { isDeepStrictEqual } from 'node:util'
import { type Config, ConfigError, formatProblem } from '../config/index.ts'
import { Secret } from '../core/index.ts'
import { formatRulesetProblem, RulesetError } from '../rules/index.ts'
import { describeError, type Logger } from '../telemetry/index.ts'
import type { Composition } from './composition.ts'
import { loadRulesBeside } from './rule-files.ts'

/** Reads the configuration and the rules again, puts rules and policy in force, and tells the log what came of it. */
export async function reload(composition: Composition, read: () => Config, log: Logger): Promise<void> {
  const { config, rules, policy } = composition
  const before = rules.current.version
  try {
    let changed: readonly string[] = []
    let enforce = () => {}
    const {
      version,
      rules: all,
      lists,
    } = await rules.replace(async () => {
      const fresh = read()
      changed = changedKeys(config, fresh)
      enforce = policy.prepare(fresh)
      return loadRulesBeside({ ...config, rules: fresh.rules })
    })
    enforce()
    log.info({ rules: version, before, count: all.length, lists: lists.length }, 'rules reloaded')
    if (changed.length > 0) log.warn({ keys: changed }, 'changed in the configuration, and taken up by a restart only')
  } catch (error) {
    log.error({ rules: before, ...problemsOf(error) }, 'reload failed: the rules in force stay')
  }
}

/** One reload after the other; whoever asks while one runs gets another one after it, and so do all who ask meanwhile. */
export class Reloads {
  readonly #once: () => Promise<void>
  #isRunning = false
  #isAskedAgain = false

  /** `once` must not reject. */
  constructor(once: () => Promise<void>) {
    this.#once = once
  }

  ask(): void {
    this.#isAskedAgain = true
    if (!this.#isRunning) void this.#run()
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    while (this.#isAskedAgain) {
      this.#isAskedAgain = false
      await this.#once()
    }
    this.#isRunning = false
  }
}

/** What a reload takes up; whoever changed more should know that it is not in force. */
const TAKEN_UP: ReadonlySet<string> = new Set(['rules', 'profiles', 'overrides', 'headers', 'contact', 'catalogues'])

function changedKeys(before: Config, after: Config): readonly string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)])
  const values = (config: Config) => config as unknown as Readonly<Record<string, unknown>>
  return [...keys].filter((key) => !TAKEN_UP.has(key) && !isSame(values(before)[key], values(after)[key])).sort()
}

function isSame(before: unknown, after: unknown): boolean {
  return isDeepStrictEqual(before, after) && hasSameSecrets(before, after)
}

/** A secret hides its value from the comparison of what stands in the configuration; both have the same form. */
function hasSameSecrets(before: unknown, after: unknown): boolean {
  if (before instanceof Secret) return after instanceof Secret && before.isSameAs(after)
  if (typeof before !== 'object' || before === null) return true
  const others = after as Readonly<Record<string, unknown>>
  return Object.entries(before).every(([key, value]) => hasSameSecrets(value, others[key]))
}

/** Every problem with its place; at most so many, as a list may be wrong in each of its lines. */
const TOLD = 20

function problemsOf(error: unknown): object {
  const problems = linesOf(error)
  if (problems.length === 0) return { cause: describeError(error) }
  return { problems: problems.slice(0, TOLD), ...(problems.length > TOLD && { further: problems.length - TOLD }) }
}

function linesOf(error: unknown): readonly string[] {
  if (error instanceof ConfigError) return error.problems.map(formatProblem)
  if (!(error instanceof RulesetError)) return []
  return error.problems.map((problem) => formatRulesetProblem({ ...problem, excerpt: '' }))
}
