/** Reads a case and tells what was found of what it hides. */
import type { Reading, Sample } from '../../../src/core/index.ts'
import { read, sha256 } from '../read.ts'
import type { Case, Expected } from './case.ts'

/** `full`: bytes and name; `bytes`: the bytes under no accepted name; `body`: only as the text of the message; `lost`: not at all. */
export type Grade = 'full' | 'bytes' | 'body' | 'lost'

export interface Measured {
  readonly case: Case
  /** The worst of all that is expected. */
  readonly grade: Grade
  readonly reading: Reading
}

const GRADES: readonly Grade[] = ['full', 'bytes', 'body', 'lost']

/** Reads the case as the filter does. */
export async function measure(one: Case): Promise<Measured> {
  const reading = await read(one.message)
  if (one.isBeyond && reading.unscannable !== '') return { case: one, grade: 'full', reading }
  const grades = one.expected.map((expected) => GRADES.indexOf(gradeOf(expected, reading)))
  return { case: one, grade: GRADES[Math.max(0, ...grades)] ?? 'lost', reading }
}

function gradeOf({ bytes, names }: Expected, { attachments, bodies }: Reading): Grade {
  const digest = sha256(bytes)
  const found = attachments.filter((sample) => sample.sha256 === digest)
  if (found.some((sample) => names.length === 0 || namesOf(sample).some((name) => names.includes(name)))) return 'full'
  if (found.length > 0) return 'bytes'
  return bodies.some((body) => body.sha256 === digest) ? 'body' : 'lost'
}

/** All names under which the sample may be shown. */
export function namesOf({ name, names }: Sample): readonly string[] {
  return [name, ...names.map(({ value }) => value)]
}
