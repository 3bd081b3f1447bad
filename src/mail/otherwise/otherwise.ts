/** The tolerant reading as the message's reader uses it: what it finds besides, and the bytes of what it found. */
import type { Anomaly, Limit, Sample } from '../../core/index.ts'
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
  for (const finding of reading.findings.all)
    if (finding.isFile && !known.has(finding.content.sha256)) samples.push(sampleOf(finding))
  return { samples, anomalies: reading.anomalies, limit: reading.isComplete ? '' : 'readings' }
}

/** The bytes of the sample at a path of the tolerant reading. */
export function takeOtherwise(options: TolerantOptions, message: Buffer, wanted: string): Buffer | undefined {
  return new TolerantReading({ ...options, wanted }, message).findings.taken
}

function sampleOf({ content, label, names }: Finding): Sample {
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
    anomalies,
  }
}
