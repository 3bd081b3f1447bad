/** One thing that is wrong with a profile; `path` leads to it in the configuration. */
export interface PolicyProblem {
  readonly path: readonly string[]
  readonly message: string
  /** What to write instead. */
  readonly remedy: string
}

/** The profiles were refused; `problems` are all that were found. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError'
  readonly problems: readonly PolicyProblem[]

  constructor(problems: readonly PolicyProblem[]) {
    super(problems.map(({ path, message, remedy }) => `${path.join('.')}: ${message}; ${remedy}`).join('\n'))
    this.problems = problems
  }
}
