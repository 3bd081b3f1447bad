/** A rule file as text, and the way from an offset in it to what an operator reads. */
import type { RulesetProblem } from './problem.ts'

/** One file, read by the caller: this room touches no disk. */
export interface RuleFile {
  readonly path: string
  readonly text: string
  /** Whether it came with the filter: its rules may name the spare roles. */
  readonly shipped?: boolean
}

/** A file and where its lines begin. */
export interface IndexedFile extends RuleFile {
  readonly lineStarts: readonly number[]
}

/** Prepares a file; a byte order mark is not part of it. */
export function indexFile(file: RuleFile): IndexedFile {
  const text = file.text.replace(/^\ufeff/, '')
  const lineStarts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1)
  return { ...file, text, lineStarts }
}

export interface Place {
  readonly line: number
  readonly column: number
}

/** Longest part of a line that is shown. */
const SHOWN = 120

/** Line and column of an offset, both from 1. */
export function placeOf({ text, lineStarts }: IndexedFile, offset: number): Place {
  let low = 0
  let high = lineStarts.length
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((lineStarts[middle] ?? 0) <= offset) low = middle
    else high = middle
  }
  return { line: low + 1, column: Math.min(offset, text.length) - (lineStarts[low] ?? 0) + 1 }
}

/** The offset of a place. */
export function offsetOf({ lineStarts }: IndexedFile, { line, column }: Place): number {
  return (lineStarts[line - 1] ?? 0) + column - 1
}

/** A problem at an offset, with the line as written and a caret. */
export function problemAt(file: IndexedFile, offset: number, message: string, remedy = ''): RulesetProblem {
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
