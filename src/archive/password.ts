/**
 * Candidates for the password of a container, and the search among them. A password leaves this file in clear to an attempt, and to whoever
 * asks the walk for what opened a container; facts hold none.
 */
import type { Budget } from './budget.ts'

/** Where a candidate comes from: that is all that a result says of it. */
export type PasswordSource = 'message' | 'site' | 'common'

export interface Candidate {
  readonly value: string
  readonly source: PasswordSource
}

/** A password that somebody had to know, and the container that it opened. */
export interface OpenedWith {
  /** Digest of the container. */
  readonly sha256: string
  readonly value: string
}

/** What an opener sees of the passwords. */
export type PasswordSearch = Pick<Passwords, 'find' | 'findEach' | 'suggest'>

/** So many are remembered of those that opened something. */
const MAX_OPENED = 100
/** More a budget never tries. */
const MAX_CANDIDATES = 100
const MAX_MENTIONED = 40

/** How a search ended. */
export type Search =
  | { readonly kind: 'opened'; readonly value: string; readonly source: PasswordSource }
  | { readonly kind: 'closed' }
  | { readonly kind: 'budget' }

/** What a candidate opened of a container with several passwords. */
export type Part = 'none' | 'some' | 'all'

/** How a search for all passwords of a container ended. */
export interface SearchEach {
  readonly opened: readonly Candidate[]
  /** Whether the tries were used up before all was open. */
  readonly isBudget: boolean
}

/** The candidates of one sample; what opened one container is tried first at the next. */
export class Passwords {
  #candidates: readonly Candidate[]
  readonly #budget: Budget
  #proven: string | undefined
  #mentioned = 0
  readonly #opened: OpenedWith[] = []

  constructor(candidates: readonly Candidate[], budget: Budget) {
    this.#candidates = candidates
    this.#budget = budget
  }

  /** What opened which container, in the order in which they were opened; what everybody's password opened is not among it. */
  get opened(): readonly OpenedWith[] {
    return this.#opened
  }

  /** The search for one container: what opens it is remembered under its digest. */
  for(sha256: string): PasswordSearch {
    return {
      suggest: (values) => this.suggest(values),
      find: async (attempt, extra) => {
        const search = await this.find(attempt, extra)
        if (search.kind === 'opened' && search.source !== 'common') this.#remember({ sha256, value: search.value })
        return search
      },
      findEach: async (attempt) => {
        const search = await this.findEach(attempt)
        for (const { value } of search.opened) this.#remember({ sha256, value })
        return search
      },
    }
  }

  #remember(one: OpenedWith): void {
    const isKnown = this.#opened.some(({ sha256, value }) => sha256 === one.sha256 && value === one.value)
    if (!isKnown && this.#opened.length < MAX_OPENED) this.#opened.push(one)
  }

  /** Further candidates, as a message within says them; they come before those of a message around it. */
  suggest(values: readonly string[]): void {
    const known = new Set(this.#candidates.map(({ value }) => value))
    const fresh = values.filter((value) => value !== '' && !known.has(value)).slice(0, MAX_CANDIDATES)
    this.#candidates = [...fresh.map((value): Candidate => ({ value, source: 'message' })), ...this.#candidates]
  }

  /** Candidates that come after all others, as a note in an archive says them. */
  mention(values: readonly string[]): void {
    const known = new Set(this.#candidates.map(({ value }) => value))
    const fresh = values.filter((value) => value !== '' && !known.has(value))
    const room = Math.max(0, MAX_MENTIONED - this.#mentioned)
    this.#mentioned += fresh.length
    this.#candidates = [
      ...this.#candidates,
      ...fresh.slice(0, room).map((value): Candidate => ({ value, source: 'message' })),
    ]
  }

  /** What opened a container before, then by turns two of the message and one of the site: neither uses up the tries of the other. */
  #inOrder(): readonly Candidate[] {
    const proven = this.#candidates.filter(({ value }) => value === this.#proven)
    const others = this.#candidates.filter(({ value }) => value !== this.#proven)
    const [said, listed] = [others.filter(isSaid), others.filter((one) => !isSaid(one))]
    const ordered = [...proven]
    for (let i = 0; i < Math.max(listed.length, said.length / 2); i++) {
      ordered.push(...said.slice(2 * i, 2 * i + 2), ...listed.slice(i, i + 1))
    }
    return ordered
  }

  /** Tries the passwords that every program of the format knows, then the candidates in their order. */
  async find(attempt: (value: string) => Promise<boolean>, extra: readonly string[] = []): Promise<Search> {
    const common = extra.map((value): Candidate => ({ value, source: 'common' }))
    for (const candidate of [...common, ...this.#inOrder()]) {
      const tried = await this.#budget.try(() => attempt(candidate.value))
      if (tried === undefined) return { kind: 'budget' }
      if (!tried.result) continue
      if (!common.includes(candidate)) this.#proven = candidate.value
      return { kind: 'opened', ...candidate }
    }
    return { kind: 'closed' }
  }

  /** Tries each candidate once, until all is open: for containers in which each member may have its own password. */
  async findEach(attempt: (value: string) => Promise<Part>): Promise<SearchEach> {
    const opened: Candidate[] = []
    for (const candidate of this.#inOrder()) {
      const tried = await this.#budget.try(() => attempt(candidate.value))
      if (tried === undefined) return { opened, isBudget: true }
      if (tried.result === 'none') continue
      opened.push(candidate)
      this.#proven = candidate.value
      if (tried.result === 'all') break
    }
    return { opened, isBudget: false }
  }
}

function isSaid({ source }: Candidate): boolean {
  return source === 'message'
}
