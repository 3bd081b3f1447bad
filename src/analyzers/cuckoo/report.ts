/**
 * What a report of Cuckoo 2 proves. A task is `reported` whatever happened, also when its machine never started. It counts when the guest
 * said that the analysis was completed, a machine is named, processes were seen, there is a score, and the digest is that of our sample.
 */
import { z } from 'zod'
import type { Pick } from '../http/json-picker.ts'
import { type Ended, failed } from '../sandbox/api.ts'
import {
  findingOf,
  type Missing,
  machineName,
  score,
  shortened,
  signature,
  texts,
  whyUnproven,
} from '../sandbox/score.ts'

/** The elements of a report, each fetched singly; a Cuckoo that does not know how sends all with the first. */
export const ELEMENTS = ['info', 'target', 'signatures', 'debug', 'behavior'] as const
export type Element = (typeof ELEMENTS)[number]

const PICKS: { readonly [E in Element]: Pick } = {
  info: { keys: { score: 'value', machine: 'value', duration: 'value', version: 'value', package: 'value' } },
  target: { keys: { file: { keys: { sha256: 'value' } } } },
  signatures: { each: { keys: { name: 'value', severity: 'value', description: 'value', families: 'value' } } },
  debug: { keys: { cuckoo: 'value', errors: 'value' } },
  behavior: { keys: { processes: { each: { keys: {} }, most: 1 } } },
}

/** What is kept of any answer that holds elements under their names. */
export const CUCKOO_PICK: Pick = { keys: PICKS }

/** The line by which the guest's agent ends an analysis that came to its end. */
const COMPLETED = /analysis completed successfully/i

const proof = z.object({
  info: z.object({
    score,
    machine: machineName,
    duration: z.number().nonnegative(),
    version: z.string().nullish(),
    package: z.string().nullish(),
  }),
  target: z.object({ file: z.object({ sha256: z.string().transform((text) => text.toLowerCase()) }) }),
  signatures: z.array(signature),
  debug: z.object({ cuckoo: z.array(z.string()), errors: z.array(z.string()).nullish() }),
  behavior: z.object({ processes: z.array(z.unknown()).min(1) }),
})

const MISSING: readonly Missing[] = [
  { path: 'info.score', says: 'the report has no score that is a number' },
  { path: 'info.machine', says: 'no machine is named: it never started' },
  { path: 'info.duration', says: 'the time that it ran is missing: it never started' },
  { path: 'target', says: 'the report does not say what file it is about' },
  { path: 'signatures', says: 'its signatures are missing or odd' },
  { path: 'debug', says: 'nothing says that the analysis was completed' },
  { path: 'behavior', says: 'no process was seen: the sample never ran' },
]

/** The end of a task by what was picked of its report. */
export function endOf(picked: unknown, wanted: string, link: string): Ended {
  const read = proof.safeParse(picked)
  if (!read.success) return failed(whyUnproven(read.error, MISSING), true)
  const { info, target, signatures, debug } = read.data
  if (target.file.sha256 !== wanted) {
    return failed(`the report is about another file, ${shortened(target.file.sha256)}`, true)
  }
  const [error] = debug.errors ?? []
  if (error !== undefined) return failed(`its guest had an error: ${shortened(error)}`, true)
  if (!debug.cuckoo.some((line) => COMPLETED.test(line))) {
    return failed('nothing says that the analysis was completed', true)
  }
  const report = {
    analyzer: '',
    version: info.version ? `Cuckoo ${shortened(info.version)}` : '',
    score: info.score,
    findings: signatures.map(findingOf),
    families: texts(signatures.flatMap(({ families }) => families ?? [])),
    evidence: [
      `ran for ${info.duration} s in ${shortened(info.machine)}${info.package ? ` as ${shortened(info.package)}` : ''}`,
      'its guest said that the analysis was completed',
      'processes were seen',
      `the report is about ${target.file.sha256}`,
    ],
    link,
  }
  return { state: 'reported', report }
}
