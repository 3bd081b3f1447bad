/**
 * The ruleset in force. It is replaced whole or not at all: a message takes it once, when it begins, and is judged, told and explained
 * by that one, whatever comes meanwhile.
 */
import { ConfigError, formatProblem } from '../config/index.ts'
import { formatRulesetProblem, type Ruleset, RulesetError } from '../rules/index.ts'
import { describeError } from '../telemetry/index.ts'

/** Longest problem that a health check tells; the log has all of them whole. */
const TOLD = 300

export class RunningRules {
  #current: Ruleset
  #problem = ''
  #done = 0
  #failed = 0

  constructor(first: Ruleset) {
    this.#current = first
  }

  get current(): Ruleset {
    return this.#current
  }

  /** Reloads since the start. */
  get reloads(): { readonly done: number; readonly failed: number } {
    return { done: this.#done, failed: this.#failed }
  }

  /** Whether the rules on disk could not be taken when they were last read. */
  get isStale(): boolean {
    return this.#problem !== ''
  }

  /** Puts another ruleset in force. Where it cannot be had, what is in force stays, and the error is thrown on. */
  async replace(load: () => Promise<Ruleset>): Promise<Ruleset> {
    try {
      this.#current = await load()
      this.#problem = ''
      this.#done += 1
      return this.#current
    } catch (error) {
      this.#problem = firstProblem(error)
      this.#failed += 1
      throw error
    }
  }

  /** For health checks: rejects with the place while the rules on disk are not those in force. */
  async check(): Promise<void> {
    if (this.#problem === '') return
    throw new Error(`${this.#current.version} stays in force; the last reload failed: ${this.#problem}`.slice(0, TOLD))
  }
}

function firstProblem(error: unknown): string {
  if (error instanceof ConfigError && error.problems[0]) return formatProblem(error.problems[0])
  if (!(error instanceof RulesetError) || !error.problems[0]) return describeError(error)
  return formatRulesetProblem({ ...error.problems[0], excerpt: '' })
}
