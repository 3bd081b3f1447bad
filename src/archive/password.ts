/** Candidates for the password of a container, and the search among them. A password never leaves this file in clear but to an attempt. */
import type { Budget } from './budget.ts'

/** Where a candidate comes from: that is all that a result says of it. */
export type PasswordSource = 'message' | 'site' | 'common'

export interface Candidate {
  readonly value: string
  readonly source: PasswordSource
}

/** More a budget never tries. */
const MAX_CANDIDATES = 100

/** How a search ended. */
export type Search =
  | { readonly kind: 'opened'; readonly value: string; readonly source: PasswordSource }
  | { readonly kind: 'closed' }
  | { readonly kind: 'budget' }

/** The candidates of one sample; what opened one container is tried first at the next. */
export class Passwords {
  #candidates: readonly Candidate[]
  readonly #budget: Budget

  constructor(candidates: readonly Candidate[], budget: Budget) {
    this.#candidates = candidates
    this.#budget = budget
  }

  /** Further candidates, as a message within says them; they come before those that are there, such as the site's. */
  suggest(values: readonly string[]): void {
    const known = new Set(this.#candidates.map(({ value }) => value))
    const fresh = values.filter((value) => !known.has(value)).slice(0, MAX_CANDIDATES)
    this.#candidates = [...fresh.map((value): Candidate => ({ value, source: 'message' })), ...this.#candidates]
  }

  /** Tries the passwords that every program of the format knows, then the candidates in their order. */
  async find(attempt: (value: string) => Promise<boolean>, extra: readonly string[] = []): Promise<Search> {
    const common = extra.map((value): Candidate => ({ value, source: 'common' }))
    for (const candidate of [...common, ...this.#candidates]) {
      const tried = await this.#budget.try(() => attempt(candidate.value))
      if (tried === undefined) return { kind: 'budget' }
      if (!tried.result) continue
      if (!common.includes(candidate))
        this.#candidates = [candidate, ...this.#candidates.filter((other) => other !== candidate)]
      return { kind: 'opened', ...candidate }
    }
    return { kind: 'closed' }
  }
}
