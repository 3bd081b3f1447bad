/** All cases, class by class. */
import type { Case, CaseClass } from './case.ts'
import { makeCase } from './case.ts'
import { base64s } from './class/base64.ts'
import { boundaries } from './class/boundary.ts'
import { contentTypes } from './class/content-type.ts'
import { structures } from './class/structure.ts'
import { transferEncodings } from './class/transfer-encoding.ts'

/** The rows of the taxonomy, in its order. */
export const CLASSES: readonly CaseClass[] = [
  ...transferEncodings,
  ...contentTypes,
  ...boundaries,
  ...structures,
  ...base64s,
]

/** Every case with its content. */
export function allCases(): readonly Case[] {
  return CLASSES.flatMap(({ name, cases }) => cases.map((spec) => makeCase(name, spec)))
}
