/** What is wrong with a configuration: every problem says where, what, and what to write instead. */
import type { Path, Place } from './tree.ts'

/** One thing that is wrong. */
export interface Problem {
  readonly place: Place
  readonly path: Path
  readonly message: string
  /** What to write instead; empty where the message says it all. */
  readonly remedy: string
}

/** The configuration was refused; `problems` are all that were found, in the order of the files. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    const sorted = problems.toSorted(inOrder)
    super(sorted.map(formatProblem).join('\n'))
    this.problems = sorted
  }
}

function inOrder({ place: a }: Problem, { place: b }: Problem): number {
  return a.origin === b.origin ? a.line - b.line || a.column - b.column : 0
}

/** `file:line:column: path: what is wrong; remedy`, as compilers write it so that editors can jump there. */
export function formatProblem(problem: Problem): string {
  const path = formatPath(problem.path)
  const remedy = problem.remedy === '' ? '' : `; ${problem.remedy}`
  return `${formatPlace(problem.place)}: ${path === '' ? '' : `${path}: `}${problem.message}${remedy}`
}

/** `file:line:column`, or only the origin where it has no lines. */
export function formatPlace(place: Place): string {
  return place.line === 0 ? place.origin : `${place.origin}:${place.line}:${place.column}`
}

/** `milter.listeners[0].listen`; a key that would be misread stands in quotes. */
export function formatPath(path: Path): string {
  let text = ''
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else text += `${text === '' ? '' : '.'}${/^[A-Za-z0-9_-]+$/.test(step) ? step : JSON.stringify(step)}`
  }
  return text
}
