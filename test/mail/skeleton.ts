/** Reads a message with mailparser given its skeleton, and with mailparser given the message itself. */
import { MailParser } from 'mailparser'
import type { ContentMeter, Reading } from '../../src/core/index.ts'
import { createContentMeter } from '../../src/facts/index.ts'
import { createMessageReader } from '../../src/mail/index.ts'
import { limits } from './read.ts'

interface Read {
  readonly reading: Reading
  /** Bytes that were measured. */
  readonly measured: number
  /** Bytes that mailparser was given. */
  readonly given: number
}

/** mailparser is given the skeleton. */
export function readCut(message: Buffer, chunkSize: number): Promise<Read> {
  return read(message, chunkSize, {})
}

/** mailparser is given the message itself, as it is where somebody takes bytes. */
export function readPlain(message: Buffer, chunkSize: number): Promise<Read> {
  return read(message, chunkSize, { tap: () => undefined })
}

async function read(message: Buffer, chunkSize: number, options: { tap?: () => undefined }): Promise<Read> {
  const { write } = MailParser.prototype
  let given = 0
  MailParser.prototype.write = function (this: MailParser, ...args: Parameters<typeof write>) {
    given += (args[0] as Buffer).length
    return write.apply(this, args)
  } as typeof write
  try {
    return { ...(await readMeasured(message, chunkSize, options)), given }
  } finally {
    MailParser.prototype.write = write
  }
}

async function readMeasured(
  message: Buffer,
  chunkSize: number,
  options: { tap?: () => undefined },
): Promise<Omit<Read, 'given'>> {
  let measured = 0
  const newMeter = (): ContentMeter => {
    const meter = createContentMeter()
    return {
      write(chunk) {
        measured += chunk.length
        meter.write(chunk)
      },
      end: () => meter.end(),
    }
  }
  const reader = createMessageReader({ limits, newMeter, ...options })
  for (let at = 0; at < message.length; at += chunkSize) {
    if (!reader.write(message.subarray(at, at + chunkSize))) await reader.drained()
  }
  const reading = await reader.end()
  // Only from the message as it is kept for mailparser can it be read otherwise.
  const attachments = reading.attachments
    .filter(({ path }) => !/^(tolerant|folded):/.test(path))
    .map((each) => ({ ...each, names: each.names.slice(0, 1), readings: each.readings.filter(isNotTolerant) }))
  const anomalies = reading.anomalies.filter(({ name }) => !OTHERS.test(name))
  const unscannable = reading.unscannable === 'readings' ? '' : reading.unscannable
  return { reading: { ...reading, attachments, anomalies, unscannable }, measured }
}

/** Told by readings that there are only where the message is kept. */
const OTHERS = /^(line-too-long|unclaimed-content|limit-readings|encrypted)$/

function isNotTolerant(name: string): boolean {
  return name !== 'tolerant'
}
