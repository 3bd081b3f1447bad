/** Reads whole messages as the tests have them: a buffer in, a reading out. */
import { createHash } from 'node:crypto'
import type { Reading, Sample } from '../../src/core/index.ts'
import { createContentMeter } from '../../src/facts/index.ts'
import { createMessageReader, extractBytes, type MailLimits } from '../../src/mail/index.ts'

export const limits: MailLimits = {
  messageSize: 100 * 1024 ** 2,
  parts: 10_000,
  mimeDepth: 100,
  messageDepth: 20,
  headerBytes: 1024 ** 2,
}

/** Reads a message that arrives in pieces of the given sizes, the last size repeated. */
export async function read(
  message: Buffer | string,
  tighter: Partial<MailLimits> = {},
  sizes = [65_536],
): Promise<Reading> {
  const reader = createMessageReader({ limits: { ...limits, ...tighter }, newMeter: createContentMeter })
  for (const piece of split(toBuffer(message), sizes)) if (!reader.write(piece)) await reader.drained()
  return reader.end()
}

/** The bytes of the sample at a path. */
export async function extract(message: Buffer | string, path: string): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of extractBytes({ path, limits }, stream(toBuffer(message)))) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** The sample of that name; fails the test when there is none. */
export function named(reading: Reading, name: string): Sample {
  const found = reading.attachments.find((sample) => sample.name === name)
  if (found === undefined) throw new Error(`no sample is named ${name}: ${JSON.stringify(reading, undefined, 1)}`)
  return found
}

/** Digest of what a sample should hold. */
export function sha256(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex')
}

/** Lines joined as in a message on the wire. */
export function lines(...parts: readonly string[]): string {
  return parts.join('\r\n')
}

/** A multipart/mixed message of the given parts, each with its own header. */
export function mixed(...parts: readonly string[]): string {
  const boundary = `b${sha256(parts.join('')).slice(0, 12)}`
  const body = parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('')
  const type = `Content-Type: multipart/mixed; boundary=${boundary}`
  return lines('Subject: test', 'MIME-Version: 1.0', type, '', `${body}--${boundary}--`, '')
}

/** A part with base64 content and a file name. */
export function file(name: string, content: Buffer | string, type = 'application/octet-stream'): string {
  const encoded = Buffer.from(content)
    .toString('base64')
    .replace(/(.{76})(?=.)/g, '$1\r\n')
  return lines(
    `Content-Type: ${type}`,
    `Content-Disposition: attachment; filename="${name}"`,
    'Content-Transfer-Encoding: base64',
    '',
    encoded,
  )
}

function toBuffer(message: Buffer | string): Buffer {
  return typeof message === 'string' ? Buffer.from(message, 'latin1') : message
}

function* split(bytes: Buffer, sizes: readonly number[]): Generator<Buffer> {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[Math.min(turn, sizes.length - 1)] ?? bytes.length
    yield bytes.subarray(at, at + size)
    at += size
  }
}

async function* stream(bytes: Buffer): AsyncGenerator<Buffer> {
  for (const piece of split(bytes, [65_536])) yield piece
}
