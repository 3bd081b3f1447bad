/** What is lost or changed on the way of one rule, and what stands in for what is lost. */
import { all, FALSE, TRUE } from './cel.ts'
import type { Side } from './term.ts'

/** The role that no analyzer plays: a rule that needs it is unresolved, and what is unresolved is never let pass. */
export const MISSING_ROLE = 'peekabooav'
/** The role of the sandbox. */
export const SANDBOX_ROLE = 'sandbox'

const UNRESOLVED = `${MISSING_ROLE}.score > 0.0`

/** Collects notes while one rule is carried over. */
export class Losses {
  /** What could not be carried over, and why. */
  readonly lost = new Set<string>()
  /** What means something else or is worth knowing. */
  readonly notes = new Set<string>()
  readonly #isGuarding: boolean

  /** `isGuarding`: the rule refuses; what is lost of it must stay a question. Else it lets pass, and what is lost may only narrow it. */
  constructor(isGuarding: boolean) {
    this.#isGuarding = isGuarding
  }

  get isGuarding(): boolean {
    return this.#isGuarding
  }

  /** Whether something was met at which the predecessor failed, so that nothing passed. */
  isBroken = false

  /** As `lose`, for something at which the predecessor failed: a rule that lets pass must not pass by what stands beside it. */
  fail(why: string, side: Side): string {
    this.isBroken = true
    return this.lose(why, side)
  }

  /** A condition in place of one that cannot be carried over. */
  lose(why: string, side: Side, guard = TRUE): string {
    this.lost.add(why)
    if (this.#isGuarding) return all([guard, UNRESOLVED])
    return side === 'narrow' ? FALSE : TRUE
  }
}
