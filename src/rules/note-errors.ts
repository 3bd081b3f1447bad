/** Errors of an expression, noted where it is written. */
import type { Scalar } from 'yaml'
import { ConditionError } from './compiler.ts'
import { offsetInScalar } from './scalar-offset.ts'
import type { FileReader } from './yaml-file.ts'

/** What `read` makes of an expression that begins at `start` in the text of a scalar; undefined where it is refused. */
export function noteErrors<T>(scalar: Scalar, reader: FileReader, read: () => T, start = 0): T | undefined {
  try {
    return read()
  } catch (error) {
    const { offset, message, remedy, unmappedRole } = conditionError(error)
    const at = offsetIn(scalar, reader, start + offset)
    if (unmappedRole === undefined) reader.note(at, message, remedy)
    else reader.noteUnmapped(at, unmappedRole)
    return undefined
  }
}

/** Where in the file a character of a scalar's text stands. */
export function offsetIn(scalar: Scalar, reader: FileReader, offset: number): number {
  if (typeof scalar.value === 'string') return offsetInScalar(scalar, reader.file.text, offset)
  return (scalar.range?.[0] ?? 0) + offset
}

/** Anything else than our own error is the parser giving up on something monstrous. */
function conditionError(error: unknown): Pick<ConditionError, 'offset' | 'message' | 'remedy' | 'unmappedRole'> {
  if (error instanceof ConditionError) return error
  const why = error instanceof Error ? error.message : String(error)
  return {
    offset: 0,
    message: `the condition cannot be read: ${why}`,
    remedy: 'make it simpler',
    unmappedRole: undefined,
  }
}
