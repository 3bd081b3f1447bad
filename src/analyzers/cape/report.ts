/**
 * What a report of CAPE proves. `reported` alone proves nothing: a task whose guest never started is reported too. It counts when a machine
 * is named, processes were seen, the status is not `Failed`, there is a score, and the digest is that of our sample (or of the container
 * that the file came out of).
 */
import { z } from 'zod'
import type { Report } from '../../core/index.ts'
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

const MOST_LISTED = 100

/** What is kept of a report; all else may be as large as it likes. */
export const CAPE_PICK: Pick = {
  keys: {
    malscore: 'value',
    malstatus: 'value',
    malfamily: 'value',
    detections: { each: { keys: { family: 'value' } } },
    signatures: {
      each: { keys: { name: 'value', severity: 'value', description: 'value', families: 'value' } },
    },
    info: {
      keys: {
        machine: 'value',
        duration: 'value',
        version: 'value',
        package: 'value',
        parent_sample: { keys: { sha256: 'value' } },
      },
    },
    target: { keys: { file: { keys: { sha256: 'value' } } } },
    behavior: { keys: { processtree: { each: { keys: {} }, most: 1 } } },
    network: {
      keys: {
        domains: { each: { keys: { domain: 'value' } }, most: MOST_LISTED },
        hosts: { each: 'value', most: MOST_LISTED },
        http: { each: { keys: { uri: 'value' } }, most: MOST_LISTED },
      },
    },
    dropped: { each: { keys: { sha256: 'value' } }, most: MOST_LISTED },
  },
}

const sha256 = z.string().transform((text) => text.toLowerCase())
const proof = z.object({
  malscore: score,
  malstatus: z.string().nullish(),
  info: z.object({
    machine: machineName,
    duration: z.number().nonnegative(),
    version: z.string().nullish(),
    package: z.string().nullish(),
    parent_sample: z.object({ sha256: sha256.nullish() }).nullish(),
  }),
  target: z.object({ file: z.object({ sha256 }) }),
  behavior: z.object({ processtree: z.array(z.unknown()).min(1) }),
  signatures: z.array(signature),
})

/** The rest, which decides nothing by its absence. */
const hints = z.object({
  malfamily: z.unknown().optional(),
  detections: z.array(z.object({ family: z.unknown().optional() })).catch([]),
  network: z
    .object({
      domains: z.array(z.object({ domain: z.unknown().optional() })).catch([]),
      hosts: z.array(z.unknown()).catch([]),
      http: z.array(z.object({ uri: z.unknown().optional() })).catch([]),
    })
    .partial()
    .catch({}),
  dropped: z.array(z.object({ sha256: z.unknown().optional() })).catch([]),
})

const MISSING: readonly Missing[] = [
  { path: 'malscore', says: 'the report has no score that is a number from 0 to 10' },
  { path: 'info.machine', says: 'no machine is named: it never started' },
  { path: 'info.duration', says: 'the time that it ran is missing: it never started' },
  { path: 'target', says: 'the report does not say what file it is about' },
  { path: 'behavior', says: 'no process was seen: the sample never ran' },
  { path: 'signatures', says: 'its signatures are missing or odd' },
]

/** The end of a task by what was picked of its report. */
export function endOf(picked: unknown, wanted: string, link: string): Ended {
  const read = proof.safeParse(picked)
  if (!read.success) return failed(whyUnproven(read.error, MISSING), true)
  const { target, info, malstatus } = read.data
  const isOurs = [target.file.sha256, info.parent_sample?.sha256].includes(wanted)
  if (!isOurs) return failed(`the report is about another file, ${shortened(target.file.sha256)}`, true)
  if (malstatus === 'Failed') return failed('its status is Failed: the analysis did not come to its end', true)
  return { state: 'reported', report: reportOf(read.data, hints.safeParse(picked).data, link) }
}

function reportOf(read: z.output<typeof proof>, more: z.output<typeof hints> | undefined, link: string): Report {
  const { info, signatures, malscore, target } = read
  const version = info.version ? `CAPE ${shortened(info.version)}` : ''
  const network = more?.network
  return {
    analyzer: '',
    version,
    score: malscore,
    findings: signatures.map(findingOf),
    families: texts([
      ...(more?.detections ?? []).map(({ family }) => family),
      more?.malfamily,
      ...signatures.flatMap(({ families }) => families ?? []),
    ]),
    ...(network?.domains && { domains: texts(network.domains.map(({ domain }) => domain)) }),
    ...(network?.hosts && { hosts: texts(network.hosts.map(addressOf)) }),
    ...(network?.http && { urls: texts(network.http.map(({ uri }) => uri)) }),
    ...(more && { dropped: texts(more.dropped.map((one) => one.sha256)) }),
    evidence: [
      `ran for ${info.duration} s in ${shortened(info.machine)}${info.package ? ` as ${shortened(info.package)}` : ''}`,
      'processes were seen',
      `the report is about ${target.file.sha256}`,
    ],
    link,
  }
}

function addressOf(host: unknown): unknown {
  return typeof host === 'object' && host !== null && 'ip' in host ? host.ip : host
}
