/** Stands in for the rules while a message is examined, remembers what they were asked, and asks two rulesets afterwards. */
import type { Disposition, Outcome, RoleState, Sample } from '../core/index.ts'
import { dispositionOf, type Profile } from '../policy/index.ts'
import { type EvaluationInput, type Ruleset, STANDARD_ROLES } from '../rules/index.ts'
import type { Store } from '../store/store.ts'

/** What two rulesets say of one sample, and what each would have answered. */
export interface Replayed {
  readonly sample: Sample
  readonly now: Outcome
  readonly then: Outcome
  readonly answers: readonly [now: Disposition, then: Disposition]
  readonly isChanged: boolean
}

/** Records what the rules are asked about one message after the other. */
export class Recorder {
  readonly #now: Ruleset
  readonly #then: Ruleset
  readonly #roles: Readonly<Record<string, string>>
  readonly #asked = new Map<string, EvaluationInput>()

  constructor(now: Ruleset, then: Ruleset, roles: Readonly<Record<string, string>>) {
    this.#now = now
    this.#then = then
    this.#roles = roles
  }

  /** The rules that the filter asks meanwhile: they look at whatever either of the two looks at. */
  get ruleset(): Ruleset {
    return {
      ...this.#now,
      asks: (root) => this.#now.asks(root) || this.#then.asks(root),
      looksAt: (role) => this.#now.looksAt(role) || this.#then.looksAt(role),
      evaluate: (input, options) => {
        this.#asked.set(input.sample.path, input)
        return this.#now.evaluate(input, options)
      },
    }
  }

  /** Forgets the message before. */
  begin(): void {
    this.#asked.clear()
  }

  /** Asks both rulesets about every sample of the message, with the reports that are in the store. */
  async compare(store: Pick<Store, 'stories'>, profile: Profile): Promise<readonly Replayed[]> {
    const replayed: Replayed[] = []
    for (const asked of this.#asked.values()) {
      const { sample } = asked
      const roles = await this.#rolesOf(sample, store)
      const now = this.#now.evaluate({ ...asked, roles }).outcome
      const then = this.#then.evaluate({ ...asked, roles }).outcome
      const answers = [dispositionOf(now, profile), dispositionOf(then, profile)] as const
      replayed.push({ sample, now, then, answers, isChanged: !isSame(now, then) })
    }
    return replayed
  }

  /** A role that is configured but of which no report is there counts as not asked. */
  async #rolesOf({ sha256 }: Sample, store: Pick<Store, 'stories'>): Promise<ReadonlyMap<string, RoleState>> {
    const open = Object.entries(this.#roles).map(([role, analyzer]): [string, RoleState] => {
      return [role, { state: analyzer === 'none' ? 'unmapped' : 'wanted' }]
    })
    const [story] = await store.stories({ sha256 }, 1).catch(() => [])
    const reports = story?.samples.find((one) => one.sample.sha256 === sha256)?.reports ?? {}
    const known = Object.entries(reports).flatMap(([role, report]): [string, RoleState][] => {
      return typeof report === 'string' ? [] : [[role, { state: 'reported', report }]]
    })
    const mapped = new Set(open.map(([role]) => role))
    const spare = STANDARD_ROLES.filter((role) => !mapped.has(role))
    return new Map([...spare.map((role): [string, RoleState] => [role, { state: 'unmapped' }]), ...open, ...known])
  }
}

/** The reason may say more or less: what decides is kind, verdict and rule. */
function isSame(a: Outcome, b: Outcome): boolean {
  return JSON.stringify({ ...a, reason: '' }) === JSON.stringify({ ...b, reason: '' })
}
