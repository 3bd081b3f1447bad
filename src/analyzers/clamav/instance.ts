/**
 * One clamd: scans, and proves that it can. The proof is the EICAR test file found and a harmless text not found, in one session with
 * its version; an instance that fails it may be without signatures, or be something else.
 */
import { type Clock, Fault } from '../../core/index.ts'
import type { AnalyzerHealth, Submission } from '../analyzer.ts'
import { testStrings } from '../test-strings.ts'
import { Connection, type ConnectionOptions } from './connection.ts'
import { findingOf } from './finding.ts'
import { limitWarnings } from './limits.ts'
import type { Address, ClamavOptions } from './options.ts'
import { type Scanned, scan } from './scan.ts'
import {
  CHECK_SESSION,
  END,
  numbered,
  readAnswer,
  readStats,
  readVersion,
  type Stats,
  streamOf,
  unmixed,
  type Version,
} from './wire.ts'

/** Number of STATS in the session of a self-test. */
const STATS_ID = 2
/** A self-test is one small scan: longer than this it does not help mail either. */
const CHECK_MS = 15_000

/** What an instance said when it was checked. */
export interface Checked {
  readonly version: Version
  readonly stats: Stats
  readonly latencyMs: number
}

export class ClamdInstance {
  readonly name: string
  readonly #address: Address
  readonly #options: ConnectionOptions
  readonly #maxSize: number
  /** The smallest size that it called too large. */
  #refuses = Number.POSITIVE_INFINITY

  constructor(address: Address, options: ClamavOptions, clock: Clock) {
    this.name = 'socket' in address ? address.socket : `${address.host}:${address.port}`
    this.#address = address
    this.#maxSize = options.maxSize
    this.#options = { clock, connectMs: options.connect, stallMs: options.stall, totalMs: options.timeout }
  }

  /** It said that a sample of this size is too large for it. */
  refused(size: number): void {
    this.#refuses = Math.min(this.#refuses, size)
  }

  /** It scanned a sample of this size, so it takes more than was thought, if less was thought. */
  took(size: number): void {
    if (size >= this.#refuses) this.#refuses = Number.POSITIVE_INFINITY
  }

  /** Whether it said of a sample as small that it is too large: where it hangs up now, its reason was lost with the connection. */
  refuses(size: number): boolean {
    return size >= this.#refuses
  }

  /** Scans one sample; `handed` is called when clamd has all bytes. */
  async scan(sample: Submission, handed: () => void, signal: AbortSignal): Promise<Scanned> {
    const connection = await Connection.open(this.#address, this.#options, signal)
    try {
      return await scan(connection, sample, handed)
    } finally {
      connection.destroy()
    }
  }

  /** The self-test; rejects with what is wrong and what helps. */
  async check(signal: AbortSignal): Promise<Checked> {
    const { clock, totalMs } = this.#options
    const began = clock.now()
    const options = { ...this.#options, totalMs: Math.min(totalMs, CHECK_MS) }
    const connection = await Connection.open(this.#address, options, signal)
    try {
      const samples = [testStrings.bad, testStrings.harmless].map((text) => streamOf(Buffer.from(text, 'latin1')))
      await connection.write(CHECK_SESSION, ...samples, END)
      const replies = numbered(unmixed(await connection.rest(), STATS_ID))
      const version = readVersion(replies.get(1) ?? '')
      prove(replies.get(3) ?? '', replies.get(4) ?? '')
      return { version, stats: readStats(replies.get(STATS_ID) ?? ''), latencyMs: clock.now() - began }
    } finally {
      connection.destroy()
    }
  }

  /** What of its limits an operator should change: asked where somebody looks at it, since it sends as much as the largest sample. */
  async #limitWarnings(signal: AbortSignal): Promise<string> {
    const handed = () => undefined
    const warnings = limitWarnings((sample) => this.scan(sample, handed, signal), this.#maxSize)
    return warnings.then(
      (all) => all.join('; '),
      (error: unknown) => `its limits could not be tested: ${error instanceof Error ? error.message : String(error)}`,
    )
  }

  /** The self-test as a row of a table. */
  async health(signal: AbortSignal): Promise<AnalyzerHealth> {
    try {
      const { version, stats, latencyMs } = await this.check(signal)
      const { threads, threadsMax, queued } = stats
      const knowsLoad = threads !== undefined && threadsMax !== undefined && queued !== undefined
      return {
        instance: this.name,
        ok: true,
        detail: await this.#limitWarnings(signal),
        version: version.text,
        selfTest: 'passed',
        latencyMs,
        ...(knowsLoad && { load: { threads, threadsMax, queued } }),
      }
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error)
      const selfTest = error instanceof SelfTestFault ? 'failed' : 'not run'
      return { instance: this.name, ok: false, detail, version: '', selfTest }
    }
  }
}

/** It answered, but not what a scanner must answer. */
export class SelfTestFault extends Fault {}

function prove(aboutBad: string, aboutHarmless: string): void {
  const bad = readAnswer(aboutBad)
  if (bad.kind !== 'found' || findingOf(bad.signature).severity < 5) {
    throw failed('does not recognise the EICAR test file: are its signatures loaded (freshclam)?')
  }
  const harmless = readAnswer(aboutHarmless)
  if (harmless.kind !== 'ok') throw failed('finds something in a harmless text: what signatures does it have?')
}

function failed(why: string): SelfTestFault {
  return new SelfTestFault('analyzer-failed', `self-test: it ${why}`)
}
