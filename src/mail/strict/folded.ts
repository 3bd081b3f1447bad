/** The reading of a message as it will be delivered, where that differs from what came: each part that appears only there is a sample. */
import { anomaly, type Reading, type Sample } from '../../core/index.ts'
import type { MailLimits } from '../limits.ts'
import { createFolder } from './fold.ts'

/** What the path of a sample begins with that only the message as delivered has. */
export const FOLDED_PATH = 'folded:'

/** Line ends that are put in do not make a message too large. */
export function foldedLimits(limits: MailLimits): MailLimits {
  return { ...limits, messageSize: 2 * limits.messageSize }
}

/** The message as it will be delivered. */
export async function* folded(source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const folder = createFolder()
  for await (const chunk of source) yield folder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length))
  yield folder.end()
}

/** Adds to a reading what the reading of the message as delivered has besides. */
export function withFolded(reading: Reading, delivered: Reading, line: number): Reading {
  const known = new Set(reading.attachments.map(({ sha256 }) => sha256))
  const more = delivered.attachments.filter(({ sha256, size }) => size > 0 && !known.has(sha256))
  return {
    ...reading,
    attachments: [...reading.attachments, ...more.map(asFolded)],
    anomalies: [...reading.anomalies, anomaly('line-too-long', line)],
    unscannable: reading.unscannable || delivered.unscannable,
  }
}

function asFolded(sample: Sample): Sample {
  return { ...sample, path: FOLDED_PATH + sample.path, readings: ['folded'] }
}
