/** What is wrong with a rule file: every problem says where (with a caret), what, and what to write instead. */

export interface RulesetProblem {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly message: string
  /** What to write instead; empty where the message says it all. */
  readonly remedy: string
  /** The line as written and a caret under the place, two lines; empty where there is no line. */
  readonly excerpt: string
  /** The rule is right, but asks a role that the configuration does not know. */
  readonly isUnmappedRole?: boolean
}

/** Whether nothing is wrong with the rules themselves: the configuration has to say who plays a role that they ask. */
export function isOnlyUnmapped(problems: readonly RulesetProblem[]): boolean {
  return problems.length > 0 && problems.every(({ isUnmappedRole = false }) => isUnmappedRole)
}

/** The rules were refused; `problems` are all that were found, in the order of the files. */
export class RulesetError extends Error {
  override readonly name = 'RulesetError'
  readonly problems: readonly RulesetProblem[]

  constructor(problems: readonly RulesetProblem[]) {
    super(problems.map(formatRulesetProblem).join('\n'))
    this.problems = problems
  }
}

/** `file:line:column: what is wrong; remedy`, as compilers write it, with the line and the caret below. */
export function formatRulesetProblem({ file, line, column, message, remedy, excerpt }: RulesetProblem): string {
  const head = `${line === 0 ? file : `${file}:${line}:${column}`}: ${message}${remedy === '' ? '' : `; ${remedy}`}`
  return excerpt === '' ? head : `${head}\n${excerpt}`
}
