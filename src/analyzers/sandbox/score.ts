/** What is common to reading the reports of Cuckoo and its descendants. */
import { z } from 'zod'
import type { Finding } from '../../core/index.ts'

const MOST_TEXT = 300
const HIGHEST = 10
/** Their severities go from 1 to 3, ours from 0 to 10. */
const STEP = 3

/** A score: a number that is not negative; what is above the scale is its end. Anything else is no score, never 0. */
export const score = z
  .number()
  .nonnegative()
  .transform((value) => Math.min(value, HIGHEST))

/** A signature that matched; its name and its weight decide, so they must be there. */
export const signature = z.object({
  name: z.string().min(1),
  severity: z.number().nonnegative(),
  description: z.string().nullish(),
  families: z.array(z.string()).nullish(),
})

/** The finding that a signature stands for. */
export function findingOf({ name, severity, description, families }: z.output<typeof signature>): Finding {
  return {
    id: shortened(name),
    severity: Math.min(severity * STEP, HIGHEST),
    description: shortened(description ?? ''),
    family: shortened(families?.[0] ?? ''),
  }
}

/** A text of a report, short enough for logs. */
export function shortened(text: string): string {
  return text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text
}

/** The texts among values of unknown kind, each once. */
export function texts(values: readonly unknown[]): readonly string[] {
  return [...new Set(values.flatMap((one) => (typeof one === 'string' && one !== '' ? [shortened(one)] : [])))]
}

/** The machine that a report names, by itself or in a record. */
export const machineName = z.union([
  z.string().min(1),
  z.object({ name: z.string().min(1) }).transform(({ name }) => name),
])

/** What it means that a part of the proof is not there, or not what it should be. */
export interface Missing {
  readonly path: string
  readonly says: string
}

/** Why a report proves nothing, by the first part of the proof that is odd. */
export function whyUnproven(error: z.ZodError, missing: readonly Missing[]): string {
  const path = error.issues[0]?.path.join('.') ?? ''
  return missing.find((one) => path.startsWith(one.path))?.says ?? `the report is odd at ${path || 'its beginning'}`
}
