/**
 * Runs the EICAR test file in one host from time to time: a host whose machines start but whose signatures find nothing would call
 * everything harmless. What ends without an answer (it is away, it is throttled) proves nothing either way.
 */
import { createHash, randomBytes } from 'node:crypto'
import { type Clock, causeOf, pause } from '../../core/index.ts'
import { Throttled } from '../http/client.ts'
import { testStrings } from '../test-strings.ts'
import { type Ended, failed, messageOf, NotYet } from './api.ts'
import type { SandboxHost } from './host.ts'

/** One that failed is run again after this time, whatever the options say. */
const AGAIN_MS = 10 * 60_000
/** So long a run may take; its queue is part of that. */
const LONGEST_MS = 30 * 60_000

export interface SelfTestOptions {
  readonly clock: Clock
  readonly everyMs: number
  readonly pollMs: number
  /** What it must score at least. */
  readonly score: number
}

export class SelfTest {
  readonly #host: SandboxHost
  readonly #options: SelfTestOptions
  #dueAt = 0
  #isRunning = false
  /** How the last one ended. */
  result: 'passed' | 'failed' | 'not run' = 'not run'
  /** Why it failed; empty where it did not. */
  detail = ''

  constructor(host: SandboxHost, options: SelfTestOptions) {
    this.#host = host
    this.#options = options
  }

  /** Runs it if it is due; resolves with whether a result came that was another than before. Never rejects. */
  async run(signal: AbortSignal): Promise<boolean> {
    const { clock, everyMs } = this.#options
    if (this.#isRunning || clock.now() < this.#dueAt) return false
    this.#isRunning = true
    const before = this.result
    try {
      this.#judge(await this.#ended(signal))
    } catch (error) {
      if (!isPassing(error) && !signal.aborted) this.#judge(failed(messageOf(error), true))
    } finally {
      this.#isRunning = false
      this.#dueAt = clock.now() + (this.result === 'passed' ? everyMs : Math.min(everyMs, AGAIN_MS))
    }
    return this.result !== before
  }

  #judge(end: Ended): void {
    const { score } = this.#options
    const given = end.state === 'reported' ? (end.report.score ?? 0) : 0
    const isGood = end.state === 'reported' && given >= score
    this.result = isGood ? 'passed' : 'failed'
    if (isGood) this.detail = ''
    else if (end.state === 'reported') {
      this.detail = `self-test: it gives the EICAR test file ${given}, less than the ${score} of selfTestScore: are its signatures there?`
    } else this.detail = `self-test: ${end.state === 'failed' ? end.detail : ''}`
  }

  async #ended(signal: AbortSignal): Promise<Ended> {
    const { clock, pollMs } = this.#options
    const { api } = this.#host
    const content = Buffer.from(testStrings.bad, 'latin1')
    const sha256 = createHash('sha256').update(content).digest('hex')
    const bytes = async function* () {
      yield content
    }
    const about = { sha256, size: content.length, fileName: `${sha256}.com`, type: 'application/x-dosexec', bytes }
    const [task = 0] = await api.submit({ ...about, marker: `self-test-${randomBytes(8).toString('hex')}` }, signal)
    const giveUpAt = clock.now() + LONGEST_MS
    let number = task
    while (clock.now() < giveUpAt) {
      await pause(clock, pollMs, signal)
      const state = await api.state(number, signal).catch(passOver)
      if (state?.state === 'moved') number = state.to
      if (state?.state === 'failed') return failed(state.detail, true)
      if (state?.state === 'gone') return failed('it lost the task', true)
      const end = state?.state === 'ended' ? await api.report(number, sha256, signal).catch(passOver) : undefined
      if (end) return end
    }
    return failed(`no report within ${LONGEST_MS} ms`, true)
  }
}

function isPassing(error: unknown): boolean {
  return ['analyzer-unavailable', 'overloaded'].includes(causeOf(error)) || error instanceof Throttled
}

/** What may be better at the next question. */
function passOver(error: unknown): undefined {
  if (!isPassing(error) && !(error instanceof NotYet)) throw error
  return undefined
}
