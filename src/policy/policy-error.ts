/** One thing that is wrong with the policy; `path` leads to it in the configuration. */
export interface PolicyProblem {
  readonly path: readonly (string | number)[]
  /** Where it stands, if that is a file that is no part of the configuration: a list or a catalogue. */
  readonly place?: { readonly origin: string; readonly line: number; readonly column: number }
  readonly message: string
  /** What to write instead. */
  readonly remedy: string
}

/** The policy was refused; `problems` are all that were found. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError'
  readonly problems: readonly PolicyProblem[]

  constructor(problems: readonly PolicyProblem[]) {
    super(problems.map(({ path, message, remedy }) => `${path.join('.')}: ${message}; ${remedy}`).join('\n'))
    this.problems = problems
  }
}
