/** One sample of one message while it is judged: what is known of each role, and what the rules say of that. */
import type { MessageFacts, Outcome, RoleState, Sample } from '../core/index.ts'
import type { Evaluation, Ruleset } from '../rules/index.ts'
import type { Override } from '../store/store.ts'
import type { Around } from './around.ts'

export class Case {
  readonly sample: Sample
  readonly #message: MessageFacts
  readonly #ruleset: Ruleset
  #roles: ReadonlyMap<string, RoleState>
  /** What of the sample was not read, and why. */
  readonly unread: readonly Outcome[]
  readonly #override: Override | undefined
  readonly #around: Around
  #evaluation: Evaluation

  constructor(
    sample: Sample,
    message: MessageFacts,
    ruleset: Ruleset,
    roles: ReadonlyMap<string, RoleState>,
    unread: readonly Outcome[] = [],
    override?: Override,
    around: Around = {},
  ) {
    this.#around = around
    this.#override = override
    this.unread = unread
    this.sample = sample
    this.#message = message
    this.#ruleset = ruleset
    this.#roles = roles
    this.#evaluation = this.#evaluate()
  }

  get evaluation(): Evaluation {
    return this.#evaluation
  }

  /** What is known of each role; cases of one message share it until they learn. */
  get roles(): ReadonlyMap<string, RoleState> {
    return this.#roles
  }

  /** Takes what became known of a role and asks the rules again. */
  learn(role: string, state: RoleState): void {
    this.#roles = new Map([...this.#roles, [role, state]])
    this.#evaluation = this.#evaluate()
  }

  /** Takes an outcome that the rules have no more to say to. */
  settle(outcome: Outcome): void {
    this.#evaluation = { outcome, needs: [] }
  }

  /** What an operator decided about the bytes comes before every rule. */
  #evaluate(): Evaluation {
    if (this.#override) return overridden(this.#override)
    return this.#ruleset.evaluate({ sample: this.sample, message: this.#message, roles: this.#roles, ...this.#around })
  }
}

function overridden({ verdict, reason }: Override): Evaluation {
  const outcome: Outcome = {
    kind: 'decided',
    verdict: verdict === 'deny' ? 'bad' : 'good',
    rule: verdict === 'deny' ? '(denied by an operator)' : '(allowed by an operator)',
    reason,
  }
  return { outcome, needs: [] }
}
