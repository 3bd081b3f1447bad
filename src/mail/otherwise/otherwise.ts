/** The tolerant reading as the message's reader uses it: what it finds besides, and the bytes of what it found. */
import { type Anomaly, anomaly, type Content, type Limit, type Name, type Sample } from '../../core/index.ts'
import type { Budget } from '../budget.ts'
import { type Finding, united } from './finding.ts'
import { type TolerantOptions, TolerantReading } from './reading.ts'

export interface OtherReading {
  readonly samples: readonly Sample[]
  /** Names of what other readings have too, by its digest. */
  readonly names: ReadonlyMap<string, readonly Name[]>
  readonly anomalies: readonly Anomaly[]
  readonly limit: Limit | ''
}

/** Reads the message tolerantly; `known` are the digests of what other readings see in it, `before` what they have cost. */
export function readOtherwise(
  options: TolerantOptions,
  message: Buffer,
  known: ReadonlySet<string>,
  before: Budget,
): OtherReading {
  const reading = new TolerantReading({ ...options, known }, message, before)
  const samples: Sample[] = []
  const names = new Map<string, readonly Name[]>()
  const anomalies = fewOf(reading.anomalies)
  for (const finding of reading.findings.all) {
    if (known.has(finding.sha256)) names.set(finding.sha256, finding.names)
    if (finding.content === undefined) continue
    samples.push(sampleOf(finding, finding.content))
    if (!isEmbedded(finding)) anomalies.push(unclaimed(finding))
  }
  return { samples, names, anomalies: fewOf(anomalies), limit: reading.isComplete ? '' : 'readings' }
}

/** Adds what the tolerant reading has to the samples of the others: more of them, and names that none of the same content has. */
export function withOthers(samples: readonly Sample[], others: OtherReading): readonly Sample[] {
  if (others.samples.length === 0 && others.names.size === 0) return samples
  const unnamed = new Map(others.names)
  for (const { sha256, names } of samples) {
    const has = new Set(names.map(({ value }) => value))
    unnamed.set(sha256, unnamed.get(sha256)?.filter(({ value }) => !has.has(value)) ?? [])
  }
  return [...samples.map((sample) => withNames(sample, unnamed.get(sample.sha256) ?? [])), ...others.samples]
}

function withNames(sample: Sample, more: readonly Name[]): Sample {
  if (more.length === 0) return sample
  return { ...sample, names: united(sample.names, more), readings: [...sample.readings, 'tolerant'] }
}

/** The bytes of the sample at a path of the tolerant reading. */
export function takeOtherwise(options: TolerantOptions, message: Buffer, wanted: string): Buffer | undefined {
  return new TolerantReading({ ...options, wanted }, message).findings.taken
}

/** One anomaly of each kind: the first. */
function fewOf(anomalies: readonly Anomaly[]): Anomaly[] {
  const seen = new Set<string>()
  return anomalies.filter(({ name }) => !seen.has(name) && seen.add(name))
}

/** Whether it came out of what another reading may well see. */
function isEmbedded({ label }: Finding): boolean {
  return label.path.includes('>')
}

function unclaimed({ label }: Finding): Anomaly {
  return anomaly('unclaimed-content', label.offset)
}

function sampleOf(finding: Finding, content: Content): Sample {
  const { label, names } = finding
  const { name, path, depth, declaredType, charset, disposition, anomalies } = label
  return {
    ...content,
    role: 'attachment',
    name,
    names,
    path,
    depth,
    declaredType,
    declaredCharset: charset,
    mismatches: [],
    disposition,
    readings: ['tolerant'],
    anomalies: isEmbedded(finding) ? anomalies : [...anomalies, unclaimed(finding)],
  }
}
