/** What a sender says of a sample and what its content shows, compared where both rooms meet. */
import type { Reading, Sample } from '../core/index.ts'
import { mismatchesOf } from '../facts/index.ts'

/** The reading with each sample's contradictions told. */
export function withMismatches(reading: Reading): Reading {
  return { ...reading, attachments: reading.attachments.map(compared), bodies: reading.bodies.map(compared) }
}

function compared(sample: Sample): Sample {
  const names = sample.names.map(({ value }) => value)
  const mismatches = mismatchesOf(sample.types, names, sample.declaredType)
  return mismatches.length === 0 ? sample : { ...sample, mismatches }
}
