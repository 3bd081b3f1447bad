/** What is wrong with the predecessor's files: a message with its place, and what the whole command says of several. */
import { CommandError } from '../exit-code.ts'
import { harmless } from '../style.ts'

/** A line (and column, where one can be named) of a file of the predecessor. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column?: number
}

/** The place as compilers write it. */
export function placeText({ file, line, column }: Place): string {
  return `${harmless(file)}:${line}${column === undefined ? '' : `:${column}`}`
}

/** Something that the predecessor itself would have refused to start with, or that cannot be read. */
export class ImportError extends Error {
  override readonly name = 'ImportError'
  readonly place: Place

  constructor(place: Place, message: string) {
    super(message)
    this.place = place
  }
}

/** All problems as one end of the command; nothing has been written. */
export function refusal(problems: readonly ImportError[]): CommandError {
  const lines = problems.map(({ place, message }) => `${placeText(place)}: ${harmless(message)}`)
  return new CommandError(`nothing was written:\n${lines.join('\n')}`)
}
