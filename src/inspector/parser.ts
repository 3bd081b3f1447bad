/**
 * Inside a parser process: takes jobs from the channel to the supervisor, one at a time, and answers them. The readers
 * are handed in, so that tests can put others in their place.
 */
import type { Duplex } from 'node:stream'
import type { Limit, Reading } from '../core/index.ts'
import { FrameReader, frame, GarbageError, HEAD_BYTES } from './frame.ts'
import { unscannableReading, type WantedReading } from './inspector.ts'
import {
  DATA_BYTES,
  decodeOpening,
  decodeWanted,
  decodeWantedReading,
  type Ending,
  FRAME,
  JOB_CAPS,
  jobOf,
  RESULT_BYTES,
  type WantedBytes,
} from './protocol.ts'
import { ByteQueue } from './queue.ts'
import type { Opening, SampleTree, TreeMember } from './tree.ts'

/** Is told what was found so far, in parts. */
export type OnFound = (members: readonly TreeMember[]) => void

/** What a parser process does with the bytes of a message. */
export interface ParserWork {
  read(source: AsyncIterable<Uint8Array>, wanted: WantedReading): Promise<Reading>
  bytes(path: string, source: AsyncIterable<Uint8Array>, passwords: readonly string[]): AsyncIterable<Uint8Array>
  /** Only the real parser opens; others are asked for it by nobody. */
  open?(opening: Opening, source: AsyncIterable<Uint8Array>, found: OnFound): Promise<SampleTree>
}

/** Serves jobs until the channel ends; `exit` ends the process with a code. */
export function serveJobs(channel: Duplex, work: ParserWork, exit: (code: number) => void): void {
  const jobs = new Jobs(channel, work, exit)
  const reader = new FrameReader(JOB_CAPS, (type, raw) => jobs.take(type, raw))
  channel.on('data', (chunk: Buffer) => {
    try {
      reader.feed(chunk)
    } catch (error) {
      if (!(error instanceof GarbageError)) throw error
      exit(65)
    }
  })
  channel.on('end', () => exit(0))
  channel.on('error', () => exit(0))
  process.on('uncaughtException', (error) => jobs.trap(error))
  // A paused channel does not keep the process alive, and a reader that waits must meet its limit, not an empty loop.
  setInterval(() => {}, 0x7fff_ffff)
  channel.write(frame(FRAME.ready))
}

/** The job in work, if any. */
class Jobs {
  readonly #channel: Duplex
  readonly #work: ParserWork
  readonly #exit: (code: number) => void
  #job = 0
  #source: ByteQueue | undefined
  /** Jobs that were given up and whose readers have not ended: what is thrown may be theirs. */
  #left = 0

  constructor(channel: Duplex, work: ParserWork, exit: (code: number) => void) {
    this.#channel = channel
    this.#work = work
    this.#exit = exit
  }

  take(type: number, raw: Buffer): void {
    if (type === FRAME.data) this.#source?.push(raw.subarray(HEAD_BYTES))
    else if (type === FRAME.end) this.#source?.end()
    else if (type === FRAME.release) this.#release(jobOf(raw))
    else this.#begin(type, raw)
  }

  /** An exception that no job caught: says why where it must be the job's in work, then ends. What state the process is in, nobody knows. */
  trap(error: unknown): void {
    if (this.#source && this.#left === 0) this.#fault(error)
    else this.#exit(70)
  }

  #begin(type: number, raw: Buffer): void {
    if (this.#source) throw new GarbageError('a job within a job')
    const job = jobOf(raw)
    this.#job = job
    const source = new ByteQueue(this.#channel)
    this.#source = source
    this.#start(type, job, source, raw).then(
      () => this.#ended(job),
      (error) => (this.#job === job ? this.#fault(error) : this.#ended(job)),
    )
  }

  #start(type: number, job: number, source: ByteQueue, raw: Buffer): Promise<void> {
    if (type === FRAME.read) return this.#read(job, source, decodeWantedReading(raw))
    return type === FRAME.open
      ? this.#open(job, source, decodeOpening(raw))
      : this.#bytes(job, source, type, decodeWanted(raw))
  }

  async #open(job: number, source: ByteQueue, opening: Opening): Promise<void> {
    if (this.#work.open === undefined) throw new Error('not supported')
    let told = 0
    const tree = await this.#work.open(opening, source, (members) => {
      const raw = frame(FRAME.found, job, JSON.stringify({ members }))
      told += raw.length
      if (told <= RESULT_BYTES && this.#job === job) this.#channel.write(raw)
    })
    await source.drain()
    if (this.#job === job) this.#channel.write(treeFrame(job, tree))
  }

  async #read(job: number, source: ByteQueue, wanted: WantedReading): Promise<void> {
    const reading = await this.#work.read(source, wanted)
    await source.drain()
    if (this.#job === job) this.#channel.write(resultFrame(job, reading))
  }

  async #bytes(job: number, source: ByteQueue, type: number, { path, passwords }: WantedBytes): Promise<void> {
    if (type !== FRAME.bytes) throw new Error('not supported')
    for await (const chunk of this.#work.bytes(path, source, passwords)) {
      for (let at = 0; at < chunk.length; at += DATA_BYTES) {
        if (this.#job !== job) return
        const more = this.#channel.write(frame(FRAME.chunk, job, chunk.subarray(at, at + DATA_BYTES)))
        if (!more) await new Promise((resolve) => this.#channel.once('drain', resolve))
      }
    }
    await source.drain()
    if (this.#job === job) this.#channel.write(frame(FRAME.done, job))
  }

  /** The supervisor wants no answer any more: the reader is left without further bytes and its answer is dropped. */
  #release(job: number): void {
    if (this.#job === job) {
      this.#source?.cut()
      this.#left += 1
      this.#finish()
    }
    this.#channel.write(frame(FRAME.released, job))
  }

  #ended(job: number): void {
    if (this.#job === job) this.#finish()
    else this.#left -= 1
  }

  #finish(): void {
    this.#job = 0
    this.#source = undefined
  }

  /** Tells why the job ends, and ends with it: after an exception the process is not used again. */
  #fault(error: unknown): void {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    const limit: Limit = isMemoryError(error) ? 'memory' : 'parser-error'
    const ending: Ending = { limit, detail: text.slice(0, 300) }
    this.#channel.end(frame(FRAME.fault, this.#job, JSON.stringify(ending)), () => this.#exit(71))
    this.#job = 0
  }
}

/** V8 and Node say in several ways that RLIMIT_DATA stopped an allocation. */
function isMemoryError(error: unknown): boolean {
  return error instanceof RangeError && /allocat|memory/i.test(error.message)
}

/** A tree that is too large loses its last members, and says so. */
function treeFrame(job: number, tree: SampleTree): Buffer {
  let json = Buffer.from(JSON.stringify(tree))
  for (let kept = tree.members.length; json.length > RESULT_BYTES && kept > 0; kept >>= 1) {
    json = Buffer.from(
      JSON.stringify({ ...tree, members: tree.members.slice(0, kept >> 1), limit: 'container-members' }),
    )
  }
  return frame(FRAME.result, job, json)
}

/** A reading that is too large is told as such; the process did nothing wrong and goes on. */
function resultFrame(job: number, reading: Reading): Buffer {
  const json = Buffer.from(JSON.stringify(reading))
  if (json.length <= RESULT_BYTES) return frame(FRAME.result, job, json)
  return frame(FRAME.result, job, JSON.stringify(unscannableReading('header-bytes')))
}
