/** One sample of one message while it is judged: what is known of each role, and what the rules say of that. */
import type { MessageFacts, Outcome, RoleState, Sample } from '../core/index.ts'
import type { Evaluation, Ruleset } from '../rules/index.ts'

export class Case {
  readonly sample: Sample
  readonly #message: MessageFacts
  readonly #ruleset: Ruleset
  readonly roles: Map<string, RoleState>
  /** What of the sample was not read, and why. */
  readonly unread: readonly Outcome[]
  #evaluation: Evaluation

  constructor(
    sample: Sample,
    message: MessageFacts,
    ruleset: Ruleset,
    roles: ReadonlyMap<string, RoleState>,
    unread: readonly Outcome[] = [],
  ) {
    this.unread = unread
    this.sample = sample
    this.#message = message
    this.#ruleset = ruleset
    this.roles = new Map(roles)
    this.#evaluation = this.#evaluate()
  }

  get evaluation(): Evaluation {
    return this.#evaluation
  }

  /** Takes what became known of a role and asks the rules again. */
  learn(role: string, state: RoleState): void {
    this.roles.set(role, state)
    this.#evaluation = this.#evaluate()
  }

  #evaluate(): Evaluation {
    return this.#ruleset.evaluate({ sample: this.sample, message: this.#message, roles: this.roles })
  }
}
