/**
 * Asks the analyzers what the rules need, cheap ones before dear ones, and tells the cases what became known. The rules say what is
 * needed; nobody else does.
 */
import { type Clock, causeOf, Fault, type RoleState } from '../core/index.ts'
import type { Asker, Scheduler, Standing } from '../scheduler/index.ts'
import type { Case } from './case.ts'
import { credible, type Wanted, type Wants } from './wants.ts'

/** Time after which dearer analyzers are asked although cheaper ones have not answered. */
const TIER_PATIENCE_MS = 2000

interface Question {
  readonly one: Case
  readonly role: string
  readonly tier: number
}

/** A question as it is put to the scheduler. */
interface Asked {
  readonly question: Question
  readonly wanted: Wanted
}

export interface QuestionsDeps {
  readonly scheduler: Scheduler
  readonly clock: Clock
  /** Role → analyzer. */
  readonly roles: ReadonlyMap<string, string>
  readonly wants: Pick<Wants, 'of'>
  readonly asker: Asker
}

export class Questions {
  readonly #deps: QuestionsDeps
  readonly #cases: readonly Case[]
  #pending: { question: Question; standing: Standing }[] = []
  #askedAt = 0
  #expectedMs = 0

  constructor(cases: readonly Case[], deps: QuestionsDeps) {
    this.#cases = cases
    this.#deps = deps
  }

  /** Asks what is to be asked now and says how much that was; afterwards `open` says whether an answer is awaited. */
  async ask(): Promise<number> {
    const questions = this.#due()
    if (questions.length === 0) return 0
    this.#expectedMs = 0
    this.#askedAt = this.#deps.clock.now()
    await this.#put(questions)
    return questions.length
  }

  get open(): boolean {
    return this.#pending.length > 0
  }

  /** Milliseconds until what was asked last is probably answered; 0 where nobody knows. */
  get expectedMs(): number {
    return this.#expectedMs
  }

  /** Resolves when an answer came, dearer analyzers may be asked, or it is `over`; the cases know what came. */
  async wait(over: Promise<void>): Promise<void> {
    let isOver = false
    const ended = over.then(() => {
      isOver = true
    })
    const patience = this.#mayAskMore() ? timer(this.#deps.clock, TIER_PATIENCE_MS) : undefined
    const changes = this.#pending.map((one) => one.standing.changed)
    await Promise.race([ended, ...changes, ...(patience ? [patience.over] : [])])
    patience?.cancel()
    if (isOver) return
    const again = this.#pending.map((one) => one.question)
    this.#pending = []
    await this.#put(again)
  }

  #mayAskMore(): boolean {
    return this.#cases.some((one) => one.evaluation.needs.length > 0)
  }

  /** The needs of the lowest tier; dearer ones only when the cheaper were given their time. */
  #due(): Question[] {
    const wanted = this.#cases.flatMap((one) => this.#wanted(one))
    const patient = this.#deps.clock.now() - this.#askedAt < TIER_PATIENCE_MS
    const cheapest = Math.min(...wanted.map((question) => question.tier))
    const busy = Math.min(...this.#pending.map((one) => one.question.tier))
    if (patient && busy < cheapest) return []
    return wanted.filter((question) => question.tier === cheapest)
  }

  #wanted(one: Case): Question[] {
    return one.evaluation.needs.map((role) => ({ one, role, tier: this.#deps.scheduler.tierOf(this.#analyzer(role)) }))
  }

  async #put(questions: readonly Question[]): Promise<void> {
    const made = await Promise.all(questions.map((question) => this.#toAsk(question)))
    const asked = made.flatMap((one) => (one ? [one] : []))
    if (asked.length === 0) return
    try {
      const wants = asked.map(({ wanted }) => wanted.want)
      const standings = await this.#deps.scheduler.want(wants, this.#deps.asker)
      for (const [i, one] of asked.entries()) this.#note(one, standings[i])
    } catch (error) {
      for (const { question } of asked) fail(question, error)
    }
  }

  /** What is wanted for a question; one that cannot be put has failed. */
  async #toAsk(question: Question): Promise<Asked | undefined> {
    const { one, role } = question
    try {
      return { question, wanted: await this.#deps.wants.of(one, this.#analyzer(role)) }
    } catch (error) {
      fail(question, error)
      return undefined
    }
  }

  #note({ question, wanted }: Asked, standing: Standing | undefined): void {
    if (!standing) throw new Fault('internal', 'the scheduler did not answer for every want')
    question.one.learn(question.role, credible(standing.state, wanted))
    if (standing.state.state !== 'pending') return
    this.#expectedMs = Math.max(this.#expectedMs, standing.expectedMs ?? 0)
    this.#pending.push({ question, standing })
  }

  #analyzer(role: string): string {
    const analyzer = this.#deps.roles.get(role)
    if (analyzer === undefined) throw new Fault('internal', `the role ${role} is not mapped`)
    return analyzer
  }
}

function fail({ one, role }: Question, error: unknown): void {
  one.learn(role, { state: 'failed', cause: causeOf(error) })
}

function timer(clock: Clock, ms: number): { readonly over: Promise<void>; readonly cancel: () => void } {
  const { promise: over, resolve } = Promise.withResolvers<void>()
  return { over, cancel: clock.after(ms, resolve) }
}

/** The state of every role before anybody was asked. */
export function rolesAtFirst(roles: ReadonlyMap<string, string>, declared: readonly string[]): Map<string, RoleState> {
  return new Map(declared.map((role) => [role, roles.has(role) ? { state: 'wanted' } : { state: 'unmapped' }]))
}
