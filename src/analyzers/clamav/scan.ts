/** One scan: the sample streamed to clamd, counted and hashed on the way, and what clamd said about exactly these bytes. */
import { createHash } from 'node:crypto'
import { Fault } from '../../core/index.ts'
import type { Submission } from '../analyzer.ts'
import { type Connection, HungUp } from './connection.ts'
import {
  type Answer,
  chunkHead,
  END,
  LAST_CHUNK,
  numbered,
  readAnswer,
  readVersion,
  SCAN_SESSION,
  type Version,
} from './wire.ts'

/** Numbers of the commands in a session that scans. */
const VERSION_ID = 1
const STREAM_ID = 2
/** So much is gathered before it is written: a small sample is one write. */
const WRITE_BYTES = 65_536

/** What clamd said, and as whom. */
export interface Scanned {
  readonly version: Version | undefined
  readonly answer: Answer
}

/** The sample's bytes could not be had, or are not those that were asked about: no fault of clamd. */
export class SampleFault extends Error {}

/** Scans; `handed` is called when clamd has all bytes. Rejects with a `SampleFault`, or a `Fault` when clamd did wrong. */
export async function scan(connection: Connection, sample: Submission, handed: () => void): Promise<Scanned> {
  try {
    await stream(connection, sample)
  } catch (error) {
    if (error instanceof SampleFault) throw error
    return earlyAnswer(connection, error)
  }
  handed()
  return readSession(numbered(await connection.rest()))
}

async function stream(connection: Connection, sample: Submission): Promise<void> {
  const hash = createHash('sha256')
  let bytes = 0
  let parts: Uint8Array[] = [SCAN_SESSION]
  let gathered = 0
  for await (const chunk of untilClosed(sample.bytes(), connection)) {
    hash.update(chunk)
    bytes += chunk.length
    if (bytes > sample.size) break
    // A chunk of no bytes would end the stream.
    if (chunk.length > 0) parts.push(chunkHead(chunk.length), chunk)
    gathered += chunk.length
    if (gathered < WRITE_BYTES) continue
    await connection.write(...parts)
    parts = []
    gathered = 0
    if (connection.replies.length > VERSION_ID)
      throw new Fault('analyzer-failed', 'clamd answered before it had the bytes')
  }
  if (connection.isClosed) throw new HungUp('analyzer-failed', 'clamd hung up while it was sent a sample')
  if (bytes !== sample.size || hash.digest('hex') !== sample.sha256) {
    throw new SampleFault(`the bytes are not those of ${sample.sha256}`)
  }
  await connection.write(...parts, LAST_CHUNK, END)
}

/** The sample's chunks; ends early when the connection does, also while the sample keeps us waiting. */
async function* untilClosed(source: AsyncIterable<Uint8Array>, connection: Connection): AsyncIterable<Uint8Array> {
  const chunks = source[Symbol.asyncIterator]()
  const closed = connection.closed()
  try {
    for (;;) {
      const next = await Promise.race([chunks.next(), closed]).catch((error: unknown) => {
        throw new SampleFault('the bytes of the sample could not be had', { cause: error })
      })
      if (!next || next.done) return
      yield next.value
    }
  } finally {
    chunks.return?.().catch(() => undefined)
  }
}

/** clamd ended the stream: it says why only where a limit was reached. */
function earlyAnswer(connection: Connection, why: unknown): Scanned {
  const text = numbered(connection.replies).get(STREAM_ID)
  const answer = text === undefined ? undefined : readAnswer(text)
  if (answer?.kind !== 'error') throw why
  return { version: undefined, answer }
}

function readSession(replies: ReadonlyMap<number, string>): Scanned {
  const version = replies.get(VERSION_ID)
  const text = replies.get(STREAM_ID)
  if (version === undefined || text === undefined || replies.size !== 2) {
    throw new Fault('analyzer-failed', 'clamd answered other commands than it was given')
  }
  return { version: readVersion(version), answer: readAnswer(text) }
}
