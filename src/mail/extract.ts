/** The bytes of one sample of a message, got by the same reading that found it, so that they have its sha256. */
import { createHash } from 'node:crypto'
import { type ContentMeter, NO_CONTENT } from '../core/index.ts'
import type { MailLimits } from './limits.ts'
import { takeOtherwise } from './otherwise/otherwise.ts'
import { TOLERANT_PATH } from './otherwise/reading.ts'
import { createMessageReader } from './reader.ts'
import { FOLDED_PATH, folded, foldedLimits } from './strict/folded.ts'
import { openStrict, type ReaderOptions } from './strict/strict-reading.ts'
import { MAILPARSER_PATH } from './union.ts'

export interface Extraction {
  /** The path of the sample. */
  readonly path: string
  /** The limits with which it was found. */
  readonly limits: MailLimits
}

/** Streams the sample's bytes while the message is read; throws when the message has none at that path. */
export function extractBytes(wanted: Extraction, source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  if (wanted.path.startsWith(FOLDED_PATH)) {
    const path = wanted.path.slice(FOLDED_PATH.length)
    return extractBytes({ path, limits: foldedLimits(wanted.limits) }, folded(source))
  }
  if (wanted.path.startsWith(TOLERANT_PATH)) return extractTolerantly(wanted, source)
  return wanted.path.startsWith(MAILPARSER_PATH) ? extractSlowly(wanted, source) : extractStrictly(wanted, source)
}

async function* extractStrictly(wanted: Extraction, source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const tapped = tapOne(wanted, 'strict', wanted.path)
  const { message } = openStrict(tapped.options)
  for await (const chunk of source) {
    message.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length))
    yield* tapped.take()
  }
  message.end()
  yield* tapped.take()
  tapped.check()
}

async function* extractSlowly(wanted: Extraction, source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const tapped = tapOne(wanted, 'mailparser', wanted.path.slice(MAILPARSER_PATH.length))
  const reader = createMessageReader(tapped.options)
  for await (const chunk of source) {
    if (!reader.write(chunk)) await reader.drained()
    yield* tapped.take()
  }
  await reader.end()
  yield* tapped.take()
  tapped.check()
}

async function* extractTolerantly(wanted: Extraction, source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const options = { limits: wanted.limits, newMeter: createDigestMeter }
  const found = takeOtherwise(options, Buffer.concat(await Array.fromAsync(source)), wanted.path)
  if (found === undefined) throw noSuchPart(wanted)
  yield found
}

function noSuchPart({ path }: Extraction): Error {
  return new Error(`the message has no part ${path}: it is not the message that the sample was found in`)
}

function tapOne(wanted: Extraction, reading: 'strict' | 'mailparser', path: string) {
  let pieces: Buffer[] = []
  let isFound = false
  const options: ReaderOptions = {
    limits: wanted.limits,
    newMeter: () => unmeasured,
    tap(at, by) {
      if (by !== reading || at !== path) return undefined
      isFound = true
      return (bytes) => pieces.push(bytes)
    },
  }
  function* take(): Generator<Uint8Array> {
    const ready = pieces
    pieces = []
    yield* ready
  }
  function check(): void {
    if (!isFound) throw noSuchPart(wanted)
  }
  return { options, take, check }
}

/** The tolerant reading knows contents by their digests. */
function createDigestMeter(): ContentMeter {
  const hash = createHash('sha256')
  return { write: (bytes) => void hash.update(bytes), end: () => ({ ...NO_CONTENT, sha256: hash.digest('hex') }) }
}

const unmeasured: ContentMeter = { write: () => undefined, end: () => NO_CONTENT }
