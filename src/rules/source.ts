/** A rule file as text, and the way from an offset in it to what an operator reads. */
import type { RulesetProblem } from './problem.ts'

/** One file, read by the caller: this room touches no disk. */
export interface RuleFile {
  readonly path: string
  readonly text: string
}

export interface Place {
  readonly line: number
  readonly column: number
}

/** Longest part of a line that is shown. */
const SHOWN = 120

/** Line and column of an offset, both from 1. */
export function placeOf({ text }: RuleFile, offset: number): Place {
  const before = text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: offset - lineStart + 1 }
}

/** A problem at an offset, with the line as written and a caret. */
export function problemAt(file: RuleFile, offset: number, message: string, remedy = ''): RulesetProblem {
  const at = Math.min(Math.max(offset, 0), file.text.length)
  return { file: file.path, ...placeOf(file, at), message, remedy, excerpt: excerpt(file.text, at) }
}

function excerpt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  const end = text.indexOf('\n', offset)
  const line = text.slice(start, end === -1 ? undefined : end)
  const from = Math.max(0, offset - start - (SHOWN - 20))
  const shown = line.slice(from, from + SHOWN).replace(/[^ -~\u00a0-\uffff]/g, ' ')
  return `    ${shown.trimEnd()}\n    ${' '.repeat(offset - start - from)}^`
}
