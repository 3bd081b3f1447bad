/** The tolerant reading as the message's reader uses it: what it finds besides, and the bytes of what it found. */
import { type Anomaly, anomaly, type Limit, type Sample } from '../../core/index.ts'
import type { Finding } from './finding.ts'
import { type TolerantOptions, TolerantReading } from './reading.ts'

export interface OtherReading {
  readonly samples: readonly Sample[]
  readonly anomalies: readonly Anomaly[]
  readonly limit: Limit | ''
}

/** Reads the message tolerantly; `known` are the digests of what other readings see in it. */
export function readOtherwise(options: TolerantOptions, message: Buffer, known: ReadonlySet<string>): OtherReading {
  const reading = new TolerantReading(options, message)
  const samples: Sample[] = []
  const anomalies = fewOf(reading.anomalies)
  for (const finding of reading.findings.all) {
    if (!finding.isFile || known.has(finding.content.sha256)) continue
    samples.push(sampleOf(finding))
    if (!isEmbedded(finding)) anomalies.push(unclaimed(finding))
  }
  return { samples, anomalies: fewOf(anomalies), limit: reading.isComplete ? '' : 'readings' }
}

/** The bytes of the sample at a path of the tolerant reading. */
export function takeOtherwise(options: TolerantOptions, message: Buffer, wanted: string): Buffer | undefined {
  return new TolerantReading({ ...options, wanted }, message).findings.taken
}

/** One anomaly of each kind: the first. */
function fewOf(anomalies: readonly Anomaly[]): Anomaly[] {
  return anomalies.filter(({ name }, i) => anomalies.findIndex((each) => each.name === name) === i)
}

/** Whether it came out of what another reading may well see. */
function isEmbedded({ label }: Finding): boolean {
  return label.path.includes('>')
}

function unclaimed({ label }: Finding): Anomaly {
  return anomaly('unclaimed-content', label.offset)
}

function sampleOf(finding: Finding): Sample {
  const { content, label, names } = finding
  const { name, path, depth, declaredType, charset, disposition, anomalies } = label
  return {
    ...content,
    role: 'attachment',
    name,
    names,
    path,
    depth,
    declaredType,
    charset,
    disposition,
    readings: ['tolerant'],
    anomalies: isEmbedded(finding) ? anomalies : [...anomalies, unclaimed(finding)],
  }
}
