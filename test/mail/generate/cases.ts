/** All cases, class by class. */
import { type Case, type CaseClass, makeCase } from './case.ts'
import { attachments } from './class/attachment.ts'
import { base64s } from './class/base64.ts'
import { boundaries } from './class/boundary.ts'
import { combined } from './class/combined.ts'
import { contentTypes } from './class/content-type.ts'
import { dress } from './class/dress.ts'
import { furtherDresses } from './class/further-dress.ts'
import { furtherEncodings } from './class/further-encoding.ts'
import { furtherNames } from './class/further-name.ts'
import { furtherStructures } from './class/further-structure.ts'
import { encodedNames } from './class/name-encoded.ts'
import { nameForms } from './class/name-syntax.ts'
import { packedFiles } from './class/packed.ts'
import { quotedPrintables } from './class/quoted-printable.ts'
import { structures } from './class/structure.ts'
import { transferEncodings } from './class/transfer-encoding.ts'
import { wrapped } from './class/wrapped.ts'

/** The rows of the taxonomy, in its order. */
export const CLASSES: readonly CaseClass[] = [
  ...attachments,
  ...dress,
  ...transferEncodings,
  ...contentTypes,
  ...boundaries,
  ...structures,
  ...base64s,
  ...quotedPrintables,
  ...packedFiles,
  ...wrapped,
  ...encodedNames,
  ...nameForms,
  ...furtherStructures,
  ...furtherEncodings,
  ...furtherDresses,
  ...furtherNames,
  ...combined,
]

/** Every case with its content. */
export function allCases(): readonly Case[] {
  return CLASSES.flatMap(({ name, cases }) => cases.map((spec) => makeCase(name, spec)))
}

/** The case of that name, with other content. */
export function caseWith(name: string, content: Buffer): Case {
  for (const { name: className, cases } of CLASSES) {
    const spec = cases.find((each) => `${className}/${each.name}` === name)
    if (spec !== undefined) return makeCase(className, spec, content)
  }
  throw new Error(`there is no case ${name}`)
}
